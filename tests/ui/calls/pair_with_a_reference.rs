//! The greatest of what is numbered, whose items are references, kept in an `Option`.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let best = x.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let (i, most) = best.unwrap();
    most * i as f64
}

fn main() {
    assert_eq!(f(&[2.0, 3.0]), 3.0);
}
