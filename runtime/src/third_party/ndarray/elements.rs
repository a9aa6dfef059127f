//! The elements of an array as a vector and back: what `mapv`, `Zip` and `array!` become in derivative code, where a
//! closure over elements is a loop over vectors; and `assign`.

use super::super::entry::{constructor, entry};
use super::broadcast::reduce;
use super::methods::Element;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Given, Owned, Unused};
use crate::{Differentiable, NoTangent, Tangent};
use ndarray::{Array, ArrayBase, ArrayRef, Data, Dimension, ShapeBuilder};

/// What generated code asks of an array that carries no derivative itself.
pub trait Elements<F> {
    /// The elements in logical order.
    fn elements_in_order(&self) -> Vec<F>;
    /// Replaces the elements.
    fn set_elements_in_order(&mut self, elements: Vec<F>);
}

impl<F: Element, D: Dimension> Elements<F> for ArrayRef<F, D> {
    #[inline]
    fn elements_in_order(&self) -> Vec<F> {
        self.iter().copied().collect()
    }
    #[inline]
    fn set_elements_in_order(&mut self, elements: Vec<F>) {
        self.iter_mut().zip(elements).for_each(|(to, x)| *to = x);
    }
}

/// An array of the shape, and in memory of the order, of another.
pub trait Refilled<F, D> {
    /// The array with these elements, in logical order.
    fn refilled_with(&self, elements: Vec<F>) -> Array<F, D>;
}

impl<F: Element, D: Dimension> Refilled<F, D> for ArrayRef<F, D> {
    #[inline]
    fn refilled_with(&self, elements: Vec<F>) -> Array<F, D> {
        let mut out = self.map(|x| *x);
        out.set_elements_in_order(elements);
        out
    }
}

/// Requires an array of ndarray's, for the sake of methods that are taken for its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array of ndarray's, and what this method does is not known",
    note = "write a loop over an index"
)]
pub trait NdArray {}
impl<S: Data, D: Dimension> NdArray for ArrayBase<S, D> {}
impl<A, D: Dimension> NdArray for ArrayRef<A, D> {}
impl<T: NdArray + ?Sized> NdArray for &T {}
impl<T: NdArray + ?Sized> NdArray for &mut T {}

/// Requires one.
#[inline(always)]
pub fn assert_array<T: NdArray + ?Sized>(_: &T) {}

/// Requires arrays of the same shape, as `Zip` does.
///
/// # Panics
/// They have different shapes.
#[inline]
#[track_caller]
pub fn assert_alike<A, B, D: Dimension, E: Dimension>(a: &ArrayRef<A, D>, b: &ArrayRef<B, E>) {
    assert!(
        a.shape() == b.shape(),
        "`Zip` of arrays of shapes {:?} and {:?}",
        a.shape(),
        b.shape()
    );
}

entry! {
    /// The elements in logical order.
    ElementsEntry [F: [Element] D: [Dimension + 'static]] for ArrayRef<F, D>;
    __differentiable_elements_in_order __masked_elements_in_order __jvp_elements_in_order __keep_elements_in_order;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    () -> Vec<F>, seed Vec<F>;
    bits 1;
    call |a| {
        (a.elements_in_order(), |t: Vec<F>, _: (Owned,), (bar,): (Option<&mut ArrayRef<F, D>>,), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                bar.iter_mut().zip(t).for_each(|(bar, t)| *bar += t);
            }
        })
    }
    jvp |a, (dot,)| {
        let value = a.elements_in_order();
        let tangent = dot.map_or_else(|| value.zero_tangent(), |dot| dot.elements_in_order());
        (value, tangent)
    }
}

