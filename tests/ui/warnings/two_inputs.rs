//! Two inputs, each with its own cause.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64, _z: f64) -> f64 {
    x * (y as i64) as f64
}

fn main() {
    assert_eq!(f(2.0, 3.0, 1.0), 6.0);
}
