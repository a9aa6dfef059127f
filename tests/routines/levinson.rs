//! Levinson and Durbin's recursion: the predictor of a signal from its autocorrelation.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

/// The predictor's coefficients and the error that is left, `None` if the correlations are of no
/// signal.
#[differentiable]
pub fn levinson_durbin(r: &[f64]) -> Option<(Vec<f64>, f64)> {
    let (&first, rest) = r.split_first()?;
    let mut error = first;
    let mut a: Vec<f64> = Vec::with_capacity(rest.len());
    for (m, &target) in rest.iter().enumerate() {
        if error <= 0.0 {
            return None;
        }
        let predicted: f64 = a
            .iter()
            .zip(r[1..=m].iter().rev())
            .map(|(a, r)| a * r)
            .sum();
        let reflection = (target - predicted) / error;
        let mirrored: Vec<f64> = a.iter().rev().copied().collect();
        for (a, b) in a.iter_mut().zip(mirrored) {
            *a -= reflection * b;
        }
        a.push(reflection);
        error *= 1.0 - reflection * reflection;
    }
    Some((a, error))
}

#[differentiable]
fn autocorrelation(signal: &[f64], lags: usize) -> Vec<f64> {
    (0..=lags)
        .map(|lag| {
            signal
                .iter()
                .zip(signal.iter().skip(lag))
                .map(|(a, b)| a * b)
                .sum()
        })
        .collect()
}

/// The error that no predictor of order `order` avoids.
#[differentiable]
fn prediction_error(signal: &[f64], order: usize) -> f64 {
    let r = autocorrelation(signal, order);
    match levinson_durbin(&r) {
        Some((_, error)) => error,
        None => 0.0,
    }
}

#[differentiable]
fn predicted(r: &[f64], w: &[f64]) -> Option<f64> {
    let (a, _) = levinson_durbin(r)?;
    Some(a.iter().zip(w).map(|(a, w)| a * w).sum())
}

#[differentiable]
fn predicted_or_zero(r: &[f64], w: &[f64]) -> f64 {
    predicted(r, w).unwrap_or(0.0)
}

fn toeplitz(r: &[f64], n: usize) -> Vec<Vec<f64>> {
    (0..n)
        .map(|i| (0..n).map(|j| r[i.abs_diff(j)]).collect())
        .collect()
}

#[test]
fn the_predictor_solves_the_toeplitz_system() {
    let r = [2.0, 0.9, -0.3, 0.4];
    let (a, error) = levinson_durbin(&r).unwrap();
    let back = reference::apply(&toeplitz(&r, 3), &a);
    reference::assert_close(&back, &r[1..], 1e-14);
    let quotient =
        reference::determinant(&toeplitz(&r, 4)) / reference::determinant(&toeplitz(&r, 3));
    reference::assert_close(&[error], &[quotient], 1e-14);
    assert_eq!(levinson_durbin(&[1.0, 2.0, 0.0]), None);
    assert_eq!(levinson_durbin(&[]), None);
}

// The derivatives.

/// With `T a = r` and `T z = w`: `z` by the right side, `−z aᵀ` summed along the diagonals of `T`.
fn gradient(r: &[f64], w: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let n = w.len();
    let inverse = reference::inverse(&toeplitz(r, n));
    let a = reference::apply(&inverse, &r[1..]);
    let z = reference::apply(&inverse, w);
    let mut slope = vec![0.0; n + 1];
    for i in 0..n {
        slope[i + 1] += z[i];
        for j in 0..n {
            slope[i.abs_diff(j)] -= z[i] * a[j];
        }
    }
    (slope, a)
}

programs! {
    predicted_or_zero { r: slice = vec![2.0, 0.9, -0.3, 0.4], w: slice = vector(3, 1) }
        exact [gradient(&r, &w).0, gradient(&r, &w).1];
    prediction_error { signal: slice = vector(8, 2), order: konst = 3_usize };
}
