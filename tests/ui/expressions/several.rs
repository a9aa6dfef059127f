//! Several refusals in one function are reported together.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let a = const { 2.0 };
    let b = &raw const x;
    let _ = (a, b);
    x * x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
