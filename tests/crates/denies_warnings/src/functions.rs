//! What a user's crate would have.

use pullback::{Real, differentiable};

/// Straight-line code with casts, methods and a parameter that is not differentiated.
#[differentiable]
#[must_use]
pub fn spring(stretch: f64, stiffness: f32, steps: u32) -> f64 {
    let force = f64::from(stiffness) * stretch;
    let damped = force.tanh().mul_add(f64::from(steps), stretch);
    damped.powi(2) / (1.0 + force.abs())
}

/// Loops, early exits and memory.
#[differentiable]
#[must_use]
pub fn smooth(signal: &[f64], rate: f64) -> f64 {
    let mut state = [0.0; 4];
    let mut energy = 0.0;
    for (i, value) in signal.iter().enumerate() {
        let slot = i % 4;
        state[slot] = rate.mul_add(*value - state[slot], state[slot]);
        if state[slot] > 100.0 {
            return energy;
        }
        energy += state[slot] * state[slot];
    }
    let mut k = 0;
    while k < 3 {
        energy *= 1.0 + rate;
        k += 1;
    }
    energy
}

/// Generic over the scalar, with memory that is changed in place.
#[differentiable]
pub fn relax<T: Real>(grid: &mut [T], rate: T) {
    for i in 1..grid.len() - 1 {
        let mean = (grid[i - 1] + grid[i + 1]) * T::from_f64(0.5);
        grid[i] += rate * (mean - grid[i]);
    }
}

/// Calls, a match and a vector.
#[differentiable]
#[must_use]
pub fn model(weights: &[f64], x: f64, kind: Option<u8>) -> f64 {
    let hidden: Vec<f64> = vec![x, x * weights[0], smooth(weights, x)];
    let gain = match kind {
        Some(0) => 1.0,
        Some(level) => f64::from(level) * weights[1],
        None => spring(x, 0.5, 3),
    };
    gain * (hidden[0] + hidden[1]) + hidden[2]
}
