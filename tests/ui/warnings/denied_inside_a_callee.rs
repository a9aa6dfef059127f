//! `detached = "deny"` where a callee decides.

use pullback::differentiable;

#[differentiable(detached = "allow")]
fn bucket(x: f64, size: f64) -> f64 {
    x.floor() * size
}

#[differentiable(detached = "deny")]
fn f(x: f64, y: f64) -> f64 {
    bucket(x, y)
}

fn main() {
    assert_eq!(f(1.0, 2.0), 2.0);
}
