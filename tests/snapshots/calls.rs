//! A call of another differentiable function, in a loop.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn activation(x: f64) -> f64 {
    x.tanh()
}

#[differentiable]
fn network(weights: &[f64], x: f64) -> f64 {
    let mut y = x;
    for w in weights {
        y = activation(w * y);
    }
    y
}

programs! {
    activation { x: val = 0.4 };
    network { weights: slice = vec![0.4, -1.3, 0.8], x: val = 0.7 };
}
