//! No std, but memory is allocated.
#![no_std]
#![deny(warnings)]

extern crate alloc;

use pullback::{Real, differentiable};

/// Loops, memory and the methods of `Real`.
#[differentiable]
pub fn smooth<T: Real>(signal: &[T], rate: T) -> T {
    let mut state = [T::zero(); 4];
    let mut energy = T::zero();
    for (i, value) in signal.iter().enumerate() {
        let slot = i % 4;
        state[slot] = state[slot] + rate * (*value - state[slot]);
        energy += state[slot].tanh() * state[slot];
    }
    energy.sqrt()
}

/// A vector, a call, and numbers that need no std.
#[differentiable]
pub fn model(x: f64, n: usize) -> f64 {
    let mut samples = alloc::vec![0.0; n];
    for (i, sample) in samples.iter_mut().enumerate() {
        *sample = (x * i as f64).sin();
    }
    smooth(&samples, x).max(x) * x.abs()
}

#[test]
fn gradients_are_those_of_differences() {
    let h = 1e-6;
    let expected = (model(0.3 + h, 5) - model(0.3 - h, 5)) / (2.0 * h);
    assert!((model::grad(0.3, 5) - expected).abs() < 1e-6);
}
