//! A buffer is filled anew.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let mut buffer = [x; 3];
    buffer.fill(y);
    buffer[0] + buffer[2]
}

fn main() {
    f(1.0, 2.0);
}
