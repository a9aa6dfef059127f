//! A determinant by expansion along its rows: recursion, and n! products.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// The determinant of the rows from `row` on and of the columns whose bits are set, as many.
#[differentiable]
fn determinant(a: &[f64], n: usize, row: usize, columns: u32) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..n {
        if columns & (1 << j) != 0 {
            sum += sign * a[row * n + j] * determinant(a, n, row + 1, columns & !(1 << j));
            sign = -sign;
        }
    }
    sum
}

/// The minors of the forward sweep are kept on a stack.
fn determinant_by_hand(a: &[f64], n: usize) -> (f64, Vec<f64>) {
    let mut minors = Vec::new();
    let mut a_bar = vec![0.0; a.len()];
    let value = forward(a, n, 0, (1 << n) - 1, &mut minors);
    reverse(a, n, 0, (1 << n) - 1, 1.0, &mut minors, &mut a_bar);
    (value, a_bar)
}

fn forward(a: &[f64], n: usize, row: usize, columns: u32, minors: &mut Vec<f64>) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..n {
        if columns & (1 << j) != 0 {
            let minor = forward(a, n, row + 1, columns & !(1 << j), minors);
            minors.push(minor);
            sum += sign * a[row * n + j] * minor;
            sign = -sign;
        }
    }
    sum
}

fn reverse(
    a: &[f64],
    n: usize,
    row: usize,
    columns: u32,
    seed: f64,
    minors: &mut Vec<f64>,
    a_bar: &mut [f64],
) {
    if row == n {
        return;
    }
    let mut sign = if columns.count_ones().is_multiple_of(2) {
        -seed
    } else {
        seed
    };
    for j in (0..n).rev() {
        if columns & (1 << j) != 0 {
            a_bar[row * n + j] += sign * minors.pop().unwrap_or(0.0);
            let minor_bar = sign * a[row * n + j];
            reverse(a, n, row + 1, columns & !(1 << j), minor_bar, minors, a_bar);
            sign = -sign;
        }
    }
}

/// Of a random matrix of `n` rows.
pub fn of_matrix(n: usize) -> impl Problem {
    let all = (1 << n) - 1;
    Flat::new(
        format!("determinant n={n}"),
        Random(5).vector(n * n),
        move |a| determinant(a, n, 0, all),
        move |a| determinant::value_and_grad(a, n, 0, all),
        move |a| determinant_by_hand(a, n),
    )
}
