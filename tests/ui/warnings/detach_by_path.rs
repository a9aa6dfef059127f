//! `stop_gradient` by its path.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let target = pullback::stop_gradient(x);
    (target - y) * (target - y)
}

fn main() {
    f(1.0, 2.0);
}
