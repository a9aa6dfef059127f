//! A bound counts the trips.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let mut s = y;
    for _ in 0..x as usize {
        s *= y;
    }
    s
}

fn main() {
    f(1.0, 2.0);
}
