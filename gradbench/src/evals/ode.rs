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

/// The solution at [`END`] in `steps` steps.
#[differentiable]
pub fn solve(x: &[f64], steps: usize) -> Vec<f64> {
    let n = x.len();
    let h = END / steps as f64;
    let mut y = vec![0.0; n];
    // The first equation's slope is always the same.
    let (mut k1, mut k2) = (vec![x[0]; n], vec![x[0]; n]);
    let (mut k3, mut k4) = (vec![x[0]; n], vec![x[0]; n]);
    for _ in 0..steps {
        for ((k, x), y) in k1[1..].iter_mut().zip(&x[1..]).zip(&y) {
            *k = x * y;
        }
        for (((k, x), y), before) in k2[1..].iter_mut().zip(&x[1..]).zip(&y).zip(&k1) {
            *k = x * (y + 0.5 * h * before);
        }
        for (((k, x), y), before) in k3[1..].iter_mut().zip(&x[1..]).zip(&y).zip(&k2) {
            *k = x * (y + 0.5 * h * before);
        }
        for (((k, x), y), before) in k4[1..].iter_mut().zip(&x[1..]).zip(&y).zip(&k3) {
            *k = x * (y + h * before);
        }
        for ((((y, k1), k2), k3), k4) in y.iter_mut().zip(&k1).zip(&k2).zip(&k3).zip(&k4) {
            *y += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
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
