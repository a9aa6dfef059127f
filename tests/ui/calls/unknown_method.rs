//! A method whose derivative is not known.

use pullback::differentiable;

trait Square {
    fn square(self) -> f64;
}

impl Square for f64 {
    fn square(self) -> f64 {
        self * self
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    x.square()
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
