//! Random programs, each checked in every mode by the one check of `harness`.
//!
//! The programs are committed, so that a failure can be read, reduced and bisected;
//! `cargo xtask fuzz --write` writes them anew and CI checks that they are up to date.

#![recursion_limit = "512"]

#[path = "../harness/mod.rs"]
mod harness;

// Generated: the generator indents, but does not break long lines as rustfmt would. Random programs
// leave variables unused, ignore inputs and take roundabout ways, which is what they are for.
#[rustfmt::skip]
#[allow(clippy::all, unused, deprecated, unused_comparisons)]
mod generated;
