//! One condition with two inputs.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(low: f64, high: f64, y: f64) -> f64 {
    if y > low && y < high { y * y } else { 0.5 * y }
}

fn main() {
    f(0.0, 1.0, 2.0);
}
