//! The same through `stop_gradient`.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    pullback::stop_gradient(x) * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
