//! The way ends in a method of what a field holds, and in one that a third function calls.

#![deny(deprecated)]

use pullback::{Differentiable, Real, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Layer<T: Real> {
    gain: T,
}

#[derive(Clone, Debug, Differentiable)]
struct Net {
    layers: Vec<Layer<f64>>,
}

#[differentiable]
impl<T: Real> Layer<T> {
    #[allow(deprecated)]
    fn forward(&self, input: T) -> T {
        self.gain * input.round()
    }
}

#[differentiable]
impl Net {
    fn forward(&self, image: f64) -> f64 {
        let mut sum = 0.0;
        for layer in &self.layers {
            sum += layer.forward(image);
        }
        sum
    }
}

#[allow(deprecated)]
#[differentiable]
fn first(layer: &Layer<f64>, x: f64) -> f64 {
    layer.forward(x)
}

#[differentiable]
fn loss(layer: &Layer<f64>, pixel: f64, target: f64) -> f64 {
    first(layer, pixel) - target
}

fn main() {
    let net = Net { layers: vec![Layer { gain: 2.0 }] };
    let _ = net.forward(1.0) + loss(&net.layers[0], 0.5, 1.0);
}
