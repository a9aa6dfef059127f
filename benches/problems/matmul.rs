//! A product of matrices in three loops, and the squares of its elements.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// ½ ‖A B‖² of two matrices of `n` rows and columns.
#[differentiable]
fn norm_of_product(a: &[f64], b: &[f64], n: usize) -> f64 {
    let mut c = vec![0.0; n * n];
    for i in 0..n {
        for k in 0..n {
            for j in 0..n {
                c[i * n + j] += a[i * n + k] * b[k * n + j];
            }
        }
    }
    let mut sum = 0.0;
    for c in &c {
        sum += 0.5 * c * c;
    }
    sum
}

/// Ā = C Bᵀ and B̄ = Aᵀ C. With B transposed, all three products add a multiple of a row to a row.
fn norm_of_product_by_hand(a: &[f64], b: &[f64], n: usize) -> (f64, (Vec<f64>, Vec<f64>)) {
    let mut c = vec![0.0; n * n];
    product(a, b, &mut c, n);
    let sum = c.iter().fold(0.0, |sum, c| sum + 0.5 * c * c);
    let mut transposed = vec![0.0; n * n];
    for (k, row) in b.chunks_exact(n).enumerate() {
        for (j, b) in row.iter().enumerate() {
            transposed[j * n + k] = *b;
        }
    }
    let mut a_bar = vec![0.0; n * n];
    let mut b_bar = vec![0.0; n * n];
    product(&c, &transposed, &mut a_bar, n);
    for (a, c) in a.chunks_exact(n).zip(c.chunks_exact(n)) {
        for (a, b_bar) in a.iter().zip(b_bar.chunks_exact_mut(n)) {
            for (b_bar, c) in b_bar.iter_mut().zip(c) {
                *b_bar += a * c;
            }
        }
    }
    (sum, (a_bar, b_bar))
}

/// Adds A B to C.
fn product(a: &[f64], b: &[f64], c: &mut [f64], n: usize) {
    for (a, c) in a.chunks_exact(n).zip(c.chunks_exact_mut(n)) {
        for (a, b) in a.iter().zip(b.chunks_exact(n)) {
            for (c, b) in c.iter_mut().zip(b) {
                *c += a * b;
            }
        }
    }
}

/// Of two random matrices.
pub fn matmul(n: usize) -> impl Problem {
    Flat::new(
        format!("matmul n={n}"),
        Random(8).vector(2 * n * n),
        move |x| {
            let (a, b) = x.split_at(n * n);
            norm_of_product(a, b, n)
        },
        move |x| {
            let (a, b) = x.split_at(n * n);
            norm_of_product::value_and_grad(a, b, n)
        },
        move |x| {
            let (a, b) = x.split_at(n * n);
            norm_of_product_by_hand(a, b, n)
        },
    )
}
