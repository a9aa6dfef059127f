//! Inputs without a derivative: one never, one on some paths.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable(detached = "allow")]
fn not_connected(x: f64, sometimes: f64, step: f64) -> f64 {
    let count = step as usize;
    if count > 2 { x * sometimes } else { x }
}

programs! {
    not_connected { x: val = 0.7, sometimes: val = 0.3, step: val = 1.5 }
        exact [1.0, 0.0, 0.0] connected [true, false, false];
}
