//! A view of ndarray's that changes the caller's array, by value.

use ndarray::{Array1, ArrayViewMut1};
use pullback::differentiable;

#[differentiable]
fn scale(mut a: ArrayViewMut1<f64>, k: f64) {
    a[0] *= k;
}

fn main() {
    scale(Array1::from_vec(vec![1.0]).view_mut(), 2.0);
}
