//! Every parameter is marked `#[constant]`.

use pullback::differentiable;

#[differentiable]
fn f(#[constant] x: f64, n: usize) -> f64 {
    x * n as f64
}

fn main() {
    assert_eq!(f(2.0, 3), 6.0);
}
