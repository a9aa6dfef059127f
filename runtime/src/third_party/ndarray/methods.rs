//! Methods of arrays and views.

use super::super::entry::entry;
use super::broadcast::total;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Owned, Unused};
use crate::{Differentiable, OptionTangent, Real};
use ndarray::linalg::Dot;
use ndarray::{Array, ArrayRef, Axis, Dimension, Ix1, Ix2, NdFloat, RemoveAxis};

/// The numbers that arrays have their sums and products for.
pub trait Element: Real + NdFloat {}
impl Element for f32 {}
impl Element for f64 {}

entry! {
    /// `a.sum()`.
    SumEntry [F: [Element] D: [Dimension + 'static]] for ArrayRef<F, D>;
    __differentiable_sum __masked_sum __jvp_sum __keep_sum;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    () -> F, seed F;
    bits 1;
    call |a| {
        (a.sum(), |t: F, _: (Owned,), (bar,): (Option<&mut ArrayRef<F, D>>,), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                bar.map_inplace(|x| *x += t);
            }
        })
    }
    jvp |a, (dot,)| { (a.sum(), dot.map_or(F::from_f64(0.0), |d| d.sum())) }
}

entry! {
    /// `a.mean()`.
    MeanEntry [F: [Element] D: [Dimension + 'static]] for ArrayRef<F, D>;
    __differentiable_mean __masked_mean __jvp_mean __keep_mean;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    () -> Option<F>, seed OptionTangent<F>;
    bits 1;
    call |a| {
        (mean(a), |t: OptionTangent<F>, _: (Owned,), (bar,): (Option<&mut ArrayRef<F, D>>,), _: &mut crate::Tape| {
            if let (Some(bar), OptionTangent::Some(t)) = (bar, t) {
                let t = t / F::from_f64(bar.len() as f64);
                bar.map_inplace(|x| *x += t);
            }
        })
    }
    jvp |a, (dot,)| {
        let value = mean(a);
        let tangent = match (value, dot) {
            (None, _) => OptionTangent::None,
            (Some(_), Some(d)) => OptionTangent::Some(d.sum() / F::from_f64(a.len() as f64)),
            (Some(_), None) => OptionTangent::Some(F::from_f64(0.0)),
        };
        (value, tangent)
    }
}

/// ndarray's own, whose bound has no name here.
fn mean<F: Element, D: Dimension>(a: &ArrayRef<F, D>) -> Option<F> {
    (!a.is_empty()).then(|| a.sum() / F::from_f64(a.len() as f64))
}

entry! {
    /// `a.product()`.
    ProductEntry [F: [Element] D: [Dimension + 'static]] for ArrayRef<F, D>;
    __differentiable_product __masked_product __jvp_product __keep_product;
    again &ArrayRef<F, D>, kept Array<F, D> = |this| this.to_owned(),
        slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    () -> F, seed F;
    bits 1;
    call |a| {
        (a.product(), |t: F, (a,): (&ArrayRef<F, D>,), (bar,): (Option<&mut ArrayRef<F, D>>,), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                bar.zip_mut_with(&others(a), |x, o| *x += t * *o);
            }
        })
    }
    jvp |a, (dot,)| {
        let tangent = dot.map_or(F::from_f64(0.0), |d| total(&(others(a) * d)));
        (a.product(), tangent)
    }
}

/// For each element the product of all others, also where some are zero.
fn others<F: Element, D: Dimension>(a: &ArrayRef<F, D>) -> Array<F, D> {
    let mut out = a.map(|_| F::from_f64(1.0));
    let mut before = F::from_f64(1.0);
    for (o, x) in out.iter_mut().zip(a.iter()) {
        *o = before;
        before *= *x;
    }
    let elements: Vec<F> = a.iter().copied().collect();
    let mut suffixes: Vec<F> = Vec::with_capacity(elements.len());
    let mut after = F::from_f64(1.0);
    for x in elements.iter().rev() {
        suffixes.push(after);
        after *= *x;
    }
    for (o, after) in out.iter_mut().zip(suffixes.iter().rev()) {
        *o *= *after;
    }
    out
}

entry! {
    /// `a.sum_axis(axis)`.
    SumAxisEntry [F: [Element] D: [RemoveAxis + 'static]] for ArrayRef<F, D>;
    __differentiable_sum_axis __masked_sum_axis __jvp_sum_axis __keep_sum_axis;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    (axis: Axis, again Owned, slot Unused, dot Unused;) -> Array<F, D::Smaller>, seed Array<F, D::Smaller>;
    bits 1;
    call |a| {
        (
            a.sum_axis(axis),
            move |t: Array<F, D::Smaller>, _: (Owned, Owned), (bar, _): (Option<&mut ArrayRef<F, D>>, Unused), _: &mut crate::Tape| {
                if let Some(bar) = bar.filter(|_| !t.is_empty()) {
                    spread(bar, axis, &t);
                }
            },
        )
    }
    jvp |a, (dot, _)| {
        let value = a.sum_axis(axis);
        let tangent = dot.map_or_else(|| value.zero_tangent(), |d| d.sum_axis(axis));
        (value, tangent)
    }
}

entry! {
    /// `a.mean_axis(axis)`.
    MeanAxisEntry [F: [Element] D: [RemoveAxis + 'static]] for ArrayRef<F, D>;
    __differentiable_mean_axis __masked_mean_axis __jvp_mean_axis __keep_mean_axis;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    (axis: Axis, again Owned, slot Unused, dot Unused;)
        -> Option<Array<F, D::Smaller>>, seed OptionTangent<Array<F, D::Smaller>>;
    bits 1;
    call |a| {
        (
            mean_axis(a, axis),
            move |t: OptionTangent<Array<F, D::Smaller>>, _: (Owned, Owned), (bar, _): (Option<&mut ArrayRef<F, D>>, Unused), _: &mut crate::Tape| {
                if let (Some(bar), OptionTangent::Some(t)) = (bar, t)
                    && !t.is_empty()
                {
                    let n = F::from_f64(bar.len_of(axis) as f64);
                    spread(bar, axis, &(t / n));
                }
            },
        )
    }
    jvp |a, (dot, _)| {
        let value = mean_axis(a, axis);
        let tangent = match (&value, dot) {
            (None, _) => OptionTangent::None,
            (Some(v), None) => OptionTangent::Some(v.zero_tangent()),
            (Some(_), Some(d)) => mean_axis(d, axis).map_or(OptionTangent::None, OptionTangent::Some),
        };
        (value, tangent)
    }
}

/// ndarray's own, whose bound has no name here.
fn mean_axis<F: Element, D: RemoveAxis>(
    a: &ArrayRef<F, D>,
    axis: Axis,
) -> Option<Array<F, D::Smaller>> {
    let n = a.len_of(axis);
    (n != 0).then(|| a.sum_axis(axis) / F::from_f64(n as f64))
}

/// Adds `t` to every part of `bar` along an axis.
fn spread<F: Element, D: RemoveAxis>(
    bar: &mut ArrayRef<F, D>,
    axis: Axis,
    t: &Array<F, D::Smaller>,
) {
    for mut part in bar.axis_iter_mut(axis) {
        part.zip_mut_with(t, |x, t| *x += *t);
    }
}

/// The products of vectors and matrices.
pub trait Products<D2: Dimension + 'static, F: Element>: Dimension + Sized + 'static {
    /// What the product is.
    type Out: Differentiable<Tangent = Self::Out>;
    /// The product.
    fn product(a: &ArrayRef<F, Self>, b: &ArrayRef<F, D2>) -> Self::Out;
    /// The cotangents of both.
    fn pull(
        a: &ArrayRef<F, Self>,
        b: &ArrayRef<F, D2>,
        t: Self::Out,
        a_bar: Option<&mut ArrayRef<F, Self>>,
        b_bar: Option<&mut ArrayRef<F, D2>>,
    );
    /// The sum of two results.
    fn plus(a: Self::Out, b: Self::Out) -> Self::Out;
}

impl<F: Element> Products<Ix1, F> for Ix1 {
    type Out = F;
    fn product(a: &ArrayRef<F, Ix1>, b: &ArrayRef<F, Ix1>) -> F {
        a.dot(b)
    }
    fn pull(
        a: &ArrayRef<F, Ix1>,
        b: &ArrayRef<F, Ix1>,
        t: F,
        a_bar: Option<&mut ArrayRef<F, Ix1>>,
        b_bar: Option<&mut ArrayRef<F, Ix1>>,
    ) {
        if let Some(a_bar) = a_bar {
            a_bar.scaled_add(t, b);
        }
        if let Some(b_bar) = b_bar {
            b_bar.scaled_add(t, a);
        }
    }
    fn plus(a: F, b: F) -> F {
        a + b
    }
}

impl<F: Element> Products<Ix1, F> for Ix2 {
    type Out = Array<F, Ix1>;
    fn product(a: &ArrayRef<F, Ix2>, b: &ArrayRef<F, Ix1>) -> Array<F, Ix1> {
        a.dot(b)
    }
    fn pull(
        a: &ArrayRef<F, Ix2>,
        b: &ArrayRef<F, Ix1>,
        t: Array<F, Ix1>,
        a_bar: Option<&mut ArrayRef<F, Ix2>>,
        b_bar: Option<&mut ArrayRef<F, Ix1>>,
    ) {
        if t.is_empty() {
            return;
        }
        if let Some(a_bar) = a_bar {
            for (mut row, t) in a_bar.outer_iter_mut().zip(&t) {
                row.scaled_add(*t, b);
            }
        }
        if let Some(b_bar) = b_bar {
            b_bar.scaled_add(F::from_f64(1.0), &a.t().dot(&t));
        }
    }
    fn plus(a: Array<F, Ix1>, b: Array<F, Ix1>) -> Array<F, Ix1> {
        a + b
    }
}

impl<F: Element> Products<Ix2, F> for Ix1 {
    type Out = Array<F, Ix1>;
    fn product(a: &ArrayRef<F, Ix1>, b: &ArrayRef<F, Ix2>) -> Array<F, Ix1> {
        a.dot(b)
    }
    fn pull(
        a: &ArrayRef<F, Ix1>,
        b: &ArrayRef<F, Ix2>,
        t: Array<F, Ix1>,
        a_bar: Option<&mut ArrayRef<F, Ix1>>,
        b_bar: Option<&mut ArrayRef<F, Ix2>>,
    ) {
        if t.is_empty() {
            return;
        }
        if let Some(a_bar) = a_bar {
            a_bar.scaled_add(F::from_f64(1.0), &b.dot(&t));
        }
        if let Some(b_bar) = b_bar {
            for (mut row, a) in b_bar.outer_iter_mut().zip(a.iter()) {
                row.scaled_add(*a, &t);
            }
        }
    }
    fn plus(a: Array<F, Ix1>, b: Array<F, Ix1>) -> Array<F, Ix1> {
        a + b
    }
}

impl<F: Element> Products<Ix2, F> for Ix2 {
    type Out = Array<F, Ix2>;
    fn product(a: &ArrayRef<F, Ix2>, b: &ArrayRef<F, Ix2>) -> Array<F, Ix2> {
        a.dot(b)
    }
    fn pull(
        a: &ArrayRef<F, Ix2>,
        b: &ArrayRef<F, Ix2>,
        t: Array<F, Ix2>,
        a_bar: Option<&mut ArrayRef<F, Ix2>>,
        b_bar: Option<&mut ArrayRef<F, Ix2>>,
    ) {
        if t.is_empty() {
            return;
        }
        if let Some(a_bar) = a_bar {
            a_bar.scaled_add(F::from_f64(1.0), &t.dot(&b.t()));
        }
        if let Some(b_bar) = b_bar {
            b_bar.scaled_add(F::from_f64(1.0), &a.t().dot(&t));
        }
    }
    fn plus(a: Array<F, Ix2>, b: Array<F, Ix2>) -> Array<F, Ix2> {
        a + b
    }
}

entry! {
    /// `a.dot(&b)`, of vectors and matrices.
    DotEntry [F: [Element] D: [Dimension + 'static]] of [D2: [Dimension + 'static]] where [D: Products<D2, F>]
        for ArrayRef<F, D>;
    __differentiable_dot __masked_dot __jvp_dot __keep_dot;
    again &ArrayRef<F, D>, kept Array<F, D> = |this| this.to_owned(),
        slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    (
        b: &ArrayRef<F, D2>, again &ArrayRef<F, D2>, slot Option<&mut ArrayRef<F, D2>>,
            dot Option<&ArrayRef<F, D2>>;
    ) -> D::Out, seed D::Out;
    bits 0b11;
    call |a| {
        (
            D::product(a, b),
            |t: D::Out,
             (a, b): (&ArrayRef<F, D>, &ArrayRef<F, D2>),
             (a_bar, b_bar): (Option<&mut ArrayRef<F, D>>, Option<&mut ArrayRef<F, D2>>),
             _: &mut crate::Tape| D::pull(a, b, t, a_bar, b_bar),
        )
    }
    jvp |a, (da, db)| {
        let value = D::product(a, b);
        let left = da.map(|da| D::product(da, b));
        let right = db.map(|db| D::product(a, db));
        let tangent = match (left, right) {
            (Some(left), Some(right)) => D::plus(left, right),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => value.zero_tangent(),
        };
        (value, tangent)
    }
}
