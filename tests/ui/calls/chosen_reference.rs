//! `max_by` on references gives a reference, which is kept in an `Option`.

use pullback::differentiable;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let most = x.iter().max_by(|a, b| a.total_cmp(b));
    let doubled = 2.0 * x[0];
    match most {
        Some(most) => *most * doubled,
        None => 0.0,
    }
}

fn main() {
    assert_eq!(f(&[2.0]), 8.0);
}
