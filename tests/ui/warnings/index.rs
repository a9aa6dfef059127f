//! An index chooses an element.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, table: &[f64]) -> f64 {
    table[x as usize]
}

fn main() {
    f(1.0, &[2.0, 3.0]);
}
