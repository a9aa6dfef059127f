//! The parameter itself is overwritten.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(mut x: f64, y: f64) -> f64 {
    x = 2.0 * y;
    x * y
}

fn main() {
    f(1.0, 2.0);
}
