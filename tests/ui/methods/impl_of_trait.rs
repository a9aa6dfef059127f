//! An `impl` of an annotated trait without the attribute.

use pullback::{Differentiable, differentiable};

#[differentiable]
trait Layer {
    fn forward(&self, x: f64) -> f64;
}

#[derive(Clone, Differentiable)]
struct Dense {
    w: f64,
}

impl Layer for Dense {
    fn forward(&self, x: f64) -> f64 {
        self.w * x
    }
}

fn main() {}
