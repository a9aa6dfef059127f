//! `detach` of more than a variable.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    y * pullback::detach(x * x + 1.0)
}

fn main() {
    f(1.0, 2.0);
}
