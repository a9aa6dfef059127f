//! A rule that does not exist.

use pullback::differentiable;

#[differentiable(vjp = my_rule)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    f::grad(1.0);
}
