//! `det`: a determinant by expansion along the first row, and that of each minor likewise: n! products.

use pullback::{Tape, differentiable};
use serde::{Deserialize, Serialize};

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "det",
    functions: &[
        ("primal", |input| {
            measure(
                input,
                |input: Input| Ok((input.checked()?, 0.0)),
                |(input, value)| *value = determinant(&input.a, input.ell),
                |(_, value)| value,
            )
        }),
        ("gradient", |input| {
            measure(
                input,
                |input: Input| Ok((input.checked()?, Tape::new(), Vec::new())),
                |(input, tape, gradient)| {
                    *gradient = determinant::grad_with(tape, &input.a, input.ell);
                },
                |(_, _, gradient)| gradient,
            )
        }),
    ],
};

/// A square matrix.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// Row by row.
    #[serde(rename = "A")]
    pub a: Vec<f64>,
    /// The number of rows.
    pub ell: usize,
}

impl Input {
    fn checked(self) -> Result<Self, String> {
        if self.a.len() != self.ell * self.ell || self.ell > 32 {
            return Err(format!("{} numbers for {} rows", self.a.len(), self.ell));
        }
        Ok(self)
    }
}

/// The determinant of the `n` × `n` matrix `a`.
#[differentiable]
pub fn determinant(a: &[f64], n: usize) -> f64 {
    match n {
        0 => 1.0,
        1 => a[0],
        2 => a[0] * a[3] - a[1] * a[2],
        _ => minor(a, n, n, (1 << n) - 1),
    }
}

/// The determinant of the last `size` rows of `a` and those `columns` whose bits are set, as many as rows, at least
/// three.
#[differentiable]
fn minor(a: &[f64], n: usize, size: usize, columns: u64) -> f64 {
    if size == 3 {
        return minor_of_three(a, n, columns);
    }
    let row = &a[(n - size) * n..(n - size + 1) * n];
    let mut det = 0.0;
    let mut rest = columns;
    for i in 0..size {
        let j = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        let below: f64 = minor(a, n, size - 1, columns & !(1 << j));
        let term = row[j] * below;
        det += if i % 2 == 0 { term } else { -term };
    }
    det
}

/// The same for three rows.
#[differentiable]
fn minor_of_three(a: &[f64], n: usize, columns: u64) -> f64 {
    let i = columns.trailing_zeros() as usize;
    let rest = columns & (columns - 1);
    let j = rest.trailing_zeros() as usize;
    let k = (rest & (rest - 1)).trailing_zeros() as usize;
    let (top, lower) = a[(n - 3) * n..].split_at(n);
    let (middle, bottom) = lower.split_at(n);
    top[i] * (middle[j] * bottom[k] - middle[k] * bottom[j])
        - top[j] * (middle[i] * bottom[k] - middle[k] * bottom[i])
        + top[k] * (middle[i] * bottom[j] - middle[j] * bottom[i])
}
