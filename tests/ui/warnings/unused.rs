//! An input that is not used.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, _y: f64) -> f64 {
    x * x
}

fn main() {
    assert_eq!(f(2.0, 3.0), 4.0);
}
