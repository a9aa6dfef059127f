//! log Σ exp xᵢ with the maximum subtracted: a branch in a loop, then a loop of expensive calls
//! whose values the reverse sweep wants back.

use pullback::differentiable;

use super::moved;
use crate::harness::{Problem, Random};

#[differentiable]
pub fn logsumexp(x: &[f64]) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    for &v in x {
        if v > largest {
            largest = v;
        }
    }
    let mut sum = 0.0;
    for &v in x {
        sum += (v - largest).exp();
    }
    largest + sum.ln()
}

/// The gradient is the softmax; what flows through the maximum cancels.
fn logsumexp_by_hand(x: &[f64]) -> (f64, Vec<f64>) {
    let largest = x
        .iter()
        .fold(f64::NEG_INFINITY, |m, &v| if v > m { v } else { m });
    let mut sum = 0.0;
    let mut x_bar: Vec<f64> = x
        .iter()
        .map(|v| {
            let e = (v - largest).exp();
            sum += e;
            e
        })
        .collect();
    let scale = 1.0 / sum;
    for x_bar in &mut x_bar {
        *x_bar *= scale;
    }
    (largest + sum.ln(), x_bar)
}

/// Of random numbers between −3 and 3.
pub struct LogSumExp {
    x: Vec<f64>,
}

impl LogSumExp {
    /// Of `n` of them.
    pub fn new(n: usize) -> Self {
        let mut random = Random(2);
        Self {
            x: (0..n).map(|_| 3.0 * random.symmetric()).collect(),
        }
    }
}

impl Problem for LogSumExp {
    type Gradient = Vec<f64>;

    fn name(&self) -> String {
        format!("logsumexp n={}", self.x.len())
    }

    fn primal(&self) -> f64 {
        logsumexp(&self.x)
    }

    fn generated(&self) -> (f64, Self::Gradient) {
        logsumexp::value_and_grad(&self.x)
    }

    fn by_hand(&self) -> (f64, Self::Gradient) {
        logsumexp_by_hand(&self.x)
    }

    fn flat(x: &Self::Gradient) -> Vec<f64> {
        x.clone()
    }

    fn moved(&self, factor: f64, direction: &[f64]) -> Self {
        Self {
            x: moved(&self.x, factor, direction),
        }
    }
}
