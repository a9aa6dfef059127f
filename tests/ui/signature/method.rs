//! A method.

use pullback::differentiable;

struct Line {
    slope: f64,
}

impl Line {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        self.slope * x
    }
}

fn main() {
    assert_eq!(Line { slope: 2.0 }.at(3.0), 6.0);
}
