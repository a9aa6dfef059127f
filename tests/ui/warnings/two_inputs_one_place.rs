//! One place cuts two inputs and is told once.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(a: f64, b: f64, y: f64) -> f64 {
    (a * b).round() * y
}

fn main() {
    f(1.0, 2.0, 3.0);
}
