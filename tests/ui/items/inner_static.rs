//! A `static` in the body.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    static SCALE: f64 = 1.0;
    x * x * SCALE
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
