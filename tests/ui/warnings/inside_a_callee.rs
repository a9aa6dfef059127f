//! The callee passes nothing on; it is told at the call.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn bucket(x: f64, size: f64) -> f64 {
    (x / size.abs()).floor() * size
}

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    bucket(x, y)
}

fn main() {
    f(1.0, 2.0);
}
