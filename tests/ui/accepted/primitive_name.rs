//! A function called like a primitive type, whose derivatives have a name of their own.

#![deny(warnings)]

use pullback::differentiable;

#[differentiable(name = square)]
fn f64(x: f64) -> f64 {
    x * x
}

fn main() {
    let x: f64 = 3.0;
    assert_eq!(f64(x), 9.0);
    assert_eq!(square::grad(x), 6.0);
}
