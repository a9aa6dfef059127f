//! What a method refuses is said at its own token, also in a block of several.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Spring {
    k: f64,
}

#[differentiable]
impl Spring {
    fn energy(&self, x: f64) -> f64 {
        let erf = x.gamma();
        self.k * erf
    }

    fn twice(&self, x: f64) -> f64 {
        2.0 * self.energy(x)
    }

    async fn later(&self, x: f64) -> f64 {
        x
    }
}

fn main() {}
