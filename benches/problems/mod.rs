//! One problem a file: the function as a Rust programmer writes it, and beside it the best adjoint
//! that we know how to write by hand.

// Loops over indices are how most numerical code is written, and half of what is measured here.
#![allow(clippy::needless_range_loop)]

pub mod dot;
pub mod gmm;
pub mod logsumexp;
pub mod recurrence;
pub mod rosenbrock;

/// `x` + `factor`·`direction`.
fn moved(x: &[f64], factor: f64, direction: &[f64]) -> Vec<f64> {
    x.iter()
        .zip(direction)
        .map(|(x, d)| x + factor * d)
        .collect()
}
