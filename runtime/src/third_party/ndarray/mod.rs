//! `ndarray`: the tangent of an owned array and of a view is an owned array of the elements' tangents.

mod broadcast;
mod constructors;
mod elements;
mod elementwise;
mod methods;
mod operators;
mod views;

use crate::data::Varied;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Accumulate, Again, Along, Opens, Passed, TakePart, ZeroLike};
use crate::{Differentiable, Tangent};
use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, ArrayViewMut, Data, Dimension, Ix1, Zip};

#[diagnostic::do_not_recommend]
impl<S, D> Differentiable for ArrayBase<S, D>
where
    S: Data<Elem: Differentiable>,
    D: Dimension + 'static,
{
    type Tangent = Array<<S::Elem as Differentiable>::Tangent, D>;
    type Shadow = ArrayRef<<S::Elem as Differentiable>::Tangent, D>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.map(S::Elem::zero_tangent)
    }
    #[inline(always)]
    fn shadow(tangent: &mut Self::Tangent) -> &mut Self::Shadow {
        tangent
    }
}

#[diagnostic::do_not_recommend]
impl<A: Differentiable, D: Dimension + 'static> Differentiable for ArrayRef<A, D> {
    type Tangent = Array<A::Tangent, D>;
    type Shadow = ArrayRef<A::Tangent, D>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.map(A::zero_tangent)
    }
    #[inline(always)]
    fn shadow(tangent: &mut Self::Tangent) -> &mut Self::Shadow {
        tangent
    }
}

impl<T: Tangent, D: Dimension + 'static> Varied for Array<T, D> {}

/// A vector is run through like a slice: its items are those of its numbers.
#[diagnostic::do_not_recommend]
impl<S: Data> crate::data::Sequence for ArrayBase<S, Ix1> {}

/// Arrays and views by their pairs of numbers.
macro_rules! indexed_alike {
    ($($index:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl<S: Data, D: Dimension> crate::ways::IndexedAlike<$index> for ArrayBase<S, D> {
            type Way = crate::ways::Direct<$index>;
            #[inline(always)]
            fn direct(index: $index) -> crate::ways::Direct<$index> {
                crate::ways::Direct(index)
            }
        }
    )* };
}

indexed_alike!(
    usize,
    (usize, usize),
    (usize, usize, usize),
    (usize, usize, usize, usize)
);

/// An empty array is a zero of any shape.
impl<T: Tangent, D: Dimension + 'static> Tangent for Array<T, D> {
    #[inline]
    fn add_assign(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        add(self, other);
    }
    #[inline]
    fn absorb(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.add_assign(&other);
        }
    }
    #[inline]
    fn scale(&mut self, factor: f64) {
        self.map_inplace(|x| x.scale(factor));
    }
    #[inline]
    fn dot(&self, other: &Self) -> f64 {
        if self.is_empty() || other.is_empty() {
            return 0.0;
        }
        Zip::from(self)
            .and(other)
            .fold(0.0, |sum, a, b| sum + a.dot(b))
    }
    #[inline]
    fn set_zero(&mut self) {
        self.map_inplace(Tangent::set_zero);
    }
    #[inline]
    fn zero_like(&self) -> Self {
        self.map(Tangent::zero_like)
    }
    #[inline]
    fn neutral() -> Self {
        // An array without dimensions has one element, any other can be empty.
        let dim = D::zeros(D::NDIM.unwrap_or(1));
        Array::from_shape_simple_fn(dim, T::neutral)
    }
    #[inline]
    fn for_each(&self, visit: &mut dyn FnMut(f64)) {
        self.iter().for_each(|element| element.for_each(visit));
    }
    #[inline]
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut()
            .for_each(|element| element.for_each_mut(visit));
    }
    #[inline]
    fn is_finite(&self) -> bool {
        self.iter().all(Tangent::is_finite)
    }
}

/// Adds element by element; the shapes are the same.
#[inline]
fn add<T: Tangent, D: Dimension + 'static>(into: &mut ArrayRef<T, D>, by: &ArrayRef<T, D>) {
    if into.shape() != by.shape() {
        wrong_shape(by.shape(), into.shape());
    }
    into.zip_mut_with(by, |a, b| a.add_assign(b));
}

/// Reports a cotangent that is not of its value's shape.
#[cold]
#[inline(never)]
fn wrong_shape(given: &[usize], expected: &[usize]) -> ! {
    panic!("a cotangent of shape {given:?} was given for an array of shape {expected:?}")
}

/// What generated code names.
pub mod named {
    pub use super::elements::{assert_alike, assert_array};
    pub use ndarray::{Array, Array1, Axis};
}

