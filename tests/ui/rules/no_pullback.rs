//! A rule that gives the value alone.

use pullback::differentiable;

fn my_rule(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable(vjp = my_rule)]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    f::grad(1.0, 2.0);
}
