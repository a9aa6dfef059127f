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
    minor(a, n, (1 << n) - 1)
}

/// The determinant of the last rows of `a` and those `columns` whose bits are set, as many as rows.
#[differentiable]
fn minor(a: &[f64], n: usize, columns: u64) -> f64 {
    let size = columns.count_ones() as usize;
    let row = &a[(n - size) * n..];
    if size == 1 {
        return row[columns.trailing_zeros() as usize];
    }
    let mut det = 0.0;
    let mut sign = 1.0;
    let mut rest = columns;
    while rest != 0 {
        let j = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        det += sign * row[j] * minor(a, n, columns & !(1 << j));
        sign = -sign;
    }
    det
}
