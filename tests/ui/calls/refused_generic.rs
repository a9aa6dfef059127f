//! A refused function that is generic, changes its argument and returns several values: one error.

use pullback::{Real, differentiable};

#[differentiable]
fn f<'a, T: Real, const N: usize>(state: &'a mut [T; N], scale: T, (a, _b): (T, T)) -> (T, Vec<T>) {
    let raw = &raw const scale;
    (scale * a, state.iter().map(|s| *s).skip(usize::from(raw.is_null())).collect())
}

fn main() {
    let mut state = [1.0, 2.0];
    let mut bar = [0.0, 1.0];
    let ((first, _), pullback) = f::vjp(&mut state, 2.0, (1.0, 1.0));
    let (scale, (a, b)) = pullback((first, vec![1.0, 1.0]), &mut bar);
    assert!(f64::max(scale, a) > b);
    let mut dot = [1.0, 0.0];
    let ((_, list), _) = f::jvp((&mut state, scale, (a, b)), (&mut dot, 1.0, (0.0, 0.0)));
    assert_eq!(list.len(), 2);
}
