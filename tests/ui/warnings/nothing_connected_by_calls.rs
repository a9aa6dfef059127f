//! No input of the function is connected.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(a: f64, b: f64) -> f64 {
    let n = (a + b) as usize;
    n as f64
}

fn main() {
    f(1.0, 2.0);
}
