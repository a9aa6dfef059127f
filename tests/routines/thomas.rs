//! Thomas' algorithm for tridiagonal systems, and the implicit heat equation that it is used for.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

/// Solves the tridiagonal system, `None` where a pivot is zero.
#[differentiable]
pub fn thomas(lower: &[f64], diagonal: &[f64], upper: &[f64], rhs: &[f64]) -> Option<Vec<f64>> {
    let n = diagonal.len();
    let mut x = rhs.to_vec();
    let mut scratch = vec![0.0; n];
    let mut pivot = *diagonal.first()?;
    for i in 0..n {
        if i > 0 {
            scratch[i] = upper[i - 1] / pivot;
            pivot = diagonal[i] - lower[i - 1] * scratch[i];
            x[i] -= lower[i - 1] * x[i - 1];
        }
        if pivot == 0.0 {
            return None;
        }
        x[i] /= pivot;
    }
    for i in (1..n).rev() {
        x[i - 1] -= scratch[i] * x[i];
    }
    Some(x)
}

#[differentiable]
fn weighted(lower: &[f64], diagonal: &[f64], upper: &[f64], rhs: &[f64], w: &[f64]) -> f64 {
    let Some(x) = thomas(lower, diagonal, upper, rhs) else {
        return 0.0;
    };
    x.iter().zip(w).map(|(x, w)| x * w).sum()
}

/// The temperature in the middle after implicit steps of the heat equation, with conductivities
/// between the cells.
#[differentiable]
fn implicit_heat(conductivity: &[f64], start: &[f64], dt: f64, steps: usize) -> Option<f64> {
    let n = start.len();
    let off: Vec<f64> = conductivity.iter().map(|c| -dt * c).collect();
    let mut diagonal = vec![1.0; n];
    for (pair, o) in off.iter().enumerate() {
        diagonal[pair] -= o;
        diagonal[pair + 1] -= o;
    }
    let mut u = start.to_vec();
    for _ in 0..steps {
        u = thomas(&off, &diagonal, &off, &u)?;
    }
    u.get(n / 2).copied()
}

#[differentiable]
fn implicit_heat_or_nothing(conductivity: &[f64], start: &[f64], dt: f64, steps: usize) -> f64 {
    implicit_heat(conductivity, start, dt, steps).unwrap_or_default()
}

fn dense(lower: &[f64], diagonal: &[f64], upper: &[f64]) -> Vec<Vec<f64>> {
    let n = diagonal.len();
    let mut a = vec![vec![0.0; n]; n];
    for i in 0..n {
        a[i][i] = diagonal[i];
        if i + 1 < n {
            a[i + 1][i] = lower[i];
            a[i][i + 1] = upper[i];
        }
    }
    a
}

#[test]
fn the_solution_solves() {
    let (l, d, u) = ([1.0, -0.5, 0.3], [4.0, 3.0, 2.5, 5.0], [0.7, 1.2, -0.4]);
    let b = [1.0, -2.0, 0.5, 3.0];
    let x = thomas(&l, &d, &u, &b).unwrap();
    reference::assert_close(&reference::apply(&dense(&l, &d, &u), &x), &b, 1e-14);
    assert_eq!(thomas(&[1.0], &[0.0, 1.0], &[1.0], &[1.0, 1.0]), None);
    assert_eq!(thomas(&[], &[], &[], &[]), None);
}

#[test]
fn heat_spreads_evenly() {
    let far = implicit_heat(&[1.0, 2.0, 1.0], &[4.0, 0.0, 0.0, 0.0], 10.0, 200).unwrap();
    reference::assert_close(&[far], &[1.0], 1e-12);
}

// The derivatives.

/// With `A x = b` and `Aᵀ z = w`: `−z xᵀ` on the three diagonals, `z` and `x`.
fn gradient(l: &[f64], d: &[f64], u: &[f64], b: &[f64], w: &[f64]) -> [Vec<f64>; 5] {
    let inverse = reference::inverse(&dense(l, d, u));
    let x = reference::apply(&inverse, b);
    let z = reference::apply(&reference::transposed(&inverse), w);
    [
        (0..l.len()).map(|i| -z[i + 1] * x[i]).collect(),
        (0..d.len()).map(|i| -z[i] * x[i]).collect(),
        (0..u.len()).map(|i| -z[i] * x[i + 1]).collect(),
        z,
        x,
    ]
}

programs! {
    implicit_heat_or_nothing { conductivity: slice = positive(4, 1), start: slice = vector(5, 2), dt: val = 0.3, steps: konst = 3_usize };
}

#[test]
fn the_derivative_is_the_adjoint_system() {
    let (l, d, u) = ([1.0, -0.5, 0.3], [4.0, 3.0, 2.5, 5.0], [0.7, 1.2, -0.4]);
    let (b, w) = ([1.0, -2.0, 0.5, 3.0], [0.3, 0.1, -0.2, 0.4]);
    let got = weighted::grad(&l, &d, &u, &b, &w);
    let expected = gradient(&l, &d, &u, &b, &w);
    for (got, expected) in [got.0, got.1, got.2, got.3, got.4].iter().zip(&expected) {
        reference::assert_close(got, expected, 1e-13);
    }
    assert!(implicit_heat::grad(&[1.0], &[1.0, 2.0], 0.1, 2).is_some());
}
