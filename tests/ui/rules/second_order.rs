//! A rule gives first derivatives.

use pullback::differentiable;

fn my_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x * x, move |seed| 2.0 * seed * x)
}

#[differentiable(order = 2, vjp = my_rule)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    f::grad(1.0);
}
