//! A branch by data: the condition is kept, and what one arm alone computes.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn branch(w: f64, b: f64) -> f64 {
    let y = w * 2.0 + b;
    if y > 0.0 { y * w } else { y.exp() }
}

programs! {
    branch { w: val = 0.7, b: val = -3.0 };
}
