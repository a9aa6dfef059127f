//! What is kept of a place before it is assigned, so that its adjoint has the earlier shape again: nothing where all
//! tangents of the type have one shape, else the zero tangent. Generated code asks without knowing the type.

use crate::data::Varied;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::Wrap;
use crate::{Differentiable, NoTangent, Tangent};

/// A tangent that has the same shape whatever value it belongs to. The derive implements it for structs whose fields
/// do; an enum, an `Option` and a `Vec` differ from value to value.
pub trait OneShape: Tangent {}

impl OneShape for NoTangent {}
impl OneShape for f32 {}
impl OneShape for f64 {}
impl OneShape for () {}
impl<T: OneShape> OneShape for Box<T> {}
impl<T: OneShape, const N: usize> OneShape for [T; N] {}

macro_rules! one_shape_tuple {
    ($(($($name:ident $index:tt),+))*) => { $(
        impl<$($name: OneShape),+> OneShape for ($($name,)+) {}
    )* };
}

crate::tangent::for_each_tuple!(one_shape_tuple);

/// The shape that the adjoint has anyway.
#[derive(Clone, Copy, Debug)]
pub struct Same;

/// A zero tangent of the shape that the place had.
#[derive(Clone, Debug)]
pub struct Before<T>(pub T);

/// Chosen first, two references further out: the shape never changes.
pub trait ShapeOfFixed {
    /// Keeps nothing.
    #[inline(always)]
    fn shape(&self) -> Same {
        Same
    }
}

impl<T: Differentiable<Tangent: OneShape> + ?Sized> ShapeOfFixed for &&Wrap<'_, T> {}

/// Chosen next: the shape is that of the value.
pub trait ShapeOfDifferentiable {
    /// The tangent's type.
    type Tangent: Tangent;
    /// Keeps the zero.
    fn shape(&self) -> Before<Self::Tangent>;
}

impl<T: Differentiable + ?Sized> ShapeOfDifferentiable for &Wrap<'_, T> {
    type Tangent = T::Tangent;
    #[inline(always)]
    fn shape(&self) -> Before<T::Tangent> {
        Before(self.0.zero_tangent())
    }
}

/// Chosen otherwise: the value of a `#[constant]` field, of any type.
pub trait ShapeOfAnything {
    /// Keeps nothing.
    #[inline(always)]
    fn shape(&self) -> Same {
        Same
    }
}

impl<T: ?Sized> ShapeOfAnything for Wrap<'_, T> {}

/// What has to be kept of the shape of a place that is about to be assigned.
#[doc(hidden)]
#[macro_export]
macro_rules! __shape {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{ShapeOfAnything as _, ShapeOfDifferentiable as _, ShapeOfFixed as _};
        (&&&$crate::rt::Wrap(&$place)).shape()
    }};
}

/// What was kept of a place's shape.
pub trait Earlier<T> {
    /// Moves the adjoint out and leaves a zero of that shape.
    fn exchange(self, adjoint: &mut T) -> T;
}

impl<T: Tangent> Earlier<T> for Same {
    #[inline(always)]
    fn exchange(self, adjoint: &mut T) -> T {
        adjoint.take()
    }
}

impl<T: Tangent> Earlier<T> for Before<T> {
    #[inline(always)]
    fn exchange(self, adjoint: &mut T) -> T {
        core::mem::replace(adjoint, self.0)
    }
}

/// The field that was assigned is a `#[constant]` one.
impl<T: Varied> Earlier<NoTangent> for Before<T> {
    #[inline(always)]
    fn exchange(self, _: &mut NoTangent) -> NoTangent {
        NoTangent
    }
}

/// Moves an adjoint out of its place and leaves a zero of the shape that was kept.
#[inline(always)]
pub fn exchange<T, K: Earlier<T>>(adjoint: &mut T, kept: K) -> T {
    kept.exchange(adjoint)
}

/// Chosen first, two references further out: the shape never changes.
pub trait FitFixed<Z: ?Sized> {
    /// Does nothing.
    #[inline(always)]
    fn fit_zero(&self, zero: &mut Z) {
        let _ = zero;
    }
}

impl<T: Differentiable<Tangent: OneShape> + ?Sized, Z: ?Sized> FitFixed<Z> for &&Wrap<'_, T> {}

/// Chosen next: the zero gets the shape of the value.
pub trait FitDifferentiable<Z: ?Sized> {
    /// Fits the zero.
    fn fit_zero(&self, zero: &mut Z);
}

