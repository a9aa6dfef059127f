//! A value that borrows its data, where the derivative needs it.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct View<'a> {
    values: &'a [f64],
}

#[differentiable]
fn norm(view: &View<'_>) -> f64 {
    view.values.iter().map(|v| v * v).sum()
}

#[differentiable]
fn scaled_norm(view: View<'_>, k: f64) -> f64 {
    k * norm(&view)
}

fn main() {
    println!("{}", scaled_norm(View { values: &[1.0, 2.0] }, 3.0));
}