entry! {
    /// An array like this one with other elements.
    RefilledEntry [F: [Element] D: [Dimension + 'static]] for ArrayRef<F, D>;
    __differentiable_refilled_with __masked_refilled_with __jvp_refilled_with __keep_refilled_with;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&ArrayRef<F, D>>;
    (elements: Vec<F>, again Owned, slot Option<&mut Vec<F>>, dot Given<Vec<F>>;)
        -> Array<F, D>, seed Array<F, D>;
    bits 0b10;
    call |a| {
        (
            a.refilled_with(elements),
            |t: Array<F, D>,
             _: (Owned, Owned),
             (_, bar): (Option<&mut ArrayRef<F, D>>, Option<&mut Vec<F>>),
             _: &mut crate::Tape| {
                if let Some(bar) = bar {
                    Tangent::absorb(bar, t.elements_in_order());
                }
            },
        )
    }
    jvp |a, (_, dot)| {
        let value = a.refilled_with(elements);
        let tangent = match dot.0.filter(|dot| !dot.is_empty()) {
            Some(dot) => a.refilled_with(dot),
            None => value.zero_tangent(),
        };
        (value, tangent)
    }
}

entry! {
    /// Other elements in this array.
    SetElementsEntry exclusive mut [F: [Element] D: [Dimension + 'static]] for ArrayRef<F, D>;
    __differentiable_set_elements_in_order __masked_set_elements_in_order __jvp_set_elements_in_order __keep_set_elements_in_order;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&mut ArrayRef<F, D>>;
    (elements: Vec<F>, again Owned, slot Option<&mut Vec<F>>, dot Given<Vec<F>>;) -> (), seed NoTangent;
    bits 0b10;
    call |a| {
        (
            a.set_elements_in_order(elements),
            |_: NoTangent,
             _: (Owned, Owned),
             (bar, elements): (Option<&mut ArrayRef<F, D>>, Option<&mut Vec<F>>),
             _: &mut crate::Tape| {
                let Some(bar) = bar else { return };
                if let Some(elements) = elements {
                    Tangent::absorb(elements, bar.elements_in_order());
                }
                bar.fill(F::from_f64(0.0));
            },
        )
    }
    jvp |a, (to, dot)| {
        a.set_elements_in_order(elements);
        if let Some(to) = to {
            to.fill(F::from_f64(0.0));
            if let Some(dot) = dot.0 {
                to.set_elements_in_order(dot);
            }
        }
        ((), NoTangent)
    }
}

entry! {
    /// `a.assign(&b)`, with `b` broadcast.
    AssignEntry exclusive mut [F: [Element] D: [Dimension + 'static]] of [E: [Dimension + 'static]] where []
        for ArrayRef<F, D>;
    __differentiable_assign __masked_assign __jvp_assign __keep_assign;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut ArrayRef<F, D>>, dot Option<&mut ArrayRef<F, D>>;
    (b: &ArrayRef<F, E>, again &ArrayRef<F, E>, slot Option<&mut ArrayRef<F, E>>, dot Option<&ArrayRef<F, E>>;)
        -> (), seed NoTangent;
    bits 0b10;
    call |a| {
        (
            a.assign(b),
            |_: NoTangent,
             (_, b): (Owned, &ArrayRef<F, E>),
             (bar, b_bar): (Option<&mut ArrayRef<F, D>>, Option<&mut ArrayRef<F, E>>),
             _: &mut crate::Tape| {
                let Some(bar) = bar else { return };
                if let Some(b_bar) = b_bar {
                    b_bar.scaled_add(F::from_f64(1.0), &reduce(bar.to_owned(), &b.raw_dim()));
                }
                bar.fill(F::from_f64(0.0));
            },
        )
    }
    jvp |a, (to, dot)| {
        a.assign(b);
        match (to, dot) {
            (Some(to), Some(dot)) => to.assign(dot),
            (Some(to), None) => to.fill(F::from_f64(0.0)),
            (None, _) => {}
        }
        ((), NoTangent)
    }
}

/// `array![…]` of any depth.
pub trait FromShape<F, Sh> {
    /// The array of this shape with these elements.
    fn from_shape_and_elements(shape: Sh, elements: Vec<F>) -> Self;
}

impl<F, D: Dimension, Sh: ShapeBuilder<Dim = D> + Clone> FromShape<F, Sh> for Array<F, D> {
    #[inline]
    fn from_shape_and_elements(shape: Sh, elements: Vec<F>) -> Self {
        let mut elements = elements.into_iter();
        Array::from_shape_simple_fn(shape, || match elements.next() {
            Some(x) => x,
            // The compiler has counted the elements of the user's own `array!`.
            None => unreachable!("an array with fewer elements than its shape"),
        })
    }
}

constructor! {
    /// `array![…]`.
    FromShapeEntry [F: [Element] D: [Dimension + 'static] Sh: [ShapeBuilder<Dim = D> + Clone]] for Array<F, D>;
    __differentiable_from_shape_and_elements __masked_from_shape_and_elements __jvp_from_shape_and_elements;
    (
        shape: Sh, again Owned, slot Unused, dot Unused;
        v: Vec<F>, again Owned, slot Option<&mut Vec<F>>, dot Given<Vec<F>>;
    ) -> Array<F, D>, seed Array<F, D>;
    bits 0b10;
    call {
        (Array::from_shape_and_elements(shape, v), |t: Array<F, D>, _: (Owned, Owned), (_, bar): (Unused, Option<&mut Vec<F>>), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                Tangent::absorb(bar, t.elements_in_order());
            }
        })
    }
    jvp |(_, dot)| {
        let value = Array::from_shape_and_elements(shape.clone(), v);
        let tangent = match dot.0.filter(|dot| !dot.is_empty()) {
            Some(dot) => Array::from_shape_and_elements(shape, dot),
            None => value.zero_tangent(),
        };
        (value, tangent)
    }
}
