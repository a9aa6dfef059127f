//! An `async` block.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let _later = async { x + 1.0 };
    x * x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
