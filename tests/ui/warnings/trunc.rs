//! `trunc` of a call's result.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let whole = x.exp().trunc();
    whole - y
}

fn main() {
    f(1.0, 2.0);
}
