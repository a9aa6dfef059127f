//! Inputs whose gradient is meant to be missing, each marked in one of the ways that there are.

use pullback::{Differentiable, detach, differentiable};

/// The parameter is no input.
#[differentiable]
#[must_use]
pub fn no_input(x: f64, #[constant] rate: f64) -> f64 {
    x * rate.floor()
}

/// Nor is it here.
#[differentiable(wrt(x))]
#[must_use]
pub fn nor_here(x: f64, rate: f64) -> f64 {
    x * rate.floor()
}

/// An input without a gradient.
#[differentiable(detached = "allow")]
#[must_use]
pub fn meant(x: f64, target: f64) -> f64 {
    x * detach(target)
}

/// Cut inside a callee.
#[expect(deprecated)]
#[differentiable]
#[must_use]
pub fn expected(x: f64, target: f64) -> f64 {
    meant(x, target) * x
}

/// A frozen part.
#[derive(Clone, Debug, Differentiable)]
pub struct Layer {
    /// Is learnt.
    pub weight: f64,
    /// Is not.
    #[constant]
    pub scale: f64,
}

/// A watched local, and a field that is frozen.
#[differentiable]
#[must_use]
pub fn apply(layer: &Layer, x: f64) -> f64 {
    #[watch]
    let hidden: f64 = layer.weight * x;
    hidden * layer.scale
}

#[differentiable]
impl Layer {
    /// By a method.
    #[must_use]
    pub fn forward(&self, x: f64, #[constant] noise: f64) -> f64 {
        self.weight * x + noise
    }
}

#[test]
fn gradients_are_none_where_it_is_meant() {
    assert_eq!(meant::gradients(2.0, 3.0).target, None);
    assert_eq!(expected::gradients(2.0, 3.0).target, None);
    assert_eq!(no_input::grad(2.0, 3.5), 3.0);
    assert_eq!(nor_here::grad(2.0, 3.5), 3.0);
    let layer = Layer {
        weight: 2.0,
        scale: 5.0,
    };
    assert_eq!(apply::gradients(&layer, 3.0).hidden, Some(5.0));
}
