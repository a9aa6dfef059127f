//! log Σ exp xᵢ with the maximum subtracted: a branch in a loop, then a loop of expensive calls
//! whose values the reverse sweep wants back.

use pullback::differentiable;

use super::flat::Flat;
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

/// Of `n` random numbers between −3 and 3.
pub fn of_vector(n: usize) -> impl Problem {
    Flat::new(
        format!("logsumexp n={n}"),
        Random(2).vector(n).iter().map(|x| 3.0 * x).collect(),
        logsumexp,
        logsumexp::value_and_grad,
        logsumexp_by_hand,
    )
}
