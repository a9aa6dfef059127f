//! `floor` is constant between its steps.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    (x * 2.0).floor() * y
}

fn main() {
    f(1.0, 2.0);
}
