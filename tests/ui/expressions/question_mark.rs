//! `?` in a closure leaves the closure, and a return type under another name does not say what `?` is used on.

use pullback::differentiable;

type Fallible = Option<f64>;

#[differentiable]
fn f(x: f64, y: Option<f64>) -> Fallible {
    Some(x * y?)
}

#[differentiable]
fn g(x: f64, y: Option<f64>) -> Option<f64> {
    Some(x).and_then(|x| Some(x * y?))
}

fn main() {
    assert_eq!(f(2.0, Some(2.0)), Some(4.0));
    assert_eq!(g(2.0, Some(2.0)), Some(4.0));
}
