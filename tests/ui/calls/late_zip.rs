//! The other side of a `zip` after a `filter` is found by its number, which not every iterator can do.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64], y: &[f64]) -> f64 {
    x.iter()
        .filter(|v| **v > 0.0)
        .zip(y.iter().filter(|v| **v > 0.0))
        .map(|(a, b)| a * b)
        .sum()
}

fn main() {
    assert_eq!(f(&[2.0], &[3.0]), 6.0);
}
