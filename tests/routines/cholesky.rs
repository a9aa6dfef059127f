//! Cholesky's factorisation in place, and what Gaussian models do with it.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;
use std::f64::consts::TAU;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPositiveDefinite {
    pub column: usize,
}

/// Overwrites the lower triangle of the row-major `n × n` matrix `a` with its factor.
#[differentiable]
fn cholesky_in_place(a: &mut [f64], n: usize) -> Result<(), NotPositiveDefinite> {
    for j in 0..n {
        let mut pivot = a[j * n + j];
        for k in 0..j {
            pivot -= a[j * n + k].powi(2);
        }
        if pivot <= 0.0 {
            return Err(NotPositiveDefinite { column: j });
        }
        let pivot = pivot.sqrt();
        a[j * n + j] = pivot;
        for i in j + 1..n {
            let (top, bottom) = a.split_at_mut(i * n);
            let above = &top[j * n..j * n + j];
            let row = &mut bottom[..n];
            let dot: f64 = above.iter().zip(row.iter()).map(|(x, y)| x * y).sum();
            row[j] = (row[j] - dot) / pivot;
        }
    }
    Ok(())
}

/// Overwrites `b` with the solution of `L Lᵀ x = b`.
#[differentiable]
fn solve_in_place(l: &[f64], b: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        let (done, rest) = b.split_at_mut(i);
        let row = &l[i * n..];
        for (lij, x) in row.iter().zip(done.iter()) {
            rest[0] -= lij * x;
        }
        rest[0] /= row[i];
    }
    for i in (0..n).rev() {
        b[i] /= l[i * n + i];
        let x = b[i];
        for (j, target) in b[..i].iter_mut().enumerate() {
            *target -= l[i * n + j] * x;
        }
    }
}

/// `aᵀ⁻¹ b` for a symmetric positive definite `a`, of which the lower triangle is read.
#[differentiable]
fn solve(a: &[f64], b: &[f64]) -> Result<Vec<f64>, NotPositiveDefinite> {
    let mut factor = a.to_vec();
    cholesky_in_place(&mut factor, b.len())?;
    let mut x = b.to_vec();
    solve_in_place(&factor, &mut x);
    Ok(x)
}

/// The log-density of a normal distribution with mean zero.
#[differentiable]
fn log_density(covariance: &[f64], y: &[f64]) -> Result<f64, NotPositiveDefinite> {
    let n = y.len();
    let mut factor = covariance.to_vec();
    cholesky_in_place(&mut factor, n)?;
    let log_determinant = 2.0 * (0..n).map(|i| factor[i * n + i].ln()).sum::<f64>();
    let mut weighted = y.to_vec();
    solve_in_place(&factor, &mut weighted);
    let distance: f64 = y.iter().zip(&weighted).map(|(a, b)| a * b).sum();
    Ok(-0.5 * (distance + log_determinant + n as f64 * TAU.ln()))
}

/// The same where a covariance that is none is merely very unlikely.
#[differentiable]
fn log_density_or_worst(covariance: &[f64], y: &[f64]) -> f64 {
    log_density(covariance, y).unwrap_or(f64::NEG_INFINITY)
}

fn sample() -> Vec<f64> {
    vec![4.0, 0.5, -0.3, 0.5, 3.0, 0.8, -0.3, 0.8, 2.5]
}

#[test]
fn the_factor_is_the_known_one() {
    let mut a = vec![4.0, 12.0, -16.0, 12.0, 37.0, -43.0, -16.0, -43.0, 98.0];
    cholesky_in_place(&mut a, 3).unwrap();
    assert_eq!(a, [2.0, 12.0, -16.0, 6.0, 1.0, -43.0, -8.0, 5.0, 3.0]);
}

#[test]
fn the_solution_solves() {
    let b = [1.0, -2.0, 0.5];
    let x = solve(&sample(), &b).unwrap();
    let back = reference::apply(&reference::rows(&sample(), 3), &x);
    reference::assert_close(&back, &b, 1e-14);
}

#[test]
fn an_indefinite_matrix_is_told() {
    let refusal = Err(NotPositiveDefinite { column: 1 });
    assert_eq!(solve(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]), refusal);
    let worst = log_density_or_worst(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]);
    assert_eq!(worst, f64::NEG_INFINITY);
}

#[test]
fn the_density_of_independent_numbers() {
    let value = log_density(&[4.0, 0.0, 0.0, 9.0], &[2.0, 3.0]).unwrap();
    let expected = -0.5 * (2.0 + 36.0_f64.ln() + 2.0 * TAU.ln());
    reference::assert_close(&[value], &[expected], 1e-14);
}

// The derivatives.

/// `∂/∂S = ½ (α αᵀ − S⁻¹)` with `α = S⁻¹ y`, where each entry below the diagonal counts twice.
fn covariance_gradient(covariance: &[f64], y: &[f64]) -> Vec<f64> {
    let n = y.len();
    let inverse = reference::inverse(&reference::rows(covariance, n));
    let alpha = reference::apply(&inverse, y);
    let mut gradient = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let twice = if i == j { 0.5 } else { 1.0 };
            gradient[i * n + j] = twice * (alpha[i] * alpha[j] - inverse[i][j]);
        }
    }
    gradient
}

fn data_gradient(covariance: &[f64], y: &[f64]) -> Vec<f64> {
    let inverse = reference::inverse(&reference::rows(covariance, y.len()));
    reference::apply(&inverse, y).iter().map(|a| -a).collect()
}

programs! {
    log_density_or_worst { covariance: slice = sample(), y: slice = vector(3, 1) }
        exact [covariance_gradient(&covariance, &y), data_gradient(&covariance, &y)];
    vector solve_in_place { l: slice = vec![2.0, 0.0, 0.0, 0.3, 1.5, 0.0, -0.4, 0.7, 1.2], b: inout = vector(3, 2) };
}

#[test]
fn a_gradient_or_the_error() {
    let y = [0.3, -0.8, 1.1];
    let (covariance, data) = log_density::grad(&sample(), &y).unwrap();
    reference::assert_close(&covariance, &covariance_gradient(&sample(), &y), 1e-13);
    reference::assert_close(&data, &data_gradient(&sample(), &y), 1e-13);
    let refused = log_density::grad(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]);
    assert_eq!(refused, Err(NotPositiveDefinite { column: 1 }));
}
