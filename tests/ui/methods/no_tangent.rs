//! Methods of a type without a tangent.

use pullback::differentiable;

struct Spring {
    k: f64,
}

#[differentiable]
impl Spring {
    fn energy(&self, x: f64) -> f64 {
        self.k * x * x
    }
}

fn main() {}
