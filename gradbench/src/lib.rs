//! The evaluations of GradBench (<https://github.com/gradbench/gradbench>) with derivatives by `pullback`.
//!
//! Each evaluation is a file in [`evals`]: the function as one writes it in Rust when its speed matters, under
//! `#[differentiable]`, and its gradient or Jacobian by what the attribute generates. The functions are over
//! plain data, so that benchmarks and tests use them without the protocol. [`protocol`] speaks it, on any pair of
//! streams, and [`adbench`] reads the data files of ADBench, from which four of the evaluations come.

#![forbid(unsafe_code)]
// Loops over the same places of several arrays.
#![allow(clippy::needless_range_loop)]

pub mod adbench;
pub mod checksum;
pub mod evals;
pub mod protocol;
