//! `to_f64` of a value whose type is not written.

use pullback::{Real, differentiable};

#[differentiable]
fn g<T: Real>(x: T) -> T {
    x * x
}

#[differentiable]
fn f<T: Real>(x: T) -> f64 {
    g(x).to_f64() * 2.0
}

fn main() {
    assert_eq!(f(2.0), 8.0);
}
