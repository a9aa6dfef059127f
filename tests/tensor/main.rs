//! Programs over tensors, each checked in every mode by the one check of `harness`, and the operations' values, edges
//! and errors.

#![recursion_limit = "512"]
// The functions are written as a user's own would be, clumsiness included: it is what they test.
#![allow(
    clippy::all,
    unused_assignments,
    unused_variables,
    unused_braces,
    unused_parens,
    non_snake_case
)]

#[path = "../harness/mod.rs"]
mod harness;

mod arithmetic;
mod by_loops;
mod convolution;
mod elementwise;
mod errors;
mod examples;
mod files;
mod flat;
mod layout;
mod losses;
mod optim;
mod products;
mod reductions;
#[cfg(feature = "rayon")]
mod threads;

use harness::vector;
use pullback::Tensor;

/// A tensor without pattern.
fn t(shape: &[usize], seed: u64) -> Tensor<f64> {
    Tensor::from_vec(shape, vector(shape.iter().product(), seed))
}

/// A tensor of positive numbers without pattern.
fn p(shape: &[usize], seed: u64) -> Tensor<f64> {
    Tensor::from_vec(
        shape,
        t(shape, seed)
            .to_vec()
            .iter()
            .map(|x| 0.3 + x * x)
            .collect(),
    )
}
