//! A rule that takes other arguments than its function.

use pullback::differentiable;

fn my_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x, |seed| seed)
}

#[differentiable(vjp = my_rule)]
fn f(x: f64, y: &[f64]) -> f64 {
    x * y[0]
}

fn main() {
    f::grad(1.0, &[2.0]);
}
