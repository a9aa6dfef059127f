//! Methods of matrices and vectors.

use super::super::entry::entry;
use super::{Element, Held};
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Owned, Unused};
use crate::{Differentiable, OptionTangent, Tangent};
use nalgebra::{DefaultAllocator, Dim, OMatrix, U1, Vector3};

/// Adds a multiple of a matrix to an adjoint.
#[inline]
fn add<F: Element, R: Dim, C: Dim>(
    bar: Option<&mut OMatrix<F, R, C>>,
    by: impl FnOnce() -> OMatrix<F, R, C>,
) where
    DefaultAllocator: Held<F, R, C>,
{
    if let Some(bar) = bar {
        bar.absorb(by());
    }
}

/// The tangent of a value, which is zero where no argument has one.
#[inline]
fn tangent<V: Differentiable>(value: &V, parts: [Option<V::Tangent>; 2]) -> V::Tangent {
    let mut sum = value.zero_tangent();
    parts
        .into_iter()
        .flatten()
        .for_each(|part| sum.absorb(part));
    sum
}

/// A method of one matrix whose pullback does not look at the matrix again.
macro_rules! linear {
    ($(#[$doc:meta])* $entry:ident [$($g:ident)*] for $this:ty, where [$($given:tt)*];
        $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        -> $out:ty;
        |$a:ident| $value:expr, |$t:ident, $shape:ident| $pull:expr) => {
        entry! {
            $(#[$doc])*
            $entry [F: [Element] $($g: [Dim])*] for $this where [$($given)*];
            $differentiable $masked $jvp $keep;
            again Owned, kept Owned = |_this| Owned, slot Option<&mut $this>, dot Option<&$this>;
            () -> $out, seed $out;
            bits 1;
            call |$a| {
                let $shape = $a.shape_generic();
                ($value, move |$t: $out, _: (Owned,), (bar,): (Option<&mut $this>,), _: &mut crate::Tape| {
                    let _ = $shape;
                    add(bar, || $pull);
                })
            }
            jvp |a, (dot,)| {
                let value = { let $a = a; $value };
                let part = dot.map(|$a| $value);
                let tangent = tangent(&value, [part, None]);
                (value, tangent)
            }
        }
    };
}

linear! {
    /// `a.sum()`.
    SumEntry [R C] for OMatrix<F, R, C>, where [DefaultAllocator: Held<F, R, C>];
    __differentiable_sum __masked_sum __jvp_sum __keep_sum;
    -> F;
    |a| a.sum(), |t, shape| OMatrix::from_element_generic(shape.0, shape.1, t)
}
linear! {
    /// `a.trace()`.
    TraceEntry [D] for OMatrix<F, D, D>, where [DefaultAllocator: Held<F, D, D>];
    __differentiable_trace __masked_trace __jvp_trace __keep_trace;
    -> F;
    |a| a.trace(), |t, shape| OMatrix::from_diagonal_element_generic(shape.0, shape.1, t)
}
linear! {
    /// `a.transpose()`.
    TransposeEntry [R C] for OMatrix<F, R, C>, where [DefaultAllocator: Held<F, R, C> + Held<F, C, R>];
    __differentiable_transpose __masked_transpose __jvp_transpose __keep_transpose;
    -> OMatrix<F, C, R>;
    |a| a.transpose(), |t, shape| t.transpose()
}

/// A method that gives a part, which is a copy of its own in derivative code.
macro_rules! part {
    ($(#[$doc:meta])* $entry:ident; $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        [$rows:ty, $columns:ty] |$a:ident, $i:ident| $view:expr, |$bar:ident| $view_mut:expr) => {
        entry! {
            $(#[$doc])*
            $entry [F: [Element] R: [Dim] C: [Dim]] for OMatrix<F, R, C>
                where [DefaultAllocator: Held<F, R, C> + Held<F, $rows, $columns>];
            $differentiable $masked $jvp $keep;
            again Owned, kept Owned = |_this| Owned,
                slot Option<&mut OMatrix<F, R, C>>, dot Option<&OMatrix<F, R, C>>;
            ($i: usize, again Owned, slot Unused, dot Unused;)
                -> OMatrix<F, $rows, $columns>, seed OMatrix<F, $rows, $columns>;
            bits 1;
            call |$a| {
                ($view.into_owned(), move |t: OMatrix<F, $rows, $columns>, _: (Owned, Owned), (bar, _): (Option<&mut OMatrix<F, R, C>>, Unused), _: &mut crate::Tape| {
                    if let Some($bar) = bar.filter(|_| !t.is_empty()) {
                        $view_mut.zip_apply(&t, |x, t| *x += t);
                    }
                })
            }
            jvp |a, (dot, _)| {
                let value = { let $a = a; $view.into_owned() };
                let part = dot.map(|$a| $view.into_owned());
                let tangent = tangent(&value, [part, None]);
                (value, tangent)
            }
        }
    };
}

part! {
    /// `a.row(i)`.
    RowEntry; __differentiable_row __masked_row __jvp_row __keep_row;
    [U1, C] |a, i| a.row(i), |bar| bar.row_mut(i)
}
part! {
    /// `a.column(j)`.
    ColumnEntry; __differentiable_column __masked_column __jvp_column __keep_column;
    [R, U1] |a, j| a.column(j), |bar| bar.column_mut(j)
}

entry! {
    /// `a.norm_squared()`.
    NormSquaredEntry [F: [Element] R: [Dim] C: [Dim]] for OMatrix<F, R, C> where [DefaultAllocator: Held<F, R, C>];
    __differentiable_norm_squared __masked_norm_squared __jvp_norm_squared __keep_norm_squared;
    again &OMatrix<F, R, C>, kept OMatrix<F, R, C> = |this| this.clone(),
        slot Option<&mut OMatrix<F, R, C>>, dot Option<&OMatrix<F, R, C>>;
    () -> F, seed F;
    bits 1;
    call |a| {
        (a.norm_squared(), |t: F, (a,): (&OMatrix<F, R, C>,), (bar,): (Option<&mut OMatrix<F, R, C>>,), _: &mut crate::Tape| {
            add(bar, || a * (t + t));
        })
    }
    jvp |a, (dot,)| {
        let value = a.norm_squared();
        let part = dot.map(|d| F::number(2.0) * a.dot(d));
        (value, tangent(&value, [part, None]))
    }
}

/// The direction of the steepest ascent of the norm; 0 at 0.
#[inline]
fn direction<F: Element, R: Dim, C: Dim>(a: &OMatrix<F, R, C>, norm: F) -> OMatrix<F, R, C>
where
    DefaultAllocator: Held<F, R, C>,
{
    if norm == F::number(0.0) {
        Tangent::zero_like(a)
    } else {
        a / norm
    }
}

entry! {
    /// `a.norm()`; its gradient at 0 is 0.
    NormEntry [F: [Element] R: [Dim] C: [Dim]] for OMatrix<F, R, C> where [DefaultAllocator: Held<F, R, C>];
    __differentiable_norm __masked_norm __jvp_norm __keep_norm;
    again &OMatrix<F, R, C>, kept OMatrix<F, R, C> = |this| this.clone(),
        slot Option<&mut OMatrix<F, R, C>>, dot Option<&OMatrix<F, R, C>>;
    () -> F, seed F;
    bits 1;
    call |a| {
        let norm = a.norm();
        (norm, move |t: F, (a,): (&OMatrix<F, R, C>,), (bar,): (Option<&mut OMatrix<F, R, C>>,), _: &mut crate::Tape| {
            add(bar, || direction(a, norm) * t);
        })
    }
    jvp |a, (dot,)| {
        let norm = a.norm();
        let part = dot.map(|d| direction(a, norm).dot(d));
        (norm, tangent(&norm, [part, None]))
    }
}

/// The derivative of `a / a.norm()` is symmetric: it takes away what lies along the unit vector.
#[inline]
fn across<F: Element, R: Dim, C: Dim>(
    unit: &OMatrix<F, R, C>,
    norm: F,
    d: &OMatrix<F, R, C>,
) -> OMatrix<F, R, C>
where
    DefaultAllocator: Held<F, R, C>,
{
    if d.is_empty() {
        return Tangent::neutral();
    }
    (d - unit * unit.dot(d)) / norm
}

entry! {
    /// `a.normalize()`.
    NormalizeEntry [F: [Element] R: [Dim] C: [Dim]] for OMatrix<F, R, C> where [DefaultAllocator: Held<F, R, C>];
    __differentiable_normalize __masked_normalize __jvp_normalize __keep_normalize;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut OMatrix<F, R, C>>, dot Option<&OMatrix<F, R, C>>;
    () -> OMatrix<F, R, C>, seed OMatrix<F, R, C>;
    bits 1;
    call |a| {
        let (norm, unit) = (a.norm(), a.normalize());
        (unit.clone(), move |t: OMatrix<F, R, C>, _: (Owned,), (bar,): (Option<&mut OMatrix<F, R, C>>,), _: &mut crate::Tape| {
            add(bar, || across(&unit, norm, &t));
        })
    }
    jvp |a, (dot,)| {
        let (norm, unit) = (a.norm(), a.normalize());
        let part = dot.map(|d| across(&unit, norm, d));
        let tangent = tangent(&unit, [part, None]);
        (unit, tangent)
    }
}

/// A method of two matrices that is linear in each.
macro_rules! bilinear {
    ($(#[$doc:meta])* $entry:ident [$($g:ident)*] for $this:ty, where [$($given:tt)*];
        $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        -> $out:ty;
        |$a:ident, $b:ident| $value:expr, |$t:ident| $left:expr, $right:expr) => {
        entry! {
            $(#[$doc])*
            $entry [F: [Element] $($g: [Dim])*] for $this where [$($given)*];
            $differentiable $masked $jvp $keep;
            again &$this, kept $this = |this| this.clone(), slot Option<&mut $this>, dot Option<&$this>;
            (b: &$this, again &$this, slot Option<&mut $this>, dot Option<&$this>;) -> $out, seed $out;
            bits 0b11;
            call |a| {
                let value = { let ($a, $b) = (a, b); $value };
                (value, |$t: $out, ($a, $b): (&$this, &$this), (a_bar, b_bar): (Option<&mut $this>, Option<&mut $this>), _: &mut crate::Tape| {
                    add(a_bar, || $left);
                    add(b_bar, || $right);
                })
            }
            jvp |a, (da, db)| {
                let product = |$a: &$this, $b: &$this| $value;
                let value = product(a, b);
                let tangent = tangent(&value, [da.map(|da| product(da, b)), db.map(|db| product(a, db))]);
                (value, tangent)
            }
        }
    };
}

bilinear! {
    /// `a.dot(&b)`.
    DotEntry [R C] for OMatrix<F, R, C>, where [DefaultAllocator: Held<F, R, C>];
    __differentiable_dot __masked_dot __jvp_dot __keep_dot;
    -> F;
    |a, b| a.dot(b), |t| b * t, a * t
}
bilinear! {
    /// `a.component_mul(&b)`.
    ComponentMulEntry [R C] for OMatrix<F, R, C>, where [
        DefaultAllocator: Held<F, R, C>,
    ];
    __differentiable_component_mul __masked_component_mul __jvp_component_mul __keep_component_mul;
    -> OMatrix<F, R, C>;
    |a, b| product(a, b), |t| product(&t, b), product(a, &t)
}
bilinear! {
    /// `a.cross(&b)`.
    CrossEntry [] for Vector3<F>, where [];
    __differentiable_cross __masked_cross __jvp_cross __keep_cross;
    -> Vector3<F>;
    |a, b| a.cross(b), |t| b.cross(&t), t.cross(a)
}

/// The product element by element; the empty zero stays one.
#[inline]
fn product<F: Element, R: Dim, C: Dim>(
    a: &OMatrix<F, R, C>,
    b: &OMatrix<F, R, C>,
) -> OMatrix<F, R, C>
where
    DefaultAllocator: Held<F, R, C>,
{
    if a.is_empty() || b.is_empty() {
        return Tangent::neutral();
    }
    a.zip_map(b, |a, b| a * b)
}

/// The quotient element by element; the empty zero stays one.
#[inline]
fn quotient<F: Element, R: Dim, C: Dim>(
    a: &OMatrix<F, R, C>,
    b: &OMatrix<F, R, C>,
) -> OMatrix<F, R, C>
where
    DefaultAllocator: Held<F, R, C>,
{
    if a.is_empty() || b.is_empty() {
        return Tangent::neutral();
    }
    a.zip_map(b, |a, b| a / b)
}

entry! {
    /// `a.component_div(&b)`.
    ComponentDivEntry [F: [Element] R: [Dim] C: [Dim]] for OMatrix<F, R, C> where [DefaultAllocator: Held<F, R, C>];
    __differentiable_component_div __masked_component_div __jvp_component_div __keep_component_div;
    again &OMatrix<F, R, C>, kept OMatrix<F, R, C> = |this| this.clone(),
        slot Option<&mut OMatrix<F, R, C>>, dot Option<&OMatrix<F, R, C>>;
    (
        b: &OMatrix<F, R, C>, again &OMatrix<F, R, C>, slot Option<&mut OMatrix<F, R, C>>,
            dot Option<&OMatrix<F, R, C>>;
    ) -> OMatrix<F, R, C>, seed OMatrix<F, R, C>;
    bits 0b11;
    call |a| {
        (
            quotient(a, b),
            |t: OMatrix<F, R, C>,
             (a, b): (&OMatrix<F, R, C>, &OMatrix<F, R, C>),
             (a_bar, b_bar): (Option<&mut OMatrix<F, R, C>>, Option<&mut OMatrix<F, R, C>>),
             _: &mut crate::Tape| {
                let t = quotient(&t, b);
                add(b_bar, || -product(&t, &quotient(a, b)));
                add(a_bar, || t);
            },
        )
    }
    jvp |a, (da, db)| {
        let value = quotient(a, b);
        let left = da.map(|da| quotient(da, b));
        let right = db.map(|db| -quotient(&product(&value, db), b));
        let tangent = tangent(&value, [left, right]);
        (value, tangent)
    }
}

entry! {
    /// `a.try_inverse()`.
    TryInverseEntry [F: [Element] D: [Dim]] for OMatrix<F, D, D> where [DefaultAllocator: Held<F, D, D>];
    __differentiable_try_inverse __masked_try_inverse __jvp_try_inverse __keep_try_inverse;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut OMatrix<F, D, D>>, dot Option<&OMatrix<F, D, D>>;
    () -> Option<OMatrix<F, D, D>>, seed OptionTangent<OMatrix<F, D, D>>;
    bits 1;
    call |a| {
        let value = a.clone().try_inverse();
        let inverse = value.clone();
        (value, move |t: OptionTangent<OMatrix<F, D, D>>, _: (Owned,), (bar,): (Option<&mut OMatrix<F, D, D>>,), _: &mut crate::Tape| {
            if let (Some(x), OptionTangent::Some(t)) = (inverse, t)
                && !t.is_empty()
            {
                add(bar, || -(x.tr_mul(&t) * x.transpose()));
            }
        })
    }
    jvp |a, (dot,)| {
        let value = a.clone().try_inverse();
        let tangent = match &value {
            Some(x) => OptionTangent::Some(tangent(x, [dot.map(|d| -(x * d * x)), None])),
            None => OptionTangent::None,
        };
        (value, tangent)
    }
}
