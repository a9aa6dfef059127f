//! Programs over the types of other crates, each checked in every mode by the one check of `harness`.

#![recursion_limit = "512"]
// The functions are written as a user's own would be, clumsiness included: it is what they test.
#![allow(
    clippy::all,
    unused_assignments,
    unused_variables,
    unused_braces,
    unused_parens,
    non_snake_case
)]

#[path = "../harness/mod.rs"]
mod harness;

mod complex;
mod flat;
mod nalgebra;
mod ndarray;
mod ndarray_chains;
mod ndarray_elements;
