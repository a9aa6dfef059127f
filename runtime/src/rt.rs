//! The vocabulary of generated code. Not for users: names and meanings may change in any version.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::tangent::add_elements;
pub use crate::{Differentiable, NoTangent, OptionTangent, Real, ResultTangent, Tangent};
use core::marker::PhantomData;

pub use crate::__add_to as add_to;
pub use crate::__behind as behind;
pub use crate::__fit_part as fit_part;
pub use crate::__glance as glance;
pub use crate::__index_way as index_way;
pub use crate::__inside as inside;
pub use crate::__item as item;
pub use crate::__keep_value as keep_value;
pub use crate::__lasting as lasting;
pub use crate::__like as like;
pub use crate::__operand as operand;
pub use crate::__receiver as receiver;
pub use crate::__seen as seen;
pub use crate::__shape as shape;
pub use crate::__shape_of_zero as shape_of_zero;
pub use crate::__zero_or_none as zero_or_none;
pub use crate::again::*;
pub use crate::arrays::*;
pub use crate::calls::*;
pub use crate::data::*;
pub use crate::detach::{detach, stop_gradient};
pub use crate::facts::{
    Ask, Facts, Holds, Is, Known, Methods, Open, Otherwise, Pick, Picked, Unknown, asked, ends,
    told,
};
pub use crate::fixed::*;
pub use crate::functions::*;
pub use crate::heard::*;
pub use crate::helper;
pub use crate::jacobian::{self, Jacobian};
pub use crate::methods::*;
pub use crate::nonfinite::NonFinite;
pub use crate::nonfinite::Operation::{self, Cast, Input, Named, Operator, Sum};
pub use crate::nothing::{Inside, InsideOfTangent};
pub use crate::objects::*;
pub use crate::observe::*;
pub use crate::ops::*;
pub use crate::optim::{Parameters, Update, UpdateBy};
pub use crate::order::*;
pub use crate::parts::*;
pub use crate::reachability::{Cut, Reach, ReachOf, Reachability};
pub use crate::shapes::*;
pub use crate::tape::{Cells, Lane, Rows, Slot, Tape, taken};
#[cfg(feature = "ndarray")]
pub use crate::third_party::nd;
pub use crate::vectors::*;
pub use crate::ways::*;
pub use alloc::boxed::Box;
pub use core::option::Option::{None, Some};
/// Brings the methods of real numbers into scope that std would have.
/// Also the entries of methods of other crates' types.
pub mod methods {
    #[cfg(not(feature = "std"))]
    pub use crate::Real;
    #[cfg(feature = "tensor")]
    pub use crate::tensor::entries::*;
    #[allow(unused_imports)]
    pub use crate::third_party::entries::*;
}

/// Macros that are taken to be std's, to be looked at beside those that a user has.
pub mod macros {
    pub use alloc::vec;
}

pub use alloc::collections::VecDeque;
pub use alloc::vec;
pub use alloc::vec::Vec;

/// The number of the item that an iterator gives next, which is counted; a number that no item has at the end.
#[inline(always)]
pub fn next_of(next: &mut usize, end: usize) -> usize {
    let number = first_of(*next, end);
    *next += usize::from(*next < end);
    number
}

/// Likewise from the end.
#[inline(always)]
pub fn last_of(next: usize, end: &mut usize) -> usize {
    if next >= *end {
        return usize::MAX;
    }
    *end -= 1;
    *end
}

/// The same number, without counting.
#[inline(always)]
pub fn first_of(next: usize, end: usize) -> usize {
    if next < end { next } else { usize::MAX }
}

/// The zero tangent at `x`.
#[inline(always)]
pub fn zero<T: Differentiable + ?Sized>(x: &T) -> T::Tangent {
    x.zero_tangent()
}

/// Borrows the tangent of a value of type `T` as what a callee with that parameter asks for. The
/// value is there for its type alone.
#[inline(always)]
pub fn shadow<'a, T: Differentiable + ?Sized>(
    _of: &T,
    tangent: &'a mut T::Tangent,
) -> &'a mut T::Shadow {
    T::shadow(tangent)
}

/// Adds a contribution to an adjoint.
#[inline(always)]
pub fn accumulate<S: Accumulate<V> + ?Sized, V>(into: &mut S, by: V) {
    into.accumulate(by);
}

/// So many elements from an index on, which is not asked for if there are none.
#[inline(always)]
pub fn run<T>(of: &[T], from: impl FnOnce() -> usize, n: usize) -> &[T] {
    match n {
        0 => &[],
        n => &of[from()..][..n],
    }
}

/// The same, to be written to.
#[inline(always)]
pub fn run_mut<T>(of: &mut [T], from: impl FnOnce() -> usize, n: usize) -> &mut [T] {
    match n {
        0 => &mut [],
        n => &mut of[from()..][..n],
    }
}

