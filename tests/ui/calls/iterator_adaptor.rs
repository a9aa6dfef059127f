//! A method of iterators that is not unfolded.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).try_fold(0.0, |s, v| Some(s + v)).unwrap_or(0.0)
}

fn main() {
    assert_eq!(f(&[2.0]), 4.0);
}
