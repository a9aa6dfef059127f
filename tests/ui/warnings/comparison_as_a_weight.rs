//! A comparison that becomes a number.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let gate = (x > 0.5) as i32;
    gate as f64 * y
}

fn main() {
    f(1.0, 2.0);
}
