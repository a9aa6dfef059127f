//! The attribute on an `impl` of a trait of the standard library, which has no derivative: one error each.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Pair {
    x: f64,
    y: f64,
}

#[differentiable]
impl std::iter::Sum for Pair {
    fn sum<I: Iterator<Item = Pair>>(items: I) -> Pair {
        items.fold(Pair { x: 0.0, y: 0.0 }, |a, b| Pair {
            x: a.x + b.x,
            y: a.y + b.y,
        })
    }
}

#[differentiable]
impl PartialEq for Pair {
    fn eq(&self, other: &Pair) -> bool {
        self.x == other.x
    }
}

fn main() {}
