//! An input that is cast to an integer.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let bin = (x * 10.0) as i32;
    bin as f64 * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 60.0);
}
