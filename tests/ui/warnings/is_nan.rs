//! Only whether the number is one.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    if x.is_nan() { 0.0 } else { y }
}

fn main() {
    f(1.0, 2.0);
}
