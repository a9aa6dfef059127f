//! Rosenbrock's function of many variables: cheap arithmetic in a loop, each variable read by two
//! iterations, nothing worth saving.

use pullback::differentiable;

use super::moved;
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

/// At a random point.
pub struct Rosenbrock {
    x: Vec<f64>,
}

impl Rosenbrock {
    /// Of `n` variables, at least two.
    pub fn new(n: usize) -> Self {
        let mut random = Random(3);
        Self {
            x: (0..n).map(|_| 2.0 * random.symmetric()).collect(),
        }
    }
}

impl Problem for Rosenbrock {
    type Gradient = Vec<f64>;

    fn name(&self) -> String {
        format!("Rosenbrock n={}", self.x.len())
    }

    fn primal(&self) -> f64 {
        rosenbrock(&self.x)
    }

    fn generated(&self) -> (f64, Self::Gradient) {
        rosenbrock::value_and_grad(&self.x)
    }

    fn by_hand(&self) -> (f64, Self::Gradient) {
        rosenbrock_by_hand(&self.x)
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
