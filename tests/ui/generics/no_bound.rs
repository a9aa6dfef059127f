//! A type parameter that could be a number, as its bound says, but not one with a derivative.

use pullback::differentiable;

#[differentiable]
fn f<T: Into<f64>>(x: T, y: f64) -> f64 {
    let x: f64 = x.into();
    x * y
}

fn main() {
    assert_eq!(f::grad(2.0, 3.0), (3.0, 2.0));
}