impl<T: Differentiable + ?Sized, Z: FitTo<T> + ?Sized> FitDifferentiable<Z> for &Wrap<'_, T> {
    #[inline(always)]
    fn fit_zero(&self, zero: &mut Z) {
        zero.fit_to(self.0);
    }
}

/// Chosen otherwise: there is nothing to fit.
pub trait FitAnything<Z: ?Sized> {
    /// Does nothing.
    #[inline(always)]
    fn fit_zero(&self, zero: &mut Z) {
        let _ = zero;
    }
}

impl<T: ?Sized, Z: ?Sized> FitAnything<Z> for Wrap<'_, T> {}

/// A zero in the place of a value of type `T`: the value's own, or none where the field is a `#[constant]` one.
pub trait FitTo<T: ?Sized> {
    /// Gives it the shape of the value.
    fn fit_to(&mut self, value: &T);
}

impl<T: Differentiable + ?Sized, Z: Tangent> FitTo<T> for Z
where
    T::Tangent: FitFrom<Z>,
{
    #[inline(always)]
    fn fit_to(&mut self, value: &T) {
        T::Tangent::fit_from(value, self);
    }
}

/// A slice that is lent: its elements may have got other shapes.
impl<T: Differentiable> FitTo<[T]> for [T::Tangent] {
    #[inline(always)]
    fn fit_to(&mut self, value: &[T]) {
        crate::vectors::fit_elements(value, self);
    }
}

/// The tangent of a value whose place holds a zero of type `Z`.
pub trait FitFrom<Z>: Tangent {
    /// Fits the zero.
    fn fit_from<T: Differentiable<Tangent = Self> + ?Sized>(value: &T, zero: &mut Z);
}

impl<Z: Tangent> FitFrom<Z> for Z {
    #[inline(always)]
    fn fit_from<T: Differentiable<Tangent = Z> + ?Sized>(value: &T, zero: &mut Z) {
        value.fit(zero);
    }
}

impl<Z: Varied> FitFrom<NoTangent> for Z {
    #[inline(always)]
    fn fit_from<T: Differentiable<Tangent = Z> + ?Sized>(_: &T, _: &mut NoTangent) {}
}

/// Gives the zero in a place the shape of the value in the same place.
#[doc(hidden)]
#[macro_export]
macro_rules! __fit_part {
    ($value:expr, $zero:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{FitAnything as _, FitDifferentiable as _, FitFixed as _};
        (&&&$crate::rt::Wrap(&$value)).fit_zero(&mut $zero)
    }};
}

/// Chosen first: the shape never changes.
pub trait ShapeOfFixedZero {
    /// Keeps nothing.
    #[inline(always)]
    fn shape_of_zero(&self) -> Same {
        Same
    }
}

impl<T: OneShape> ShapeOfFixedZero for &Wrap<'_, T> {}

/// Chosen otherwise: the zero has the shape.
pub trait ShapeOfZero {
    /// The zero's type.
    type Tangent;
    /// Keeps a copy.
    fn shape_of_zero(&self) -> Before<Self::Tangent>;
}

impl<T: Tangent> ShapeOfZero for Wrap<'_, T> {
    type Tangent = T;
    #[inline(always)]
    fn shape_of_zero(&self) -> Before<T> {
        Before(self.0.clone())
    }
}

/// What has to be kept of the shape that a zero tangent has.
#[doc(hidden)]
#[macro_export]
macro_rules! __shape_of_zero {
    ($zero:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{ShapeOfFixedZero as _, ShapeOfZero as _};
        (&&$crate::rt::Wrap(&$zero)).shape_of_zero()
    }};
}

/// A cotangent or a direction that a user gave, in the shape of the value: what belongs to another variant is zero, and
/// so is what is not there.
pub trait Fits<T> {
    /// Gives it that shape.
    fn fits(self, given: T) -> T;
}

impl<T: Tangent> Fits<T> for Same {
    #[inline(always)]
    fn fits(self, given: T) -> T {
        given
    }
}

impl<T: Tangent> Fits<T> for Before<T> {
    #[inline]
    fn fits(self, given: T) -> T {
        let mut zero = self.0;
        zero.absorb(given);
        zero
    }
}

/// A cotangent or a direction in the shape that was kept.
#[inline(always)]
pub fn fitted<T, K: Fits<T>>(shape: K, given: T) -> T {
    shape.fits(given)
}
