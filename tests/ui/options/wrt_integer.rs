//! `wrt` asks for the derivative by an integer.

use pullback::differentiable;

#[differentiable(wrt(n))]
fn f(x: f64, n: usize) -> f64 {
    x * n as f64
}

fn main() {
    assert_eq!(f(2.0, 3), 6.0);
}
