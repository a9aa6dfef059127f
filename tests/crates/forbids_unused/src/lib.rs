//! Nothing unused, forbidden.
#![forbid(unused, nonstandard_style)]

#[path = "../../denies_warnings/src/functions.rs"]
mod functions;

pub use functions::*;
