//! An object of a trait that nobody annotated.

use pullback::differentiable;

trait Potential {
    fn energy(&self, x: f64) -> f64;
}

#[differentiable]
fn total(p: &dyn Potential, x: f64) -> f64 {
    p.energy(x) + 1.0
}

fn main() {}
