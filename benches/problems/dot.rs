//! The inner product: linear in each argument, so its reverse sweep needs nothing saved and is as
//! fast as memory.

use pullback::differentiable;

use super::moved;
use crate::harness::{Problem, Random};

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * y[i];
    }
    sum
}

/// The gradient of a bilinear function is its other argument.
fn dot_by_hand(x: &[f64], y: &[f64]) -> (f64, (Vec<f64>, Vec<f64>)) {
    let sum = x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + x * y);
    (sum, (y.to_vec(), x.to_vec()))
}

/// The inner product of two random vectors.
pub struct Dot {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Dot {
    /// Of `n` elements each.
    pub fn new(n: usize) -> Self {
        let mut random = Random(1);
        let mut vector = || (0..n).map(|_| random.symmetric()).collect();
        Self {
            x: vector(),
            y: vector(),
        }
    }
}

impl Problem for Dot {
    type Gradient = (Vec<f64>, Vec<f64>);

    fn name(&self) -> String {
        format!("dot n={}", self.x.len())
    }

    fn primal(&self) -> f64 {
        dot(&self.x, &self.y)
    }

    fn generated(&self) -> (f64, Self::Gradient) {
        dot::value_and_grad(&self.x, &self.y)
    }

    fn by_hand(&self) -> (f64, Self::Gradient) {
        dot_by_hand(&self.x, &self.y)
    }

    fn flat((x, y): &Self::Gradient) -> Vec<f64> {
        [x.as_slice(), y].concat()
    }

    fn moved(&self, factor: f64, direction: &[f64]) -> Self {
        let (x, y) = direction.split_at(self.x.len());
        Self {
            x: moved(&self.x, factor, x),
            y: moved(&self.y, factor, y),
        }
    }
}
