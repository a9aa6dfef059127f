//! An input that only goes through `detach`.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let frozen = pullback::detach(x * 2.0);
    frozen * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 12.0);
}
