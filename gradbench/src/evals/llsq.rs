//! `llsq`: half the squared distance of a polynomial from the sign function, at `n` places in −1 … 1.

use pullback::{Tape, differentiable};
use serde::{Deserialize, Serialize};

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "llsq",
    functions: &[
        ("primal", |input| {
            measure(
                input,
                |input: Input| Ok((input, 0.0)),
                |(input, value)| *value = misfit(&input.x, input.n),
                |(_, value)| value,
            )
        }),
        ("gradient", |input| {
            measure(
                input,
                |input: Input| Ok((input, Tape::new(), Vec::new())),
                |(input, tape, gradient)| *gradient = misfit::grad_with(tape, &input.x, input.n),
                |(_, _, gradient)| gradient,
            )
        }),
    ],
};

/// The polynomial's coefficients and the number of places.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// From the constant upwards.
    pub x: Vec<f64>,
    /// At least two.
    pub n: usize,
}

/// How many places are looked at together: enough that multiplications do not wait for each other.
const LANES: usize = 16;

/// ½ Σ (sign tᵢ − Σ xⱼ tᵢʲ)² with tᵢ = −1 + 2 i / (n − 1), by Horner's rule.
#[differentiable]
pub fn misfit(x: &[f64], n: usize) -> f64 {
    let coefficients: Vec<[f64; LANES]> = x.iter().map(|v| [*v; LANES]).collect();
    let step = 2.0 / (n as f64 - 1.0);
    let mut squares = [0.0; LANES];
    for first in (0..n).step_by(LANES) {
        // Beyond the last place the weight is zero.
        let t: [f64; LANES] = std::array::from_fn(|l| -1.0 + (first + l) as f64 * step);
        let weight: [f64; LANES] = std::array::from_fn(|l| if first + l < n { 0.5 } else { 0.0 });
        let mut p = [0.0; LANES];
        for c in coefficients.iter().rev() {
            for l in 0..LANES {
                p[l] = p[l] * t[l] + c[l];
            }
        }
        for l in 0..LANES {
            let residual = sign(t[l]) - p[l];
            squares[l] += weight[l] * residual * residual;
        }
    }
    squares.iter().sum()
}

/// −1, 0 or 1; unlike `signum`, 0 at 0.
fn sign(t: f64) -> f64 {
    f64::from(i8::from(t > 0.0) - i8::from(t < 0.0))
}
