//! Clippy's stricter groups, denied.
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

#[path = "../../denies_warnings/src/functions.rs"]
mod functions;

pub use functions::*;
