//! `ode`: a chain of linear differential equations, y₀′ = x₀ and yᵢ′ = xᵢ yᵢ₋₁, by the classical method of Runge
//! and Kutta.

use pullback::{Tape, differentiable};
use serde::{Deserialize, Serialize};

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "ode",
    functions: &[
        ("primal", |input| {
            measure(
                input,
                |input: Input| Ok((input.checked()?, Vec::new())),
                |(input, y)| *y = solve(&input.x, input.s),
                |(_, y)| y,
            )
        }),
        ("gradient", |input| {
            measure(
                input,
                |input: Input| Ok((input.checked()?, Tape::new(), Vec::new())),
                |(input, tape, gradient)| {
                    *gradient = last_of_solution::grad_with(tape, &input.x, input.s);
                },
                |(_, _, gradient)| gradient,
            )
        }),
    ],
};

/// The rates and the number of steps.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// A rate for each equation.
    pub x: Vec<f64>,
    /// Steps from time 0 to [`END`].
    pub s: usize,
}

impl Input {
    fn checked(self) -> Result<Self, String> {
        if self.x.is_empty() || self.s == 0 {
            return Err("no equation, or no step".to_string());
        }
        Ok(self)
    }
}

/// When the integration ends.
pub const END: f64 = 2.0;

/// The slopes at `y`.
#[differentiable]
fn slopes(x: &[f64], y: &[f64], k: &mut [f64]) {
    k[0] = x[0];
    for ((k, x), y) in k[1..].iter_mut().zip(&x[1..]).zip(y) {
        *k = x * y;
    }
}

/// y + h k.
#[differentiable]
fn along(y: &[f64], h: f64, k: &[f64], moved: &mut [f64]) {
    for ((moved, y), k) in moved.iter_mut().zip(y).zip(k) {
        *moved = y + h * k;
    }
}

/// The solution at [`END`] in `steps` steps.
#[differentiable]
pub fn solve(x: &[f64], steps: usize) -> Vec<f64> {
    let n = x.len();
    let h = END / steps as f64;
    let mut y = vec![0.0; n];
    let mut moved = vec![0.0; n];
    let (mut k1, mut k2) = (vec![0.0; n], vec![0.0; n]);
    let (mut k3, mut k4) = (vec![0.0; n], vec![0.0; n]);
    for _ in 0..steps {
        slopes(x, &y, &mut k1);
        along(&y, 0.5 * h, &k1, &mut moved);
        slopes(x, &moved, &mut k2);
        along(&y, 0.5 * h, &k2, &mut moved);
        slopes(x, &moved, &mut k3);
        along(&y, h, &k3, &mut moved);
        slopes(x, &moved, &mut k4);
        for i in 0..n {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}

/// The last element of the solution, of which GradBench wants the gradient.
#[differentiable]
pub fn last_of_solution(x: &[f64], steps: usize) -> f64 {
    let y = solve(x, steps);
    y[x.len() - 1]
}
