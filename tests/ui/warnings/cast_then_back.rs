//! A cast to an integer and back loses the derivative.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    y + (x as i32) as f64
}

fn main() {
    f(1.0, 2.0);
}
