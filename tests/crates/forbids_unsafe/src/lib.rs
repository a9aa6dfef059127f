//! No unsafe code, forbidden.
#![forbid(unsafe_code)]

#[path = "../../denies_warnings/src/functions.rs"]
mod functions;

pub use functions::*;
