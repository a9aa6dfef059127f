//! No input reaches the result: the function is warned about.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let n = x as i32;
    n as f64
}

fn main() {
    assert_eq!(f(2.0), 2.0);
}
