//! `#[watch]`, which comes later.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    y
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
