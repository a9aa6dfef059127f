//! An adaptor with a closure, which comes later.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>()
}

fn main() {
    assert_eq!(f(&[2.0]), 4.0);
}
