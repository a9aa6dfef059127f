//! Rounding to a multiple.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(price: f64, y: f64) -> f64 {
    let cents = (price * 100.0).round() / 100.0;
    cents * y
}

fn main() {
    f(1.0, 2.0);
}
