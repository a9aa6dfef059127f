//! A variable that is overwritten before anything reads it.

#![deny(deprecated)]
#![allow(unused_assignments)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, w: f64) -> f64 {
    let mut y = x;
    y = 2.0;
    y * w
}

fn main() {
    assert_eq!(f(3.0, 4.0), 8.0);
}
