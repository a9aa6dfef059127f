//! A closure that touches active values and is more than called.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let pair = (|y: f64| y * x, 2.0);
    (pair.0)(x) * pair.1
}

fn main() {
    assert_eq!(f(2.0), 8.0);
}
