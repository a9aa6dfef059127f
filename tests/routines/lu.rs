//! LU with partial pivoting: determinant and solution.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Singular;

/// `P A = L U`, both factors in one square, and the row that each step brought up.
#[derive(Debug, Clone, Differentiable)]
pub struct Lu {
    factors: Vec<Vec<f64>>,
    #[constant]
    pivots: Vec<usize>,
}

#[differentiable]
impl Lu {
    pub fn new(a: &[Vec<f64>]) -> Result<Lu, Singular> {
        let n = a.len();
        let mut factors = a.to_vec();
        let mut pivots = Vec::with_capacity(n);
        for k in 0..n {
            let mut p = k;
            for i in k + 1..n {
                if factors[i][k].abs() > factors[p][k].abs() {
                    p = i;
                }
            }
            if factors[p][k] == 0.0 {
                return Err(Singular);
            }
            factors.swap(k, p);
            pivots.push(p);
            let (above, below) = factors.split_at_mut(k + 1);
            let pivot_row = &above[k];
            for row in below {
                let factor = row[k] / pivot_row[k];
                row[k] = factor;
                for (target, source) in row[k + 1..].iter_mut().zip(&pivot_row[k + 1..]) {
                    *target -= factor * source;
                }
            }
        }
        Ok(Lu { factors, pivots })
    }

    pub fn determinant(&self) -> f64 {
        let mut product = 1.0;
        for (k, &p) in self.pivots.iter().enumerate() {
            product *= if p == k {
                self.factors[k][k]
            } else {
                -self.factors[k][k]
            };
        }
        product
    }

    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = b.len();
        let mut x = b.to_vec();
        for (k, &p) in self.pivots.iter().enumerate() {
            x.swap(k, p);
        }
        for i in 1..n {
            let dot: f64 = self.factors[i][..i]
                .iter()
                .zip(&x)
                .map(|(l, x)| l * x)
                .sum();
            x[i] -= dot;
        }
        for i in (0..n).rev() {
            let row = &self.factors[i];
            let dot: f64 = row[i + 1..]
                .iter()
                .zip(&x[i + 1..])
                .map(|(u, x)| u * x)
                .sum();
            x[i] = (x[i] - dot) / row[i];
        }
        x
    }
}

#[differentiable]
fn determinant(a: &[Vec<f64>]) -> f64 {
    Lu::new(a).map_or(0.0, |lu| lu.determinant())
}

/// `w · A⁻¹ b`.
#[differentiable]
fn weighted_solution(a: &[Vec<f64>], b: &[f64], w: &[f64]) -> Result<f64, Singular> {
    let lu = Lu::new(a)?;
    let x = lu.solve(b);
    Ok(x.iter().zip(w).map(|(x, w)| x * w).sum())
}

/// Where the matrix is known to be regular.
#[differentiable]
fn weighted_solution_or_panic(a: &[Vec<f64>], b: &[f64], w: &[f64]) -> f64 {
    weighted_solution(a, b, w).expect("the matrix is regular")
}

fn sample() -> Vec<Vec<f64>> {
    vec![
        vec![0.2, 1.5, -0.7, 0.4],
        vec![2.0, -0.3, 0.9, 1.1],
        vec![-1.2, 0.6, 3.0, -0.5],
        vec![0.7, 2.2, 0.1, 1.9],
    ]
}

#[test]
fn the_determinant_is_that_of_the_definition() {
    let expected = reference::determinant(&sample());
    reference::assert_close(&[determinant(&sample())], &[expected], 1e-13);
    assert_eq!(determinant(&[vec![1.0, 2.0], vec![2.0, 4.0]]), 0.0);
}

#[test]
fn the_solution_solves() {
    let b = [1.0, -2.0, 0.5, 3.0];
    let x = Lu::new(&sample()).unwrap().solve(&b);
    reference::assert_close(&reference::apply(&sample(), &x), &b, 1e-13);
    assert_eq!(Lu::new(&[vec![0.0]]).unwrap_err(), Singular);
}

// The derivatives.

/// `∂det/∂A = det A · A⁻ᵀ`.
fn determinant_gradient(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let a = a.to_vec();
    let mut gradient = reference::transposed(&reference::inverse(&a));
    let scale = reference::determinant(&a);
    gradient.iter_mut().flatten().for_each(|v| *v *= scale);
    gradient
}

/// With `A x = b` and `Aᵀ z = w`: `−z xᵀ`, `z` and `x`.
fn solution_gradient(a: &[Vec<f64>], b: &[f64], w: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>, Vec<f64>) {
    let inverse = reference::inverse(&a.to_vec());
    let x = reference::apply(&inverse, b);
    let z = reference::apply(&reference::transposed(&inverse), w);
    let matrix = reference::rows(&reference::outer(-1.0, &z, &x), b.len());
    (matrix, z, x)
}

programs! {
    determinant { a: slice = sample() } exact [determinant_gradient(&a)];
    weighted_solution_or_panic { a: slice = sample(), b: slice = vector(4, 1), w: slice = vector(4, 2) }
        exact [solution_gradient(&a, &b, &w).0, solution_gradient(&a, &b, &w).1, solution_gradient(&a, &b, &w).2];
}

#[test]
fn a_gradient_or_the_error() {
    let (b, w) = ([1.0, -2.0, 0.5, 3.0], [0.1, 0.2, 0.3, 0.4]);
    let (_, by_b, _) = weighted_solution::grad(&sample(), &b, &w).unwrap();
    reference::assert_close(&by_b, &solution_gradient(&sample(), &b, &w).1, 1e-13);
    let singular = [vec![1.0, 2.0], vec![2.0, 4.0]];
    assert_eq!(
        weighted_solution::grad(&singular, &b[..2], &w[..2]),
        Err(Singular)
    );
}
