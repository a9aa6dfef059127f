//! An object of an annotated trait, changed through `&mut`.

use pullback::differentiable;

#[differentiable]
trait Layer {
    fn forward(&self, x: f64) -> f64;
    fn step(&mut self, by: f64);
}

#[differentiable]
fn train(layer: &mut dyn Layer, x: f64) -> f64 {
    layer.step(x);
    layer.forward(x)
}

fn main() {}
