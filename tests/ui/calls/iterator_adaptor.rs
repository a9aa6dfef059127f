//! What a chain cannot be collected into.

use pullback::differentiable;
use std::collections::VecDeque;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let queue: VecDeque<f64> = x.iter().map(|v| v * v).collect();
    queue[0]
}

fn main() {
    assert_eq!(f(&[2.0]), 4.0);
}
