//! Two functions that call each other.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn even(x: f64, y: f64, n: usize) -> f64 {
    if n == 0 { y } else { odd(x, y, n - 1) }
}

#[differentiable]
fn odd(x: f64, y: f64, n: usize) -> f64 {
    if n == 0 { x.round() * y } else { even(x, y * y, n - 1) }
}

fn main() {
    even(1.0, 2.0, 3);
}
