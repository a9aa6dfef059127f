//! An operator between two scalars that the signature tells apart.

use pullback::{Real, differentiable};

#[differentiable]
fn f<T: Real + std::ops::Mul<f64, Output = T>>(x: T, mut y: f64) -> T {
    y *= 2.0;
    let z = x * x;
    z * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
