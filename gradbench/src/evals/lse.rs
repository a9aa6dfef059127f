//! `lse`: the logarithm of a sum of exponentials, shifted by the greatest term so that nothing overflows.

use pullback::{Tape, detach, differentiable};
use serde::{Deserialize, Serialize};

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "lse",
    functions: &[
        ("primal", |input| {
            measure(
                input,
                |input: Input| Ok((input, 0.0)),
                |(input, value)| *value = log_sum_exp(&input.x),
                |(_, value)| value,
            )
        }),
        ("gradient", |input| {
            measure(
                input,
                |input: Input| Ok((input, Tape::new(), Vec::new())),
                |(input, tape, gradient)| *gradient = log_sum_exp::grad_with(tape, &input.x),
                |(_, _, gradient)| gradient,
            )
        }),
    ],
};

/// The point.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// The terms' exponents.
    pub x: Vec<f64>,
}

/// log Σ exp xᵢ. The value does not depend on the shift, so neither does the derivative.
#[differentiable]
pub fn log_sum_exp(x: &[f64]) -> f64 {
    let shift: f64 = greatest(detach(x));
    let mut sum = 0.0;
    for v in x {
        sum += (v - shift).exp();
    }
    shift + sum.ln()
}

/// The greatest element, or −∞ where there is none. Eight lanes, since one would wait for each comparison.
pub fn greatest(x: &[f64]) -> f64 {
    let mut lanes = [f64::NEG_INFINITY; 8];
    let (chunks, rest) = x.as_chunks::<8>();
    for chunk in chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane = if v > lane { *v } else { *lane };
        }
    }
    lanes
        .iter()
        .chain(rest)
        .copied()
        .fold(f64::NEG_INFINITY, f64::max)
}
