//! An iterator that is asked from both ends in one pattern.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let mut values = x.iter();
    let mut sum = 0.0;
    while let (Some(a), Some(b)) = (values.next(), values.next_back()) {
        sum += a * b;
    }
    sum
}

fn main() {
    assert_eq!(f(&[2.0, 3.0]), 6.0);
}
