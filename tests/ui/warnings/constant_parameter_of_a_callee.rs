//! The callee's parameter is marked `#[constant]`.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn weighted(x: f64, #[constant] weight: f64) -> f64 {
    x * weight
}

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    weighted(x, y)
}

fn main() {
    f(1.0, 2.0);
}
