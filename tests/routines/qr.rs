//! Householder's QR and least squares, on a matrix type of its own that is indexed by pairs.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::ops::{Index, IndexMut};

/// A row-major matrix.
#[derive(Debug, Clone, PartialEq, Differentiable)]
pub struct Matrix {
    #[constant]
    rows: usize,
    #[constant]
    columns: usize,
    data: Vec<f64>,
}
#[differentiable]
impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.columns + j]
    }
}
#[differentiable]
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.columns + j]
    }
}
#[differentiable]
impl Matrix {
    pub fn from_slice(rows: usize, columns: usize, data: &[f64]) -> Matrix {
        assert_eq!(data.len(), rows * columns);
        Matrix {
            rows,
            columns,
            data: data.to_vec(),
        }
    }

    /// Reflects column `k` onto its first `k + 1` coordinates, and `b` along with it.
    fn reflect(&mut self, k: usize, b: &mut [f64]) {
        let norm = (k..self.rows)
            .map(|i| self[(i, k)] * self[(i, k)])
            .sum::<f64>()
            .sqrt();
        let alpha = if self[(k, k)] > 0.0 { -norm } else { norm };
        let mut v: Vec<f64> = (k..self.rows).map(|i| self[(i, k)]).collect();
        v[0] -= alpha;
        let length: f64 = v.iter().map(|v| v * v).sum();
        if length == 0.0 {
            return;
        }
        for j in k..self.columns {
            let dot: f64 = v
                .iter()
                .enumerate()
                .map(|(i, v)| v * self[(k + i, j)])
                .sum();
            let scale = 2.0 * dot / length;
            for (i, v) in v.iter().enumerate() {
                self[(k + i, j)] -= scale * v;
            }
        }
        let dot: f64 = v.iter().zip(&b[k..]).map(|(v, b)| v * b).sum();
        for (v, b) in v.iter().zip(&mut b[k..]) {
            *b -= 2.0 * dot / length * v;
        }
    }

    /// The `x` that makes `|self x − b|` least.
    pub fn least_squares(mut self, b: &[f64]) -> Vec<f64> {
        let mut b = b.to_vec();
        for k in 0..self.columns {
            self.reflect(k, &mut b);
        }
        let mut x = vec![0.0; self.columns];
        for i in (0..self.columns).rev() {
            let known: f64 = (i + 1..self.columns).map(|j| self[(i, j)] * x[j]).sum();
            x[i] = (b[i] - known) / self[(i, i)];
        }
        x
    }
}

#[differentiable]
fn fitted(data: &[f64], b: &[f64], w: &[f64]) -> f64 {
    let a = Matrix::from_slice(b.len(), w.len(), data);
    let x = a.least_squares(b);
    x.iter().zip(w).map(|(x, w)| x * w).sum()
}

fn sample() -> Vec<f64> {
    vec![
        1.0, 0.5, 0.25, 1.0, -0.4, 0.16, 1.0, 1.2, 1.44, 1.0, 2.0, 4.0, 1.0, -1.5, 2.25,
    ]
}

#[test]
fn a_parabola_is_found_again() {
    let b: Vec<f64> = [0.5, -0.4, 1.2, 2.0, -1.5]
        .iter()
        .map(|t| 3.0 - t + 0.5 * t * t)
        .collect();
    let x = Matrix::from_slice(5, 3, &sample()).least_squares(&b);
    reference::assert_close(&x, &[3.0, -1.0, 0.5], 1e-13);
}

/// With `x = A⁺ b`, `r = b − A x` and `v = (Aᵀ A)⁻¹ w`, what changes `w x` is `A v` for `b`, `r vᵀ − A v xᵀ` for `A` and
/// `x` for `w` (Golub and Pereyra, 1973).
fn gradient(data: &[f64], b: &[f64], w: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let a = reference::rows(data, w.len());
    let transposed = reference::transposed(&a);
    let normal = reference::inverse(&reference::product(&transposed, &a));
    let x = reference::apply(&normal, &reference::apply(&transposed, b));
    let v = reference::apply(&normal, w);
    let by_b = reference::apply(&a, &v);
    let fitted = reference::apply(&a, &x);
    let mut by_data = Vec::new();
    for i in 0..b.len() {
        for j in 0..w.len() {
            by_data.push((b[i] - fitted[i]) * v[j] - by_b[i] * x[j]);
        }
    }
    (by_data, by_b, x)
}

programs! {
    fitted { data: slice = sample(), b: slice = vec![0.3, -1.2, 2.0, 0.7, 1.1], w: slice = vec![1.0, -0.5, 2.0] }
        exact [gradient(&data, &b, &w).0, gradient(&data, &b, &w).1, gradient(&data, &b, &w).2];
}
