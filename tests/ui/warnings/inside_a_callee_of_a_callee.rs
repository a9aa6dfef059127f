//! Two calls deep.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn bucket(x: f64, size: f64) -> f64 {
    x.floor() * size
}

#[differentiable]
fn middle(a: f64, b: f64) -> f64 {
    bucket(a * 2.0, b)
}

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    middle(x, y)
}

fn main() {
    f(1.0, 2.0);
}
