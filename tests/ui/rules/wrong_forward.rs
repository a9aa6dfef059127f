//! A forward rule without its directions.

use pullback::differentiable;

fn my_rule(x: f64, y: &[f64]) -> (f64, f64) {
    (x * y[0], y[0])
}

#[differentiable(jvp = my_rule)]
fn f(x: f64, y: &[f64]) -> f64 {
    x * y[0]
}

fn main() {
    f::jvp((1.0, &[2.0]), (1.0, vec![0.0]));
}
