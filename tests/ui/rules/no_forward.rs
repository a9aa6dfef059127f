//! Forward mode where the rule is for reverse mode and the result is not one number.

use pullback::differentiable;

fn my_rule(x: f64) -> ((f64, f64), impl FnOnce((f64, f64)) -> f64) {
    ((x, 2.0 * x), |(a, b)| a + 2.0 * b)
}

#[differentiable(vjp = my_rule)]
fn f(x: f64) -> (f64, f64) {
    (x, 2.0 * x)
}

#[differentiable]
fn caller(x: f64) -> f64 {
    let (a, b) = f(x);
    a * b
}

fn main() {
    f::vjp(1.0);
    f::jvp(1.0, 1.0);
    caller::grad(1.0);
}
