//! The one check that every test program goes through, in every mode.
//!
//! A test program is data: a function, the way each argument is passed, a value for it, and
//! optionally its closed-form gradient. [`programs!`] turns that into closures over flat lists of
//! numbers, and [`check`] compares what the attribute generated with central differences of the
//! untouched function. Values are taken apart by a trait of our own; tangents by the library's, which
//! `tests/derive.rs` and `runtime/tests/tangents.rs` check by themselves.

// Each test binary includes this module and uses the part that it needs.
#![allow(dead_code, unused_imports, unused_macros)]

mod check;
mod differences;
mod flat;
mod noise;
mod table;

pub use check::{Modes, Program, ScalarEntries, check, check_at_this_point};
pub(crate) use flat::flat;
pub use flat::{Flat, components, fill, flattened, tangent, there, zero};
pub use noise::{Noise, array, positive, scalar, set_attempt, vector};
pub(crate) use table::{checked, modes, optional, pass, programs, push, scalar_entries, split};

/// Named so that cargo builds the programs anew where it changes: the macro reads it while it expands them.
const _: Option<&str> = option_env!("PULLBACK_ANALYSES");
