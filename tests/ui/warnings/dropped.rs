//! What is computed is not used.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let _scaled = x * 3.0;
    y.sin()
}

fn main() {
    f(1.0, 2.0);
}
