//! A rule that takes a vector where its function takes a slice.

use pullback::differentiable;

fn my_rule(x: f64, y: Vec<f64>) -> (f64, impl FnOnce(f64) -> (f64, Vec<f64>)) {
    (x * y[0], move |seed| (seed * y[0], vec![seed * x]))
}

#[differentiable(vjp = my_rule)]
fn f(x: f64, y: &[f64]) -> f64 {
    x * y[0]
}

fn main() {
    f::grad(1.0, &[2.0]);
}
