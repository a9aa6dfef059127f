//! Conjugate gradients over a matrix that is given as a function.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NotConverged {
    pub residual: f64,
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `y += a x`.
#[differentiable]
fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

#[allow(deprecated)]
#[differentiable]
pub fn solve<F>(apply: F, b: &[f64], tolerance: f64) -> Result<Vec<f64>, NotConverged>
where
    F: Fn(&[f64]) -> Vec<f64>,
{
    let mut x = vec![0.0; b.len()];
    let mut residual = b.to_vec();
    let mut direction = residual.clone();
    let mut square = dot(&residual, &residual);
    for _ in 0..=2 * b.len() {
        if square.sqrt() < tolerance {
            return Ok(x);
        }
        let image = apply(&direction);
        let length = square / dot(&direction, &image);
        axpy(length, &direction, &mut x);
        axpy(-length, &image, &mut residual);
        let next = dot(&residual, &residual);
        let share = next / square;
        for (d, r) in direction.iter_mut().zip(&residual) {
            *d = r + share * *d;
        }
        square = next;
    }
    Err(NotConverged {
        residual: square.sqrt(),
    })
}

/// `½ bᵀ A⁻¹ b` for the chain of springs `A = diag(k) + L`, the energy that a load `b` stores.
#[differentiable]
fn compliance(stiffness: &[f64], load: &[f64]) -> f64 {
    let n = load.len();
    let apply = |x: &[f64]| -> Vec<f64> {
        (0..n)
            .map(|i| {
                let mut y = (stiffness[i] + 2.0) * x[i];
                if i > 0 {
                    y -= x[i - 1];
                }
                if i + 1 < n {
                    y -= x[i + 1];
                }
                y
            })
            .collect()
    };
    let x = solve(apply, load, 1e-12).expect("a positive definite matrix");
    0.5 * dot(&x, load)
}

fn springs(stiffness: &[f64]) -> Vec<Vec<f64>> {
    let n = stiffness.len();
    let entry = |i: usize, j: usize| match i.abs_diff(j) {
        0 => stiffness[i] + 2.0,
        1 => -1.0,
        _ => 0.0,
    };
    (0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect()
}

#[test]
fn the_solution_solves() {
    let a = springs(&[0.5, 1.0, 0.2, 0.7]);
    let b = [1.0, -2.0, 0.5, 3.0];
    let x = solve(|x| reference::apply(&a, x), &b, 1e-13).unwrap();
    reference::assert_close(&reference::apply(&a, &x), &b, 1e-12);
}

#[test]
fn what_does_not_converge_is_told() {
    let turned = |x: &[f64]| vec![x[0] - 10.0 * x[1], 10.0 * x[0] + x[1]];
    assert!(solve(turned, &[1.0, 0.5], 1e-12).unwrap_err().residual > 1.0);
}

// The derivatives.

programs! {
    compliance { stiffness: slice = positive(4, 1), load: slice = vector(4, 2) };
}

/// `A⁻¹ b` and `−½ x²`.
#[test]
fn the_derivative_is_that_of_the_exact_solution() {
    let (stiffness, load) = ([0.5, 1.0, 0.2, 0.7], [1.0, -2.0, 0.5, 3.0]);
    let (by_stiffness, by_load) = compliance::grad(&stiffness, &load);
    let x = reference::apply(&reference::inverse(&springs(&stiffness)), &load);
    let expected: Vec<f64> = x.iter().map(|x| -0.5 * x * x).collect();
    reference::assert_close(&by_load, &x, 1e-10);
    reference::assert_close(&by_stiffness, &expected, 1e-10);
}
