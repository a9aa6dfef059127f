//! A condition that never holds.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    if false { x * y } else { y }
}

fn main() {
    f(1.0, 2.0);
}
