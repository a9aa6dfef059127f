//! Arrays that are made element by element: `map` and `from_fn`, whose length only rustc knows.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Given, Observer, Owned};
use crate::{Differentiable, TangentOf, Tape};
use core::marker::PhantomData;

/// The length of an array, as a type.
pub type Length<const N: usize> = PhantomData<[(); N]>;

/// What has the `map` of an array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an array, and the derivative of its `map` is not known",
    label = "this has the name of a method of arrays, and is called on `{Self}`",
    note = "where it is an `Option`, a `Result` or an iterator in a variable, give the variable its type, or write a `match` or a loop"
)]
pub trait Array<const N: usize> {}

impl<T, const N: usize> Array<N> for [T; N] {}
#[diagnostic::do_not_recommend]
impl<A: Array<N> + ?Sized, const N: usize> Array<N> for &A {}
#[diagnostic::do_not_recommend]
impl<A: Array<N> + ?Sized, const N: usize> Array<N> for &mut A {}

/// The length of an array.
#[inline(always)]
pub fn length_of<A: Array<N> + ?Sized, const N: usize>(_: &A) -> Length<N> {
    PhantomData
}

/// A length that is told later.
#[inline(always)]
pub fn any_length<const N: usize>() -> Length<N> {
    PhantomData
}

/// The number itself.
#[inline(always)]
pub fn number<const N: usize>(_: Length<N>) -> usize {
    N
}

/// Gives an array its length.
#[inline(always)]
pub fn same_length<T, const N: usize>(_: Length<N>, _: &[T; N]) {}

/// Type-checks only if both are the function that makes an array of what a function gives for each index.
#[inline(always)]
pub fn same_from_fn<T, const N: usize, F: Fn(fn(usize) -> T) -> [T; N]>(_: F, _: F, _: &[T; N]) {}

/// The elements as an array.
#[inline(always)]
pub fn array<T, const N: usize>(elements: Vec<T>) -> [T; N] {
    match elements.try_into() {
        Ok(array) => array,
        Err(_) => panic!("an array is made of as many elements as it has"),
    }
}

/// The derivatives of `array`, as `#[differentiable]` would write them.
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub enum array {}

/// What a caller lends of the vector's adjoint.
type Slot<'a, T> = Option<&'a mut Vec<TangentOf<T>>>;

#[allow(clippy::type_complexity)]
impl array {
    /// The value and its pullback.
    #[inline]
    pub fn __call<T: Differentiable, const N: usize>(
        elements: Vec<T>,
        _: &mut Tape,
    ) -> (
        [T; N],
        impl FnOnce([TangentOf<T>; N], (Owned,), (Slot<'_, T>,), &mut Tape) + Send + 'static + use<T, N>,
    ) {
        let back = |seed: [TangentOf<T>; N], _: (Owned,), (slot,): (Slot<'_, T>,), _: &mut Tape| {
            if let Some(slot) = slot {
                crate::rt::accumulate(slot, Vec::from(seed));
            }
        };
        (array(elements), back)
    }

    /// The same, and which arguments reach the value.
    #[inline]
    pub fn __masked_call<T: Differentiable, const N: usize, O: Observer>(
        elements: Vec<T>,
        tape: &mut O,
    ) -> (
        [T; N],
        u64,
        impl FnOnce([TangentOf<T>; N], (Owned,), (Slot<'_, T>,), &mut O) + Send + 'static + use<T, N, O>,
    ) {
        let (value, back) = Self::__call(elements, tape.tape());
        let back =
            move |seed: [TangentOf<T>; N], again: (Owned,), slot: (Slot<'_, T>,), tape: &mut O| {
                back(seed, again, slot, tape.tape());
            };
        (value, 1, back)
    }

    /// The value and its tangent.
    #[inline]
    pub fn __jvp<T: Differentiable, const N: usize>(
        elements: Vec<T>,
        (Given(dot),): (Given<Vec<TangentOf<T>>>,),
    ) -> ([T; N], [TangentOf<T>; N]) {
        let dot = dot.unwrap_or_else(|| elements.zero_tangent());
        (array(elements), array(dot))
    }
}
