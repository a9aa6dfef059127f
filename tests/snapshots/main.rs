//! The functions whose stages are committed beside them are right, not only as they were.
//!
//! `cargo xtask codegen --write` writes the stages anew.

#![recursion_limit = "512"]

#[path = "../harness/mod.rs"]
mod harness;

mod branch;
mod calls;
mod early_return;
mod in_place;
mod not_connected;
mod recurrence;
mod straight_line;
mod sum_of_squares;
