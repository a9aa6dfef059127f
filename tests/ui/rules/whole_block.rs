//! A rule for a whole block.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Scale(f64);

#[differentiable(vjp = my_rule)]
impl Scale {
    fn apply(&self, x: f64) -> f64 {
        self.0 * x
    }
}

fn main() {
    Scale(2.0).apply(1.0);
}
