//! Values that carry no derivative: `detach`, `#[constant]`, `wrt`, integers, and what remains.

use crate::harness::programs;
use pullback::{detach, differentiable, stop_gradient};

#[differentiable]
fn detached_factor(x: f64, y: f64) -> f64 {
    detach(x) * x * y
}

#[differentiable]
fn detached_alias(x: f64) -> f64 {
    let frozen = stop_gradient(x * x);
    frozen * x
}

#[differentiable]
fn detached_by_path(x: f64) -> f64 {
    let a = pullback::detach(x.sin());
    a * x + pullback::stop_gradient(x)
}

/// The accumulator is cut in the middle of the loop: what came before does not count.
#[differentiable]
fn detached_in_a_loop(x: f64, n: usize, cut: usize) -> f64 {
    let mut s = x;
    for i in 0..n {
        s = s * x;
        if i == cut {
            s = detach(s);
        }
    }
    s
}

#[differentiable]
fn normalised_by_a_constant_norm(x: &[f64]) -> f64 {
    let mut norm = 0.0;
    for v in x {
        norm += v * v;
    }
    let norm = detach(norm.sqrt());
    x[0] / norm + x[1]
}

#[allow(deprecated)]
#[differentiable]
fn unused_beside_used(x: f64, y: f64) -> f64 {
    x * x
}

#[allow(deprecated)]
#[differentiable]
fn only_detached(x: f64, y: f64) -> f64 {
    detach(x) * y
}

#[allow(deprecated)]
#[differentiable]
fn only_cast(x: f64, y: f64) -> f64 {
    let bin = x as usize;
    y * bin as f64
}

#[allow(deprecated)]
#[differentiable]
fn only_a_condition(x: f64, y: f64) -> f64 {
    if x > 0.0 { y } else { -y }
}

#[differentiable]
fn constant_zero_factor(x: f64) -> f64 {
    x * 0.0 + (x - x)
}

#[allow(deprecated)]
#[differentiable]
fn result_is_a_constant(x: f64) -> f64 {
    2.5
}

#[differentiable(wrt(x))]
fn with_respect_to_one(x: f64, y: f64) -> f64 {
    x * y * y
}

#[differentiable]
fn constant_slice(x: &[f64], #[constant] weights: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += weights[i] * x[i] * x[i];
    }
    s
}

/// The whole computation before the last line is on constants.
#[differentiable]
fn constant_preparation(x: f64, n: usize) -> f64 {
    let mut weights = vec![0.0; n];
    let mut total = 0.0;
    for i in 0..n {
        weights[i] = (i as f64 + 1.0).sqrt();
        total += weights[i];
    }
    for w in weights.iter_mut() {
        *w /= total;
    }
    let mut s = 0.0;
    for w in &weights {
        s += w * x;
        s = s.sin();
    }
    s
}

/// A variable that is a constant at first, then active, then a constant again.
#[differentiable]
fn active_for_a_while(x: f64) -> f64 {
    let mut a = 2.0;
    let b = a * x;
    a = b * b;
    let c = a + b;
    a = 3.0;
    c * a
}

programs! {
    cut detached_factor { x: val = 0.7, y: val = 0.3 } exact [x * y, x * x] connected [true, true];
    cut detached_alias { x: val = 0.7 } exact [x * x];
    cut detached_by_path { x: val = 0.7 } exact [x.sin()];
    cut detached_in_a_loop { x: val = 1.2, n: konst = 5_usize, cut: konst = 2_usize }
        exact [2.0 * x.powi(5)];
    cut normalised_by_a_constant_norm { x: slice = vec![0.3, 0.4] } exact [vec![2.0, 1.0]];
    unused_beside_used { x: val = 0.7, y: val = 0.3 } exact [2.0 * x, 0.0] connected [true, false];
    cut only_detached { x: val = 0.7, y: val = 0.3 } exact [0.0, x] connected [false, true];
    only_cast { x: val = 3.7, y: val = 0.3 } exact [0.0, 3.0] connected [false, true];
    only_a_condition { x: val = 0.7, y: val = 0.3 } exact [0.0, 1.0] connected [false, true];
    constant_zero_factor { x: val = 0.7 } exact [0.0] connected [true];
    result_is_a_constant { x: val = 0.7 } exact [0.0] connected [false];
    with_respect_to_one { x: val = 0.7, y: konst = 0.3_f64 } exact [y * y] connected [true];
    constant_slice { x: slice = vector(3, 1), weights: konst_slice = vector(3, 2) };
    constant_preparation { x: val = 0.7, n: konst = 4_usize };
    active_for_a_while { x: val = 0.7 } exact [3.0 * (8.0 * x + 2.0)];
}
