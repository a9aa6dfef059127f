//! Calls of differentiable functions of another crate, also generic and under other names.
#![deny(warnings)]

use pullback::differentiable;
use renamed::norm as length;

/// Through the crate's name, through another name, and of a generic function.
#[differentiable]
pub fn total(x: &[f64], k: f64) -> f64 {
    let mut sum = renamed::scaled(x, k);
    for i in 1..x.len() {
        if length(&x[i..]) > 0.5 {
            sum += length(&x[..i]) * k;
        }
    }
    sum
}

#[test]
fn derivatives_pass_through_another_crate() {
    pullback::check!(total, (&[3.0, 4.0, 0.1], 0.5));
    assert!(total::gradients(&[3.0, 4.0], 0.5).k.is_some());
}
