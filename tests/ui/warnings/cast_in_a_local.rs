//! The cast stands in a local of its own; what it is used for does not matter.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let bins = (x * 10.0) as usize;
    let share = bins as f64 / 10.0;
    share * y
}

fn main() {
    f(1.0, 2.0);
}
