//! How often a loop runs.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(limit: f64, y: f64) -> f64 {
    let mut s = y;
    while s < limit {
        s = s * 2.0;
    }
    s
}

fn main() {
    f(10.0, 2.0);
}
