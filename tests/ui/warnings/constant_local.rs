//! A local that is marked.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    #[constant]
    let k = x.sin() * 2.0;
    k * y
}

fn main() {
    f(1.0, 2.0);
}
