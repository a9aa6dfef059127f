//! A function pointer.

use pullback::differentiable;

#[differentiable]
fn f(x: f64, g: fn(f64) -> f64) -> f64 {
    g(x) * x
}

fn main() {
    assert_eq!(f(2.0, f64::sin), 2.0_f64.sin() * 2.0);
}
