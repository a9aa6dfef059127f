//! Jacobians: every number of a result by every number of the inputs, as a dense matrix.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, Tangent};
use alloc::vec;
use core::fmt;
use core::ops::Index;

/// The matrix of all partial derivatives: a row for each real number of the result, a column for each of the inputs.
///
/// Both are counted as [`Tangent::for_each`] walks them: element by element, field by field, one parameter after the
/// other. The partial derivatives of an `f32` stand here as `f64`, without loss.
///
/// ```text
/// use pullback::differentiable;
///
/// #[differentiable]
/// fn polar(r: f64, angle: f64) -> [f64; 2] {
///     [r * angle.cos(), r * angle.sin()]
/// }
///
/// let j = polar::jacobian(2.0, 0.0);
/// assert_eq!((j.rows(), j.columns()), (2, 2));
/// assert_eq!(j.row(1), [0.0, 2.0]); // y by r and by the angle
/// assert_eq!(j[(0, 0)], 1.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Jacobian {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Jacobian {
    /// How many real numbers the result has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many real numbers the inputs have together.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The gradient of one number of the result.
    ///
    /// # Panics
    /// If `row` is not less than [`rows`](Self::rows).
    pub fn row(&self, row: usize) -> &[f64] {
        assert!(
            row < self.rows,
            "row {row} of a Jacobian with {}",
            self.rows
        );
        &self.values[row * self.columns..][..self.columns]
    }

    /// The derivatives of all numbers of the result by one number of the inputs.
    ///
    /// # Panics
    /// If `column` is not less than [`columns`](Self::columns).
    pub fn column(&self, column: usize) -> impl Iterator<Item = f64> + '_ {
        assert!(
            column < self.columns,
            "column {column} of a Jacobian with {}",
            self.columns
        );
        self.values
            .iter()
            .skip(column)
            .step_by(self.columns)
            .copied()
    }

    /// All values, row after row.
    pub fn as_slice(&self) -> &[f64] {
        &self.values
    }

    /// All values, row after row.
    pub fn into_vec(self) -> Vec<f64> {
        self.values
    }

    fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            values: vec![0.0; rows * columns],
        }
    }
}

/// `j[(row, column)]`.
impl Index<(usize, usize)> for Jacobian {
    type Output = f64;
    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.row(row)[column]
    }
}

/// A line for each row.
impl fmt::Display for Jacobian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in 0..self.rows {
            for (n, value) in self.row(row).iter().enumerate() {
                let gap = if n == 0 { "" } else { " " };
                f.write_str(gap)?;
                fmt::Display::fmt(value, f)?;
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

#[cfg(feature = "ndarray")]
impl From<Jacobian> for ndarray::Array2<f64> {
    fn from(jacobian: Jacobian) -> Self {
        let shape = (jacobian.rows, jacobian.columns);
        let mut values = jacobian.values.into_iter();
        Self::from_shape_simple_fn(shape, || values.next().unwrap_or(0.0))
    }
}

/// How many real numbers a tangent has.
fn count(of: &impl Tangent) -> usize {
    let mut n = 0;
    of.for_each(&mut |_| n += 1);
    n
}

/// The tangent of the shape of `zero` whose only component is the one numbered `n`.
fn unit<T: Tangent>(zero: &T, n: usize) -> T {
    let mut unit = zero.clone();
    let mut at = 0;
    unit.for_each_mut(&mut |component| {
        *component = if at == n { 1.0 } else { 0.0 };
        at += 1;
    });
    unit
}

/// A row for each pullback of a unit cotangent.
#[doc(hidden)]
pub fn by_rows<R: Differentiable, D: Tangent>(
    value: &R,
    inputs: &D,
    mut pullback: impl FnMut(R::Tangent) -> D,
) -> Jacobian {
    let zero = value.zero_tangent();
    let mut out = Jacobian::zeros(count(&zero), count(inputs));
    for row in 0..out.rows {
        let mut at = row * out.columns;
        pullback(unit(&zero, row)).for_each(&mut |partial| {
            out.values[at] = partial;
            at += 1;
        });
    }
    out
}

/// A column for each tangent along a unit direction.
#[doc(hidden)]
pub fn by_columns<R: Differentiable, D: Tangent>(
    value: &R,
    inputs: &D,
    mut push: impl FnMut(D) -> R::Tangent,
) -> Jacobian {
    let mut out = Jacobian::zeros(count(&value.zero_tangent()), count(inputs));
    for column in 0..out.columns {
        let mut at = column;
        push(unit(inputs, column)).for_each(&mut |partial| {
            out.values[at] = partial;
            at += out.columns;
        });
    }
    out
}

/// Whichever way takes less: a reverse sweep costs about two forward ones.
#[doc(hidden)]
pub fn by_either<R: Differentiable, D: Tangent>(
    value: &R,
    inputs: &D,
    pullback: impl FnMut(R::Tangent) -> D,
    push: impl FnMut(D) -> R::Tangent,
) -> Jacobian {
    if 2 * count(&value.zero_tangent()) <= count(inputs) {
        by_rows(value, inputs, pullback)
    } else {
        by_columns(value, inputs, push)
    }
}
