//! Conditional compilation in the body.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    #[cfg(debug_assertions)]
    let x = x + 0.0;
    x * x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
