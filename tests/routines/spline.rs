//! The natural cubic spline: a tridiagonal system, then evaluation by search.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Debug, Clone, Differentiable)]
pub struct Spline {
    x: Vec<f64>,
    y: Vec<f64>,
    /// The second derivatives at the knots.
    curvature: Vec<f64>,
}

#[differentiable]
impl Spline {
    /// Through the points `(x[i], y[i])`, of which the `x` increase.
    pub fn natural(x: Vec<f64>, y: Vec<f64>) -> Self {
        let n = x.len();
        assert!(n >= 2 && y.len() == n);
        let mut curvature = vec![0.0; n];
        let mut upper = vec![0.0; n];
        for i in 1..n - 1 {
            let (left, right) = (x[i] - x[i - 1], x[i + 1] - x[i]);
            let share = left / (left + right);
            let pivot = share * curvature[i - 1] + 2.0;
            curvature[i] = (share - 1.0) / pivot;
            let bend = (y[i + 1] - y[i]) / right - (y[i] - y[i - 1]) / left;
            upper[i] = (6.0 * bend / (left + right) - share * upper[i - 1]) / pivot;
        }
        for i in (0..n - 1).rev() {
            curvature[i] = curvature[i] * curvature[i + 1] + upper[i];
        }
        Self { x, y, curvature }
    }

    pub fn eval(&self, at: f64) -> f64 {
        let Self { x, y, curvature } = self;
        let right = x.partition_point(|&knot| knot < at).clamp(1, x.len() - 1);
        let left = right - 1;
        let h = x[right] - x[left];
        let a = (x[right] - at) / h;
        let b = (at - x[left]) / h;
        let bend = (a.powi(3) - a) * curvature[left] + (b.powi(3) - b) * curvature[right];
        a * y[left] + b * y[right] + bend * h * h / 6.0
    }
}

/// The spline through `points` at `at`.
#[differentiable]
fn interpolate(points: &[(f64, f64)], at: f64) -> f64 {
    let x = points.iter().map(|p| p.0).collect();
    let y = points.iter().map(|&(_, y)| y).collect();
    Spline::natural(x, y).eval(at)
}

/// The curve's mean square over equally distant places.
#[differentiable]
fn mean_square(x: &[f64], y: &[f64], places: usize) -> f64 {
    let spline = Spline::natural(x.to_vec(), y.to_vec());
    let (first, last) = (x[0], x[x.len() - 1]);
    let step = (last - first) / places as f64;
    (0..places)
        .map(|i| spline.eval(first + (i as f64 + 0.5) * step).powi(2))
        .sum::<f64>()
        / places as f64
}

#[test]
fn the_knots_and_a_line_are_met() {
    let spline = Spline::natural(vec![0.0, 1.0, 2.5, 3.0], vec![1.0, -1.0, 0.5, 2.0]);
    for (x, y) in [(0.0, 1.0), (1.0, -1.0), (2.5, 0.5), (3.0, 2.0)] {
        reference::assert_close(&[spline.eval(x)], &[y], 1e-15);
    }
    let line = Spline::natural(vec![0.0, 0.7, 2.0], vec![1.0, 2.4, 5.0]);
    reference::assert_close(&[line.eval(1.3)], &[3.6], 1e-15);
}

/// Knots 0, 1, 2 and values 0, 1, 0: the middle curvature is −3.
#[test]
fn a_hat_is_rounded() {
    let hat = Spline::natural(vec![0.0, 1.0, 2.0], vec![0.0, 1.0, 0.0]);
    reference::assert_close(&[hat.eval(0.5)], &[0.5 + 3.0 / 16.0], 1e-15);
}

// The derivatives.

/// The spline is linear in the values, so the derivative by `y[i]` is the spline through a unit.
fn by_values(x: &[f64], y: &[f64], places: usize) -> Vec<f64> {
    let at = |values: Vec<f64>| {
        let spline = Spline::natural(x.to_vec(), values);
        let step = (x[x.len() - 1] - x[0]) / places as f64;
        (0..places)
            .map(|i| spline.eval(x[0] + (i as f64 + 0.5) * step))
            .collect::<Vec<f64>>()
    };
    let here = at(y.to_vec());
    (0..x.len())
        .map(|k| {
            let mut unit = vec![0.0; x.len()];
            unit[k] = 1.0;
            2.0 * reference::dot(&here, &at(unit)) / places as f64
        })
        .collect()
}

programs! {
    mean_square { x: slice = vec![0.0, 0.6, 1.7, 2.0, 3.1], y: slice = vector(5, 1), places: konst = 7_usize };
    interpolate { points: slice = vec![(0.0, 1.0), (1.0, -1.0), (2.5, 0.5), (3.0, 2.0)], at: val = 1.8 };
}

#[test]
fn the_derivative_by_the_values() {
    let (x, y) = (
        vec![0.0, 0.6, 1.7, 2.0, 3.1],
        vec![0.3, -0.2, 1.4, 0.5, -0.9],
    );
    let (_, gradient) = mean_square::grad(&x, &y, 7);
    reference::assert_close(&gradient, &by_values(&x, &y, 7), 1e-13);
}
