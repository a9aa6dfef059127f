//! `wrt` asks for the derivative by a text.

use pullback::differentiable;

#[differentiable(wrt(x, name))]
fn f(x: f64, name: &str) -> f64 {
    x * name.len() as f64
}

fn main() {
    assert_eq!(f(2.0, "abc"), 6.0);
}
