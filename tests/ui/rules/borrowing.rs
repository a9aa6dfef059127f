//! A pullback that borrows what its caller may not keep.

use pullback::differentiable;

fn my_rule(x: &[f64]) -> (f64, impl FnOnce(f64) -> Vec<f64>) {
    let value = x.iter().map(|x| x * x).sum();
    (value, move |seed| x.iter().map(|x| 2.0 * seed * x).collect())
}

#[differentiable(vjp = my_rule)]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

fn main() {
    f::grad(&[2.0]);
}
