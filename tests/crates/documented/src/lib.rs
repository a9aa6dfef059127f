//! Everything public has documentation.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub)]

#[path = "../../denies_warnings/src/functions.rs"]
mod functions;

pub use functions::*;
