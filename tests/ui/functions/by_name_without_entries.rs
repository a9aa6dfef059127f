//! A function without `#[differentiable]`, passed by its name.

use pullback::differentiable;

#[differentiable]
fn midpoint(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    f(0.5 * (a + b)) * (b - a)
}

fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn area(a: f64, b: f64) -> f64 {
    midpoint(square, a, b)
}

fn main() {
    assert_eq!(area(0.0, 2.0), 2.0);
}
