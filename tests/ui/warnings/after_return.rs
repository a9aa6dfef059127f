//! Only code that no path gets to uses it.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
#[allow(unreachable_code)]
fn f(x: f64, y: f64) -> f64 {
    return y * y;
    x * y
}

fn main() {
    f(1.0, 2.0);
}
