//! What a chain cannot be collected into.

use pullback::differentiable;
use std::collections::LinkedList;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let list: LinkedList<f64> = x.iter().map(|v| v * v).collect();
    list.front().copied().unwrap_or(0.0)
}

fn main() {
    assert_eq!(f(&[2.0]), 4.0);
}
