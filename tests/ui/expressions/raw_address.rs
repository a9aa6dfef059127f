//! A raw address.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let _address = &raw const x;
    x * x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
