//! Compound assignment that is not one for each part.

use pullback::{Differentiable, differentiable};
use std::ops::AddAssign;

#[derive(Clone, Copy, Differentiable)]
struct Saturating {
    x: f64,
}

#[differentiable]
impl AddAssign for Saturating {
    fn add_assign(&mut self, other: Saturating) {
        self.x = (self.x + other.x).min(1.0);
    }
}

fn main() {}
