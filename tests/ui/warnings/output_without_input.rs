//! What is written depends on no input.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, out: &mut [f64]) -> f64 {
    out.fill(1.0);
    x * x
}

fn main() {
    f(1.0, &mut [2.0]);
}
