//! The first call passes it on, the second does not.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn scale(x: f64) -> f64 {
    3.0 * x
}

#[differentiable(detached = "allow")]
fn bucket(x: f64, size: f64) -> f64 {
    x.floor() * size
}

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let scaled = scale(x);
    bucket(scaled, y)
}

fn main() {
    f(1.0, 2.0);
}
