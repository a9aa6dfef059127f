//! Nothing is saved where control does not branch.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn straight_line(w: f64, b: f64) -> f64 {
    let y = w * 2.0 + b.sin();
    y * y / w
}

programs! {
    straight_line { w: val = 0.7, b: val = 0.3 };
}
