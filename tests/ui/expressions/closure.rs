//! A closure that touches active values.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let square = |y: f64| y * x;
    square(x)
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
