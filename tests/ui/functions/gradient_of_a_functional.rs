//! The gradient of a function that asks another for derivatives, given a plain closure.

use pullback::differentiable;

#[differentiable]
fn midpoint(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    f(0.5 * (a + b)) * (b - a)
}

fn main() {
    midpoint::grad(|x| x * x, 0.0, 1.0);
}
