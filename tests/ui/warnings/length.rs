//! Only the length of a slice is used.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64], y: f64) -> f64 {
    y / x.len() as f64
}

fn main() {
    f(&[1.0], 2.0);
}
