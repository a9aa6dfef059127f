//! A call to a function that nobody annotated.

use pullback::differentiable;

fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn f(x: f64) -> f64 {
    square(x)
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
