//! `grad` of a function that gives a vector.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> Vec<f64> {
    vec![x, x * x]
}

fn main() {
    let _ = f::grad(2.0);
}
