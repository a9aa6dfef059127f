//! A rule of the user's own comes later.

use pullback::differentiable;

#[differentiable(vjp = my_rule)]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
