//! `?`, which comes later.

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: Option<f64>) -> Option<f64> {
    Some(x * y?)
}

fn main() {
    assert_eq!(f(2.0, Some(2.0)), Some(4.0));
}