/// What the parts of a sum make together.
#[inline(always)]
pub fn total<T: Copy + core::ops::Add<Output = T>>(parts: [T; 8]) -> T {
    let [a, b, c, d, e, f, g, h] = parts;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// The multiple of a tangent.
#[inline(always)]
pub fn multiple<T: Tangent>(mut of: T, factor: f64) -> T {
    of.scale(factor);
    of
}

/// Adds the multiple of a row of tangents to others.
#[inline(always)]
pub fn add_multiple<T: Tangent + Default>(to: &mut [T], row: &Rows<T>, factor: f64) {
    let row = row.last(to.len());
    for (to, of) in to.iter_mut().zip(row) {
        let mut multiple = of.clone();
        multiple.scale(factor);
        to.add_assign(&multiple);
    }
}

/// Moves an adjoint out and leaves a zero of the same shape.
#[inline(always)]
pub fn take<T: Tangent>(x: &mut T) -> T {
    x.take()
}

/// A copy of what is borrowed.
#[inline(always)]
pub fn to_owned<T: ToOwned + ?Sized>(x: &T) -> T::Owned {
    x.to_owned()
}

/// The number as a `T`, for partial derivatives in generic functions.
#[inline(always)]
pub fn real<T: Real>(value: f64) -> T {
    T::from_f64(value)
}

/// The number in the type of `like`, where that type has no name.
#[inline(always)]
pub fn real_like<T: Real>(_like: &T, value: f64) -> T {
    T::from_f64(value)
}

/// What a reference leads to, as a value of its own.
#[inline(always)]
pub fn owned<T: ?Sized + ToOwned>(reference: &T) -> T::Owned {
    reference.to_owned()
}

/// What an adjoint, or a shadow of one, can have added to it.
#[diagnostic::on_unimplemented(
    message = "a cotangent of type `{V}` does not fit an adjoint of type `{Self}`"
)]
pub trait Accumulate<V> {
    /// Adds `by`.
    fn accumulate(&mut self, by: V);
}

impl<T: Tangent> Accumulate<T> for T {
    #[inline(always)]
    fn accumulate(&mut self, by: T) {
        self.absorb(by);
    }
}

/// What flows to a `#[constant]` field goes nowhere.
impl<T: Varied> Accumulate<T> for NoTangent {
    #[inline(always)]
    fn accumulate(&mut self, _: T) {}
}

/// What comes from a `#[constant]` field is zero.
impl<T: Varied> Accumulate<NoTangent> for T {
    #[inline(always)]
    fn accumulate(&mut self, _: NoTangent) {}
}

impl<T: Tangent, const N: usize> Accumulate<[T; N]> for Vec<T> {
    #[inline]
    fn accumulate(&mut self, by: [T; N]) {
        self.accumulate(by.as_slice());
    }
}

impl<T: Tangent> Accumulate<&[T]> for Vec<T> {
    #[inline]
    fn accumulate(&mut self, by: &[T]) {
        let shared = self.len().min(by.len());
        add_elements(self, by);
        self.extend_from_slice(&by[shared..]);
    }
}

impl<T: Tangent, const N: usize> Accumulate<Vec<T>> for [T; N] {
    #[inline]
    fn accumulate(&mut self, by: Vec<T>) {
        self.as_mut_slice().accumulate(by.as_slice());
    }
}

impl<T: Tangent, const N: usize> Accumulate<&[T]> for [T; N] {
    #[inline]
    fn accumulate(&mut self, by: &[T]) {
        self.as_mut_slice().accumulate(by);
    }
}

impl<T: Tangent> Accumulate<Vec<T>> for [T] {
    #[inline]
    fn accumulate(&mut self, by: Vec<T>) {
        self.accumulate(by.as_slice());
    }
}

impl<T: Tangent, const N: usize> Accumulate<[T; N]> for [T] {
    #[inline]
    fn accumulate(&mut self, by: [T; N]) {
        self.accumulate(by.as_slice());
    }
}

impl<T: Tangent> Accumulate<&[T]> for [T] {
    /// A shorter `by` has zeros behind it. A longer one is a seed of the wrong length.
    #[inline]
    fn accumulate(&mut self, by: &[T]) {
        if by.len() > self.len() {
            too_long(by.len(), self.len());
        }
        add_elements(self, by);
    }
}

/// Reports a cotangent that has more elements than its value.
#[cold]
#[inline(never)]
fn too_long(given: usize, expected: usize) -> ! {
    panic!("a cotangent of {given} elements was given for a slice of {expected}")
}

/// Names the type that a closure never called would give: that of a frame, which cannot be written.
#[inline(always)]
pub fn frame_type<A, R, F: 'static>(_: impl FnOnce(A) -> (R, F)) -> PhantomData<F> {
    PhantomData
}

/// A value whose type may or may not be `Differentiable`; see [`zero_or_none!`].
#[derive(Debug)]
pub struct Wrap<'a, T: ?Sized>(pub &'a T);

/// Chosen first, one reference further out: the type is `Differentiable`.
pub trait ZeroOfDifferentiable {
    /// The zero's type.
    type Tangent: Tangent;
    /// The zero tangent at the value.
    fn zero_or_none(&self) -> Self::Tangent;
}

impl<T: Differentiable + ?Sized> ZeroOfDifferentiable for &Wrap<'_, T> {
    type Tangent = T::Tangent;
    #[inline(always)]
    fn zero_or_none(&self) -> T::Tangent {
        self.0.zero_tangent()
    }
}

/// Chosen otherwise: the type carries no derivative.
pub trait ZeroOfAnything {
    /// No tangent.
    fn zero_or_none(&self) -> NoTangent;
}

impl<T: ?Sized> ZeroOfAnything for Wrap<'_, T> {
    #[inline(always)]
    fn zero_or_none(&self) -> NoTangent {
        NoTangent
    }
}

/// The zero tangent of an expression, and `NoTangent` if its type is not `Differentiable`.
///
/// It works by autoref: the receiver has one reference more than the fallback needs, and rustc
/// prefers the candidate that dereferences less often.
#[doc(hidden)]
#[macro_export]
macro_rules! __zero_or_none {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{ZeroOfAnything as _, ZeroOfDifferentiable as _};
        (&&$crate::rt::Wrap(&$value)).zero_or_none()
    }};
}
