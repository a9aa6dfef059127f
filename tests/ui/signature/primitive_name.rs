//! A function called like a primitive type, which its derivatives would hide.

use pullback::differentiable;

#[differentiable]
fn f64(x: f64) -> f64 {
    x * x
}

#[differentiable(name = usize)]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    let n: usize = 2;
    assert_eq!(f64(2.0) + square(n as f64), 8.0);
}
