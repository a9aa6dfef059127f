//! Only through fields that are marked `#[constant]`: the field is named, at the function and at its callers.

#![deny(deprecated)]

use pullback::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Model {
    weight: f64,
    #[constant]
    scale: f64,
    #[constant]
    offset: f64,
}

#[differentiable]
fn scaled(model: &Model, x: f64) -> f64 {
    model.scale * x + model.offset
}

#[differentiable]
fn twice(model: &Model, x: f64) -> f64 {
    scaled(model, scaled(model, x))
}

#[differentiable]
#[allow(deprecated)]
fn rounded(x: f64, y: f64) -> f64 {
    x.round() * y
}

// Not the field: the call.
#[differentiable]
fn passed(model: &Model, x: f64) -> f64 {
    let weight = model.weight;
    rounded(weight, x)
}

// One that is not marked is enough.
#[differentiable]
fn weighted(model: &Model, x: f64) -> f64 {
    model.weight * scaled(model, x)
}

#[differentiable(detached = "allow")]
fn meant(model: &Model, x: f64) -> f64 {
    model.scale * x
}

fn main() {
    let model = Model {
        weight: 1.0,
        scale: 2.0,
        offset: 3.0,
    };
    let _ = (twice(&model, 1.0), weighted(&model, 1.0), meant(&model, 1.0), passed(&model, 1.0));
}
