//! Also in a generic function.

#![deny(deprecated)]
#![allow(unused)]

use pullback::differentiable;

#[differentiable]
fn f<T: pullback::Real>(x: T, y: T) -> T {
    x.floor() * y
}

fn main() {
    f(1.0, 2.0);
}
