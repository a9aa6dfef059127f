//! A Kalman filter over matrices whose sizes are part of their type.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::array;
use std::f64::consts::TAU;
use std::ops::{Add, Mul, Sub};

#[derive(Debug, Clone, Copy, PartialEq, Differentiable)]
pub struct Matrix<const R: usize, const C: usize>([[f64; C]; R]);

#[differentiable]
impl<const R: usize, const C: usize> Matrix<R, C> {
    pub fn transpose(&self) -> Matrix<C, R> {
        Matrix(array::from_fn(|i| array::from_fn(|j| self.0[j][i])))
    }
}

#[differentiable]
impl<const R: usize, const C: usize> Add for Matrix<R, C> {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        for (row, from) in self.0.iter_mut().zip(&other.0) {
            for (v, o) in row.iter_mut().zip(from) {
                *v += o;
            }
        }
        self
    }
}

#[differentiable]
impl<const R: usize, const C: usize> Sub for Matrix<R, C> {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        for i in 0..R {
            for j in 0..C {
                self.0[i][j] -= other.0[i][j];
            }
        }
        self
    }
}

#[differentiable]
impl<const R: usize, const K: usize, const C: usize> Mul<Matrix<K, C>> for Matrix<R, K> {
    type Output = Matrix<R, C>;

    fn mul(self, other: Matrix<K, C>) -> Matrix<R, C> {
        let mut out = [[0.0; C]; R];
        for (out, row) in out.iter_mut().zip(&self.0) {
            for (j, out) in out.iter_mut().enumerate() {
                *out = row.iter().zip(&other.0).map(|(a, b)| a * b[j]).sum();
            }
        }
        Matrix(out)
    }
}

#[differentiable]
impl<const R: usize, const C: usize> Mul<f64> for Matrix<R, C> {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Matrix(self.0.map(|row| row.map(|v| v * factor)))
    }
}

#[derive(Debug, Clone, Differentiable)]
pub struct Filter {
    state: Matrix<2, 1>,
    covariance: Matrix<2, 2>,
}

#[differentiable]
impl Filter {
    fn predict(&mut self, dt: f64, process_noise: f64) {
        let f = Matrix([[1.0, dt], [0.0, 1.0]]);
        let g = Matrix([[0.5 * dt * dt], [dt]]);
        self.state = f * self.state;
        self.covariance = f * self.covariance * f.transpose() + g * g.transpose() * process_noise;
    }

    /// Takes a measured position in and gives its log-density.
    fn update(&mut self, measured: f64, noise: f64) -> f64 {
        let h = Matrix([[1.0, 0.0]]);
        let innovation = measured - (h * self.state).0[0][0];
        let spread = (h * self.covariance * h.transpose()).0[0][0] + noise;
        let gain = self.covariance * h.transpose() * (1.0 / spread);
        self.state = self.state + gain * innovation;
        self.covariance = self.covariance - gain * (h * self.covariance);
        -0.5 * (innovation * innovation / spread + (TAU * spread).ln())
    }
}

/// The log-likelihood of positions measured `dt` apart, of something that is accelerated at random.
#[differentiable]
fn log_likelihood(measured: &[f64], process_noise: f64, noise: f64, dt: f64) -> f64 {
    let mut filter = Filter {
        state: Matrix([[0.0], [0.5]]),
        covariance: Matrix([[1.0, 0.2], [0.2, 2.0]]),
    };
    let mut total = 0.0;
    for &z in measured {
        filter.predict(dt, process_noise);
        total += filter.update(z, noise);
    }
    total
}

/// Mean and covariance of all measurements together, from the model and without a filter.
fn together(n: usize, process_noise: f64, noise: f64, dt: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let time = |k: usize| (k + 1) as f64 * dt;
    let mean = (0..n).map(|k| 0.5 * time(k)).collect();
    // How far the push of step `s` has moved the position at step `k`.
    let moved = |k: usize, s: usize| {
        if s > k {
            0.0
        } else {
            dt * dt * ((k - s) as f64 + 0.5)
        }
    };
    let covariance = |i: usize, j: usize| {
        let start = 1.0 + 0.2 * (time(i) + time(j)) + 2.0 * time(i) * time(j);
        let pushes: f64 = (0..n).map(|s| moved(i, s) * moved(j, s)).sum();
        start + process_noise * pushes + if i == j { noise } else { 0.0 }
    };
    let rows = (0..n)
        .map(|i| (0..n).map(|j| covariance(i, j)).collect())
        .collect();
    (mean, rows)
}

#[test]
fn the_likelihood_is_that_of_all_measurements_together() {
    let z = [0.4, 1.1, 0.9, 2.0];
    let (mean, covariance) = together(4, 0.7, 0.3, 0.5);
    let off: Vec<f64> = z.iter().zip(&mean).map(|(z, m)| z - m).collect();
    let alpha = reference::apply(&reference::inverse(&covariance), &off);
    let log_determinant = reference::determinant(&covariance).ln();
    let expected = -0.5 * (reference::dot(&off, &alpha) + log_determinant + 4.0 * TAU.ln());
    reference::assert_close(&[log_likelihood(&z, 0.7, 0.3, 0.5)], &[expected], 1e-13);
}

// The derivatives.

/// `½ (αᵀ S' α − tr(S⁻¹ S'))` for the noises, in which the covariance is linear, and `−α`.
fn gradient(z: &[f64], q: f64, r: f64, dt: f64) -> (Vec<f64>, f64, f64) {
    let (mean, covariance) = together(z.len(), q, r, dt);
    let inverse = reference::inverse(&covariance);
    let off: Vec<f64> = z.iter().zip(&mean).map(|(z, m)| z - m).collect();
    let alpha = reference::apply(&inverse, &off);
    let along = |dq: f64, dr: f64| {
        let (_, moved) = together(z.len(), q + dq, r + dr, dt);
        let mut sum = 0.0;
        for i in 0..z.len() {
            for j in 0..z.len() {
                let slope = moved[i][j] - covariance[i][j];
                sum += 0.5 * slope * (alpha[i] * alpha[j] - inverse[i][j]);
            }
        }
        sum
    };
    (
        alpha.iter().map(|a| -a).collect(),
        along(1.0, 0.0),
        along(0.0, 1.0),
    )
}

programs! {
    log_likelihood { measured: slice = vec![0.4, 1.1, 0.9, 2.0], process_noise: val = 0.7, noise: val = 0.3, dt: val = 0.5 };
}

#[test]
fn the_derivatives_of_the_noises() {
    let z = [0.4, 1.1, 0.9, 2.0];
    let (by_z, by_q, by_r, _) = log_likelihood::grad(&z, 0.7, 0.3, 0.5);
    let (z_exact, q_exact, r_exact) = gradient(&z, 0.7, 0.3, 0.5);
    reference::assert_close(&by_z, &z_exact, 1e-12);
    reference::assert_close(&[by_q, by_r], &[q_exact, r_exact], 1e-12);
}
