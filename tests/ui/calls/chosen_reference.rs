//! `max_by` on references gives a reference.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    match x.iter().max_by(|a, b| a.total_cmp(b)) {
        Some(most) => *most,
        None => 0.0,
    }
}

fn main() {
    assert_eq!(f(&[2.0]), 2.0);
}
