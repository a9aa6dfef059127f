//! A refused function whose derivatives are used: the refusal is the one error.

use pullback::{Tape, differentiable};

#[differentiable]
fn f(x: f64, weights: &[f64], n: usize) -> f64 {
    let raw = &raw const x;
    x * weights[n] + f64::from(raw.is_null())
}

#[differentiable]
fn caller(x: f64, weights: &[f64]) -> f64 {
    f(x * x, weights, 0) + x
}

fn main() {
    let weights = [1.0, 2.0];
    let (dx, dw) = f::grad(2.0, &weights, 1);
    assert_eq!(dx + dw[0], dw.iter().sum());
    let mut tape = Tape::new();
    let again = &mut tape;
    let (dx, _) = f::grad_with(again, 2.0, &weights, 1);
    let (value, (_, dw)) = f::value_and_grad_with(again, dx, &weights, 1);
    let (mut dx, mut dws) = (0.0, vec![0.0; 2]);
    let same = f::accumulate_grad(value, &dw, 1, &mut dx, &mut dws[..]);
    let gradients: FGradients = f::gradients(same, &weights, 1);
    assert_eq!(gradients.x.map(f64::abs), Some(1.0));
    assert_eq!(gradients.weights, None);
    let (value, pullback) = f::vjp(2.0, &weights, 1);
    let (dx, _) = pullback(1.0);
    let (_, dot) = f::jvp((value, &weights, 1), (dx, vec![1.0, 0.0]));
    let (hx, _) = f::hvp((dot, &weights, 1), (1.0, vec![1.0, 0.0]));
    let (value, (dx, _)) = caller::value_and_grad(hx, &weights);
    assert!(value.max(dx).is_finite());
}
