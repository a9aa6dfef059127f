//! The program list: small realistic functions over the whole accepted language, each checked in
//! every mode by the one check of `harness`.

#![recursion_limit = "512"]

#[path = "../harness/mod.rs"]
mod harness;

mod arithmetic;
mod branches;
mod calls;
mod early_exits;
mod iterators;
mod loops;
mod matches;
mod memory;
mod methods;
