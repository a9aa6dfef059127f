//! An iterator that is used in more than one place.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let mut values = x.iter();
    let first = *values.next().unwrap();
    let rest: f64 = values.map(|v| v * v).sum();
    first * rest
}

fn main() {
    assert_eq!(f(&[2.0, 3.0]), 18.0);
}
