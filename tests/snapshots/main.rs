//! The functions whose stages are committed beside them are right, not only as they were.
//!
//! `cargo xtask codegen --write` writes the stages anew.

#![recursion_limit = "512"]

#[path = "../harness/mod.rs"]
mod harness;

mod branch;
mod calls;
mod early_return;
// The right side reads what it overwrites: that is what this one shows.
#[allow(clippy::assign_op_pattern)]
mod in_place;
#[allow(clippy::needless_range_loop)]
mod joint;
mod not_connected;
mod recurrence;
mod straight_line;
// A loop over indices as users write it, whose reads the reverse sweep repeats.
#[allow(clippy::needless_range_loop)]
mod sum_of_squares;
