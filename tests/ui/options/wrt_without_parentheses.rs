//! `wrt` written as if it took a value.

use pullback::differentiable;

#[differentiable(wrt = x)]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
