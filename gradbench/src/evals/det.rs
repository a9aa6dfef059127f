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
        3 => {
            a[0] * (a[4] * a[8] - a[5] * a[7]) - a[1] * (a[3] * a[8] - a[5] * a[6])
                + a[2] * (a[3] * a[7] - a[4] * a[6])
        }
        _ => minor(a, n, n, (1 << n) - 1),
    }
}

/// The determinant of the last `size` rows of `a` and those `columns` whose bits are set, as many as rows, at least
/// four.
#[differentiable]
fn minor(a: &[f64], n: usize, size: usize, columns: u64) -> f64 {
    if size == 4 {
        return minor_of_four(a, n, columns);
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

/// The same for four rows, where calls would cost more than products.
#[differentiable]
fn minor_of_four(a: &[f64], n: usize, columns: u64) -> f64 {
    let [c0, c1, c2, c3] = four(columns);
    let (first, rest) = a[(n - 4) * n..].split_at(n);
    let (second, rest) = rest.split_at(n);
    let (third, fourth) = rest.split_at(n);
    let two = |i: usize, j: usize| third[i] * fourth[j] - third[j] * fourth[i];
    let three = |i: usize, j: usize, k: usize| {
        second[i] * two(j, k) - second[j] * two(i, k) + second[k] * two(i, j)
    };
    first[c0] * three(c1, c2, c3) - first[c1] * three(c0, c2, c3) + first[c2] * three(c0, c1, c3)
        - first[c3] * three(c0, c1, c2)
}

/// The places of the four bits.
fn four(columns: u64) -> [usize; 4] {
    let mut rest = columns;
    std::array::from_fn(|_| {
        let place = rest.trailing_zeros() as usize;
        rest &= rest.wrapping_sub(1);
        place
    })
}
