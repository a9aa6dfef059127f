//! It is asserted and nothing else.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    assert!(x > 0.0);
    y * y
}

fn main() {
    f(1.0, 2.0);
}
