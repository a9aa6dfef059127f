//! A function that calls itself.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64, n: usize) -> f64 {
    if n == 0 { x.floor() * y } else { f(x, 2.0 * y, n - 1) }
}

fn main() {
    f(1.0, 2.0, 3);
}
