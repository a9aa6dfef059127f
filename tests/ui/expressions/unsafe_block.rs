//! An `unsafe` block.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    unsafe { *x.get_unchecked(0) }
}

fn main() {
    assert_eq!(f(&[2.0]), 2.0);
}
