//! What is true of a lowered function: which variables carry derivatives, what leaves a block early, what
//! memory stays as it is.

pub mod activity;
pub mod frozen;
pub mod leaving;
pub mod private;
pub mod reach;
pub mod shared;
