//! Broadcasting, and its adjoint: the sum over the copies. This is the one place where it is done.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::shapes::{Added, Exact, Shaped};
use crate::{Real, Tangent};
use ndarray::{Array, ArrayBase, ArrayRef, Axis, Data, DimMax, Dimension};

/// The shape of an array that others are broadcast with.
#[derive(Clone, Debug)]
pub struct ShapeOf<D>(pub D);

/// Sums a cotangent over the axes that an array of shape `to` was repeated along.
pub fn reduce<T: Tangent, E: Dimension + 'static, D: Dimension + 'static>(
    t: Array<T, E>,
    to: &D,
) -> Array<T, D> {
    let mut t = t.into_dyn();
    if t.shape() != to.slice() && !t.is_empty() {
        while t.ndim() > to.ndim() {
            t = sum_along(&t, 0);
        }
        for (axis, &len) in to.slice().iter().enumerate() {
            if len == 1 && t.len_of(Axis(axis)) != 1 {
                t = sum_along(&t, axis).insert_axis(Axis(axis));
            }
        }
    }
    match t.into_dimensionality::<D>() {
        Ok(t) => t,
        // An empty cotangent is a zero of any shape.
        Err(_) => Array::from_shape_simple_fn(to.clone(), T::neutral),
    }
}

/// The sum along one axis.
pub fn sum_along<T: Tangent, D: ndarray::RemoveAxis + 'static>(
    t: &ArrayRef<T, D>,
    axis: usize,
) -> Array<T, D::Smaller> {
    t.map_axis(Axis(axis), |lane| {
        let mut sum = T::neutral();
        lane.iter().for_each(|x| sum.add_assign(x));
        sum
    })
}

/// The sum of all elements.
pub fn total<T: Tangent, D: Dimension + 'static>(t: &ArrayRef<T, D>) -> T {
    let mut sum = T::neutral();
    t.iter().for_each(|x| sum.add_assign(x));
    sum
}

impl<S: Data, D: Dimension + 'static> Shaped for ArrayBase<S, D> {
    type Shape = ShapeOf<D>;
    #[inline]
    fn shape_of(&self) -> ShapeOf<D> {
        ShapeOf(self.raw_dim())
    }
}

impl<A, D: Dimension + 'static> Shaped for ArrayRef<A, D> {
    type Shape = ShapeOf<D>;
    #[inline]
    fn shape_of(&self) -> ShapeOf<D> {
        ShapeOf(self.raw_dim())
    }
}

impl<T: Tangent, D: Dimension + 'static, E: Dimension + 'static> Added<Array<T, E>> for ShapeOf<D> {
    type Tangent = Array<T, D>;
    #[inline]
    fn added(self, t: &Array<T, E>) -> Array<T, D> {
        reduce(t.clone(), &self.0)
    }
}

impl<T: Tangent, D: Dimension + 'static, E: Dimension + 'static> Added<ArrayRef<T, E>>
    for ShapeOf<D>
{
    type Tangent = Array<T, D>;
    #[inline]
    fn added(self, t: &ArrayRef<T, E>) -> Array<T, D> {
        reduce(t.to_owned(), &self.0)
    }
}

macro_rules! number_added {
    ($($float:ident)*) => { $(
        impl<E: Dimension + 'static> Added<Array<$float, E>> for Exact<$float> {
            type Tangent = $float;
            #[inline]
            fn added(self, t: &Array<$float, E>) -> $float {
                total(t)
            }
        }
        impl<E: Dimension + 'static> Added<ArrayRef<$float, E>> for Exact<$float> {
            type Tangent = $float;
            #[inline]
            fn added(self, t: &ArrayRef<$float, E>) -> $float {
                total(t)
            }
        }
    )* };
}

number_added!(f32 f64);

/// The tangent of `a += b` for arrays, where `b` is broadcast.
impl<T: Tangent, D: Dimension + 'static, E: Dimension + 'static>
    crate::shapes::AddBroadcast<ArrayRef<T, D>> for &crate::rt::Wrap<'_, Array<T, E>>
{
    #[inline]
    fn add_to(&self, to: &mut ArrayRef<T, D>, factor: f64) {
        if self.0.is_empty() {
            return;
        }
        let mut by = self.0.clone();
        by.scale(factor);
        let Some(by) = by.broadcast(to.raw_dim()) else {
            super::wrong_shape(self.0.shape(), to.shape())
        };
        to.zip_mut_with(&by, |a, b| a.add_assign(b));
    }
}

macro_rules! number_added_to {
    ($($float:ident)*) => { $(
        impl<D: Dimension + 'static> crate::shapes::AddTo<Array<$float, D>> for crate::rt::Wrap<'_, $float> {
            #[inline]
            fn add_to(&self, to: &mut Array<$float, D>, factor: f64) {
                to.map_inplace(|x| *x += *self.0 * factor as $float);
            }
        }
        impl<D: Dimension + 'static> crate::shapes::AddTo<ArrayRef<$float, D>> for crate::rt::Wrap<'_, $float> {
            #[inline]
            fn add_to(&self, to: &mut ArrayRef<$float, D>, factor: f64) {
                to.map_inplace(|x| *x += *self.0 * factor as $float);
            }
        }
    )* };
}

number_added_to!(f32 f64);

/// An operand of a rule, whichever way it is passed.
pub trait Operand<A, D> {
    /// The array.
    fn array(&self) -> &ArrayRef<A, D>;
}

impl<S: Data, D: Dimension + 'static> Operand<S::Elem, D> for ArrayBase<S, D> {
    #[inline(always)]
    fn array(&self) -> &ArrayRef<S::Elem, D> {
        self
    }
}

impl<S: Data, D: Dimension + 'static> Operand<S::Elem, D> for &ArrayBase<S, D> {
    #[inline(always)]
    fn array(&self) -> &ArrayRef<S::Elem, D> {
        self
    }
}

impl<A, D: Dimension + 'static> Operand<A, D> for &ArrayRef<A, D> {
    #[inline(always)]
    fn array(&self) -> &ArrayRef<A, D> {
        self
    }
}

/// `t` times what `factor` gives for the two operands, element by element of the broadcast shape.
pub fn weighted<F: Real, D: Dimension + 'static, E: Dimension + 'static, O: Dimension + 'static>(
    a: &ArrayRef<F, D>,
    b: &ArrayRef<F, E>,
    t: &ArrayRef<F, O>,
    factor: impl Fn(F, F) -> F,
) -> Array<F, O> {
    let mut out = t.to_owned();
    if out.is_empty() {
        return out;
    }
    match (a.broadcast(t.raw_dim()), b.broadcast(t.raw_dim())) {
        (Some(a), Some(b)) => ndarray::Zip::from(&mut out)
            .and(&a)
            .and(&b)
            .for_each(|t, &a, &b| *t *= factor(a, b)),
        _ => super::wrong_shape(t.shape(), a.shape()),
    }
    out
}

/// The shape of two arrays together. Whether they fit was asked by the operator itself.
pub fn common<D: Dimension + 'static + DimMax<E>, E: Dimension + 'static>(
    a: &D,
    b: &E,
) -> <D as DimMax<E>>::Output {
    let n = a.ndim().max(b.ndim());
    let mut common = <<D as DimMax<E>>::Output as Dimension>::zeros(n);
    let at = |dim: &[usize], axis: usize| match (axis + dim.len()).checked_sub(n) {
        Some(axis) => dim[axis],
        None => 1,
    };
    for axis in 0..n {
        let (a, b) = (at(a.slice(), axis), at(b.slice(), axis));
        common[axis] = if a == 1 { b } else { a };
    }
    common
}
