//! A method without the attribute.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Spring {
    k: f64,
}

impl Spring {
    fn energy(&self, x: f64) -> f64 {
        self.k * x * x
    }
}

#[differentiable]
fn total(spring: &Spring, x: f64) -> f64 {
    spring.energy(x) + 1.0
}

fn main() {}
