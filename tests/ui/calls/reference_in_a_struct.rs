//! A struct that borrows a parameter, made inside of a differentiable function.

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
fn loss(x: &[f64]) -> f64 {
    let view = View { values: x };
    norm(&view)
}

fn main() {
    println!("{:?}", loss::grad(&[1.0]));
}
