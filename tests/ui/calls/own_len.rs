//! A user's own `len` that gives a real number.

use pullback::differentiable;

trait Length {
    fn len(&self) -> f64;
}

impl Length for f64 {
    fn len(&self) -> f64 {
        *self * *self
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    x.len()
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
