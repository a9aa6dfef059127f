//! The determinant, whose gradient is the matrix of cofactors, also where there is no inverse.

use super::super::entry::entry;
use super::{Element, Held};
#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Real, Tangent};
use nalgebra::allocator::Allocator;
use nalgebra::{DMatrix, DefaultAllocator, Dim, DimMin, OMatrix};

entry! {
    /// `a.determinant()`.
    DeterminantEntry [F: [Element] D: [DimMin<D, Output = D>]] for OMatrix<F, D, D>
        where [DefaultAllocator: Held<F, D, D> + Allocator<D>];
    __differentiable_determinant __masked_determinant __jvp_determinant __keep_determinant;
    again &OMatrix<F, D, D>, kept OMatrix<F, D, D> = |this| this.clone(),
        slot Option<&mut OMatrix<F, D, D>>, dot Option<&OMatrix<F, D, D>>;
    () -> F, seed F;
    bits 1;
    call |a| {
        (a.determinant(), |t: F, (a,): (&OMatrix<F, D, D>,), (bar,): (Option<&mut OMatrix<F, D, D>>,), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                bar.absorb(cofactors(a) * t);
            }
        })
    }
    jvp |a, (dot,)| {
        let zero = F::number(0.0);
        let tangent = dot.filter(|d| !d.is_empty()).map_or(zero, |d| cofactors(a).dot(d));
        (a.determinant(), tangent)
    }
}

/// The partial derivatives of the determinant by the elements.
///
/// They are the inverse's times the determinant where the matrix is far from singular. Elsewhere the inverse is
/// inexact or does not exist, but the cofactors do: small ones by their definition, others from singular values.
fn cofactors<F: Element, D: DimMin<D, Output = D>>(a: &OMatrix<F, D, D>) -> OMatrix<F, D, D>
where
    DefaultAllocator: Held<F, D, D> + Allocator<D>,
{
    let n = a.nrows();
    let (rows, columns) = a.shape_generic();
    if n <= 4 {
        return OMatrix::from_fn_generic(rows, columns, |i, j| by_definition(a, i, j));
    }
    let far = Real::sqrt(<F as Real>::epsilon());
    if let Some(inverse) = a.clone().try_inverse()
        && far * a.norm() * inverse.norm() < F::number(1.0)
    {
        return inverse.transpose() * a.determinant();
    }
    if !Tangent::is_finite(a) {
        // The search for singular values would not end.
        return OMatrix::from_element_generic(rows, columns, <F as Real>::nan());
    }
    let found = by_singular_values(DMatrix::from_fn(n, n, |i, j| a[(i, j)]));
    OMatrix::from_fn_generic(rows, columns, |i, j| found[(i, j)])
}

/// The determinant without a row and a column, signed, of a matrix of up to four rows.
fn by_definition<F: Element, D: Dim>(a: &OMatrix<F, D, D>, i: usize, j: usize) -> F
where
    DefaultAllocator: Held<F, D, D>,
{
    let n = a.nrows();
    let at = |r: usize, c: usize| a[(r + usize::from(r >= i), c + usize::from(c >= j))];
    let minor = match n {
        1 => F::number(1.0),
        2 => at(0, 0),
        3 => at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0),
        _ => {
            at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1))
                - at(0, 1) * (at(1, 0) * at(2, 2) - at(1, 2) * at(2, 0))
                + at(0, 2) * (at(1, 0) * at(2, 1) - at(1, 1) * at(2, 0))
        }
    };
    if (i + j).is_multiple_of(2) {
        minor
    } else {
        -minor
    }
}

/// With `A = U S V'`, both orthogonal, the cofactors are `det(U) det(V) U cof(S) V'`.
fn by_singular_values<F: Element>(a: DMatrix<F>) -> DMatrix<F> {
    let n = a.nrows();
    let svd = a.svd(true, true);
    let (Some(u), Some(vt)) = (svd.u, svd.v_t) else {
        return DMatrix::zeros(n, n);
    };
    let sign = u.determinant() * vt.determinant();
    let sign = Real::signum(sign);
    let others = |k: usize| {
        (0..n)
            .filter(|&i| i != k)
            .fold(F::number(1.0), |product, i| {
                product * svd.singular_values[i]
            })
    };
    let cofactors = DMatrix::from_fn(n, n, |i, j| u[(i, j)] * (others(j) * sign));
    cofactors * vt
}
