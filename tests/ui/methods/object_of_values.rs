//! A trait object that is made of values which carry a derivative.

use pullback::{Differentiable, differentiable};

#[differentiable]
trait Potential {
    fn energy(&self, x: f64) -> f64;
}

#[derive(Clone, Differentiable)]
struct Spring {
    k: f64,
}

#[differentiable]
impl Potential for Spring {
    fn energy(&self, x: f64) -> f64 {
        self.k * x * x
    }
}

#[differentiable]
fn total(p: &dyn Potential, x: f64) -> f64 {
    p.energy(x) + 1.0
}

#[differentiable]
fn made(k: f64, x: f64) -> f64 {
    let spring = Spring { k };
    total(&spring, x)
}

fn main() {}
