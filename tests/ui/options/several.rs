//! Several mistakes in one list are all reported.

use pullback::differentiable;

#[differentiable(mode = "rev", wrt(q), colour = "red")]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
