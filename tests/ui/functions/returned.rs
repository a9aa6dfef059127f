//! A closure that is returned.

use pullback::differentiable;

#[differentiable]
fn line(a: f64, b: f64) -> impl Fn(f64) -> f64 {
    move |x| a * x + b
}

fn main() {
    assert_eq!(line(1.0, 2.0)(3.0), 5.0);
}
