//! The inner product: linear in each argument, so its reverse sweep needs nothing saved and is as
//! fast as memory.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * y[i];
    }
    sum
}

/// The gradient of a bilinear function is its other argument.
fn dot_by_hand(x: &[f64], y: &[f64]) -> (f64, (Vec<f64>, Vec<f64>)) {
    let sum = x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + x * y);
    (sum, (y.to_vec(), x.to_vec()))
}

/// The inner product of two random vectors of `n` elements.
pub fn inner_product(n: usize) -> impl Problem {
    Flat::new(
        format!("dot n={n}"),
        Random(1).vector(2 * n),
        move |x| dot(&x[..n], &x[n..]),
        move |x| dot::value_and_grad(&x[..n], &x[n..]),
        move |x| dot_by_hand(&x[..n], &x[n..]),
    )
}
