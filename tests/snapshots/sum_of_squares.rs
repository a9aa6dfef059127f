//! A loop whose reverse needs nothing but the inputs saves nothing.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn sum_of_squares(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    sum
}

programs! {
    sum_of_squares { x: slice = vec![0.5, -1.5, 2.0] } exact [vec![1.0, -3.0, 4.0]];
}
