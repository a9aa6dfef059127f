//! Linear least squares: each row of a matrix is one inner product, and the gradient is a sum of
//! rows.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// ½ ‖A x − b‖², the rows of A one behind the other.
#[differentiable]
fn misfit(x: &[f64], #[constant] a: &[f64], #[constant] b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (row, b) in a.chunks_exact(x.len()).zip(b) {
        let product: f64 = row.iter().zip(x).map(|(a, x)| a * x).sum();
        let residual = product - b;
        sum += 0.5 * residual * residual;
    }
    sum
}

/// A row is used for both while it is in the cache.
fn misfit_by_hand(x: &[f64], a: &[f64], b: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut x_bar = vec![0.0; x.len()];
    for (row, b) in a.chunks_exact(x.len()).zip(b) {
        let residual = row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>() - b;
        sum += 0.5 * residual * residual;
        for (x_bar, a) in x_bar.iter_mut().zip(row) {
            *x_bar += residual * a;
        }
    }
    (sum, x_bar)
}

/// `rows` random equations for `columns` unknowns.
pub fn least_squares(rows: usize, columns: usize) -> impl Problem {
    let mut random = Random(4);
    let a = random.vector(rows * columns);
    let b = random.vector(rows);
    let x = random.vector(columns);
    let (a2, b2, a3, b3) = (a.clone(), b.clone(), a.clone(), b.clone());
    Flat::new(
        format!("least squares {rows}×{columns}"),
        x,
        move |x| misfit(x, &a, &b),
        move |x| misfit::value_and_grad(x, &a2, &b2),
        move |x| misfit_by_hand(x, &a3, &b3),
    )
}
