//! Rosenbrock's function of many variables: cheap arithmetic in a loop, each variable read by two
//! iterations, nothing worth saving.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        let slope = 1.0 - x[i];
        sum += 100.0 * valley * valley + slope * slope;
    }
    sum
}

/// The two terms that read a variable are brought together, so that the loop over the gradient
/// writes each element once, carries nothing and vectorises.
fn rosenbrock_by_hand(x: &[f64]) -> (f64, Vec<f64>) {
    let n = x.len();
    let mut sum = 0.0;
    for pair in x.windows(2) {
        let valley = pair[1] - pair[0] * pair[0];
        let slope = 1.0 - pair[0];
        sum += 100.0 * valley * valley + slope * slope;
    }
    let below = |x: f64, next: f64| -400.0 * x * (next - x * x) - 2.0 * (1.0 - x);
    let above = |before: f64, x: f64| 200.0 * (x - before * before);
    let mut x_bar = Vec::with_capacity(n);
    x_bar.push(below(x[0], x[1]));
    x_bar.extend(x.windows(3).map(|w| above(w[0], w[1]) + below(w[1], w[2])));
    x_bar.push(above(x[n - 2], x[n - 1]));
    (sum, x_bar)
}

/// Of `n` variables, at least two, at a random point.
pub fn valley(n: usize) -> impl Problem {
    Flat::new(
        format!("Rosenbrock n={n}"),
        Random(3).vector(n).iter().map(|x| 2.0 * x).collect(),
        rosenbrock,
        rosenbrock::value_and_grad,
        rosenbrock_by_hand,
    )
}
