//! Either branch overwrites.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64, up: bool) -> f64 {
    let mut s = x * x;
    if up {
        s = y;
    } else {
        s = 2.0 * y;
    }
    s
}

fn main() {
    f(1.0, 2.0, true);
}
