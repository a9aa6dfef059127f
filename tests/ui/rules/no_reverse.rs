//! Reverse mode where the rule is for forward mode.

use pullback::differentiable;

fn my_rule(x: f64, dx: f64) -> (f64, f64) {
    (x * x, 2.0 * x * dx)
}

#[differentiable(jvp = my_rule)]
fn f(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn caller(x: f64) -> f64 {
    f(x) * x
}

fn main() {
    f::jvp(1.0, 1.0);
    f::grad(1.0);
    caller::grad(1.0);
}
