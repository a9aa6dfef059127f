//! Adjoints of vectors that grow and shrink.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, OptionTangent, Tangent};

/// Gives a zero tangent the shape of a value.
#[inline(always)]
pub fn fit<T: Differentiable + ?Sized>(x: &T, zero: &mut T::Tangent) {
    x.fit(zero);
}

/// The same for each element of a part of a sequence.
#[inline]
pub fn fit_elements<T: Differentiable>(xs: &[T], zeros: &mut [T::Tangent]) {
    for (x, zero) in xs.iter().zip(zeros) {
        x.fit(zero);
    }
}

/// Requires a vector, for the sake of a method that was taken for one of `Vec`'s.
#[inline(always)]
pub fn assert_vector<T: Vector + ?Sized>(_: &T) {}

/// What a method that changes a vector's length is called on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Vec`, and the derivative of this method is not known",
    label = "this has the name of a method of `Vec`, and is called on `{Self}`",
    note = "keep values that carry a derivative in a `Vec`, or move this into a `#[differentiable]` function"
)]
pub trait Vector {}

impl<T> Vector for Vec<T> {}
#[diagnostic::do_not_recommend]
impl<T: Vector + ?Sized> Vector for &mut T {}

/// Type-checks only if both move a value out and leave its default.
#[inline(always)]
pub fn same_take<T, F: Fn(&mut T) -> T>(_: F, _: F, _: &T) {}

/// Type-checks only if both exchange a value for another.
#[inline(always)]
pub fn same_replace<T, F: Fn(&mut T, T) -> T>(_: F, _: F, _: &T) {}

/// Takes the adjoint of the element that was pushed last.
#[inline(always)]
pub fn pop<T>(adjoint: &mut Vec<T>) -> T {
    match adjoint.pop() {
        Some(last) => last,
        None => too_short(),
    }
}

/// Reports a cotangent that has fewer elements than its value.
#[cold]
#[inline(never)]
fn too_short() -> ! {
    panic!("a cotangent was given that has fewer elements than the vector that it belongs to")
}

/// Gives the adjoint the elements back that the vector lost, as zeros.
#[inline]
pub fn lengthen<T: Clone>(adjoint: &mut Vec<T>, length: usize, zero: T) {
    if adjoint.len() < length {
        adjoint.resize(length, zero);
    }
}

/// The zero tangents of the elements from the position `from` on.
#[inline]
pub fn dropped<T: Differentiable>(xs: &[T], from: usize) -> Vec<T::Tangent> {
    xs.get(from..)
        .unwrap_or_default()
        .iter()
        .map(T::zero_tangent)
        .collect()
}

/// The sum of the adjoints of the elements that a vector of this length got, which go.
#[inline]
pub fn sum_added<T: Tangent>(adjoint: &mut Vec<T>, length: usize, zero: T) -> T {
    let mut sum = zero;
    for added in adjoint.drain(length.min(adjoint.len())..) {
        sum.absorb(added);
    }
    sum
}

/// The zero tangent of the last element.
#[inline]
pub fn zero_of_last<T: Differentiable>(xs: &[T]) -> OptionTangent<T::Tangent> {
    popped(xs.last().map(T::zero_tangent))
}

/// The adjoint of an element that was popped goes back to its place; `zero` tells whether there was one.
#[inline]
pub fn push_back<T: Tangent>(
    adjoint: &mut Vec<T>,
    zero: OptionTangent<T>,
    popped: OptionTangent<T>,
) {
    if let OptionTangent::Some(mut element) = zero {
        if let OptionTangent::Some(popped) = popped {
            element.absorb(popped);
        }
        adjoint.push(element);
    }
}

/// The tangent of what `pop` gave.
#[inline]
pub fn popped<T>(element: Option<T>) -> OptionTangent<T> {
    match element {
        Some(element) => OptionTangent::Some(element),
        None => OptionTangent::None,
    }
}

/// The opposite of `swap_remove`.
#[inline]
pub fn swap_insert<T>(adjoint: &mut Vec<T>, at: usize, removed: T) {
    adjoint.push(removed);
    let last = adjoint.len() - 1;
    adjoint.swap(at, last);
}
