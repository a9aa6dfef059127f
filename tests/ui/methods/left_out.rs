//! Compound assignment that leaves a field out.

use pullback::{Differentiable, differentiable};
use std::ops::AddAssign;

#[derive(Clone, Copy, Differentiable)]
struct Body {
    position: f64,
    velocity: f64,
}

#[differentiable]
impl AddAssign for Body {
    fn add_assign(&mut self, other: Body) {
        self.position += other.position;
    }
}

#[differentiable]
fn sum(a: Body, b: Body) -> f64 {
    let mut c = a;
    c += b;
    c.position * c.velocity
}

fn main() {
    sum::grad(Body { position: 1.0, velocity: 2.0 }, Body { position: 1.0, velocity: 2.0 });
}
