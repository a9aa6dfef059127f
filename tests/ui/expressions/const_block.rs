//! A `const` block.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    x * const { 1.0 + 1.0 }
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
