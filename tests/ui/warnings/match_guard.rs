//! A guard chooses the arm.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64, n: usize) -> f64 {
    let small = x < 1.0;
    match n {
        0 if small => y,
        _ => 3.0 * y,
    }
}

fn main() {
    f(1.0, 2.0, 0);
}
