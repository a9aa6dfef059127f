//! A `dyn` parameter.

use pullback::differentiable;

#[differentiable]
fn f(x: f64, g: &dyn Fn(f64) -> f64) -> f64 {
    g(x) * x
}

fn main() {
    assert_eq!(f(2.0, &|x| x), 4.0);
}