/// The entries of methods.
pub mod entries {
    pub use super::constructors::{FromElemEntry as _, FromVecEntry as _};
    pub use super::elements::{
        AssignEntry as _, Elements as _, ElementsEntry as _, FromShape as _, FromShapeEntry as _,
        Refilled as _, RefilledEntry as _, SetElementsEntry as _,
    };
    pub use super::methods::{
        DotEntry as _, MeanAxisEntry as _, MeanEntry as _, ProductEntry as _, SumAxisEntry as _,
        SumEntry as _,
    };
    pub use super::views::{
        ColumnEntry as _, DiagEntry as _, IndexAxisEntry as _, RowEntry as _, SliceEntry as _,
        TransposeEntry as _, ViewEntry as _,
    };
}

impl<T: Tangent, D: Dimension + 'static> Accumulate<Array<T, D>> for ArrayRef<T, D> {
    #[inline]
    fn accumulate(&mut self, by: Array<T, D>) {
        if !by.is_empty() {
            add(self, &by);
        }
    }
}

impl<T: Tangent, D: Dimension + 'static> Accumulate<Array<T, D>> for ArrayViewMut<'_, T, D> {
    #[inline]
    fn accumulate(&mut self, by: Array<T, D>) {
        if !by.is_empty() {
            add(self, &by);
        }
    }
}

macro_rules! accumulate_view {
    ($($into:ty),*) => { $(
        impl<T: Tangent, D: Dimension + 'static> Accumulate<ArrayView<'_, T, D>> for $into {
            #[inline]
            fn accumulate(&mut self, by: ArrayView<'_, T, D>) {
                add(self, &by);
            }
        }
    )* };
}

accumulate_view!(Array<T, D>, ArrayRef<T, D>, ArrayViewMut<'_, T, D>);

impl<T: Tangent, D: Dimension + 'static> ZeroLike for ArrayRef<T, D> {
    type Owned = Array<T, D>;
    #[inline]
    fn zero_like(&self) -> Array<T, D> {
        self.map(Tangent::zero_like)
    }
}

impl<T: Tangent, D: Dimension + 'static> ZeroLike for ArrayViewMut<'_, T, D> {
    type Owned = Array<T, D>;
    #[inline]
    fn zero_like(&self) -> Array<T, D> {
        self.map(Tangent::zero_like)
    }
}

impl<'a, T, D: Dimension> Passed<ArrayView<'a, T, D>> for &'a Array<T, D> {
    #[inline]
    fn passed(self) -> ArrayView<'a, T, D> {
        self.view()
    }
}

/// A part of an array, taken out while a call changes another part.
macro_rules! part {
    ($($of:ty),*) => { $(
        impl<T: Tangent, D: Dimension + 'static> TakePart for $of {
            type Owned = Array<T, D>;
            #[inline]
            fn take_part(&mut self) -> Array<T, D> {
                self.map_mut(Tangent::take)
            }
            #[inline]
            fn give_back(&mut self, part: Array<T, D>) {
                for (element, part) in self.iter_mut().zip(part) {
                    *element = part;
                }
            }
        }
    )* };
}

part!(ArrayRef<T, D>, ArrayViewMut<'_, T, D>);

/// The borrows of a part of an array that generated code lends.
macro_rules! lent {
    ($($from:ty),*) => { $(
        impl<'a, T, D: Dimension + 'static> Opens<Option<&'a mut ArrayRef<T, D>>> for &'a mut $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a mut ArrayRef<T, D>> {
                Some(self)
            }
        }
        impl<'a, T, D: Dimension + 'static> Along<Option<&'a mut ArrayRef<T, D>>> for &'a mut $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a mut ArrayRef<T, D>> {
                Some(self)
            }
        }
        impl<'a, T, D: Dimension + 'static> Along<Option<&'a ArrayRef<T, D>>> for &'a mut $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a ArrayRef<T, D>> {
                Some(self)
            }
        }
        impl<'a, T, D: Dimension + 'static> Along<Option<&'a ArrayRef<T, D>>> for &'a $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a ArrayRef<T, D>> {
                Some(self)
            }
        }
    )* };
}

lent!(Array<T, D>, ArrayRef<T, D>, ArrayViewMut<'_, T, D>);

impl<'a, S: Data, D: Dimension + 'static> Again<&'a ArrayRef<S::Elem, D>> for &'a ArrayBase<S, D> {
    #[inline(always)]
    fn again(self) -> &'a ArrayRef<S::Elem, D> {
        self
    }
}

/// A view is kept as an array of its own.
impl<T: Clone, D: Dimension> crate::rt::ItemByReference
    for crate::rt::Item<'_, ArrayView<'_, T, D>>
{
    type Kept = Array<T, D>;
    #[inline]
    fn kept(&self) -> Array<T, D> {
        self.0.to_owned()
    }
}
