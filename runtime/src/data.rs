//! What generated code does with the tangents of structs and enums, whose fields may carry a derivative or not.
//!
//! A macro sees `p.mass` and not whether `mass` is a `#[constant]` field, whose tangent is [`NoTangent`]. So what
//! goes into a field's adjoint or comes out of its tangent passes through traits that know both cases.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, NoTangent, Tangent};

/// A tangent that is not [`NoTangent`], which lets the impls for the two stand beside each other.
pub trait Varied: Tangent {}

impl Varied for f32 {}
impl Varied for f64 {}
impl Varied for () {}
impl<T: Tangent> Varied for Vec<T> {}
impl<T: Tangent> Varied for Box<T> {}
impl<T: Tangent, const N: usize> Varied for [T; N] {}

macro_rules! varied_tuple {
    ($(($($name:ident $index:tt),+))*) => { $(
        impl<$($name: Tangent),+> Varied for ($($name,)+) {}
    )* };
}

crate::tangent::for_each_tuple!(varied_tuple);

/// The tangent of a value that was read from a field, which is zero if the field is constant.
pub trait ReadAs<T: Tangent> {
    /// The tangent; `zero` is that of the value.
    fn read_as(&self, zero: impl FnOnce() -> T) -> T;
}

impl<T: Tangent> ReadAs<T> for T {
    #[inline(always)]
    fn read_as(&self, _: impl FnOnce() -> T) -> T {
        self.clone()
    }
}

impl<T: Varied> ReadAs<T> for NoTangent {
    #[inline(always)]
    fn read_as(&self, zero: impl FnOnce() -> T) -> T {
        zero()
    }
}

/// The tangent `dot` of the place that `value` is in.
#[inline(always)]
pub fn read<V: Differentiable + ?Sized, D: ReadAs<V::Tangent>>(value: &V, dot: &D) -> V::Tangent {
    dot.read_as(|| value.zero_tangent())
}

/// The seed of a rule, which is zero if it comes from a constant field; `zero` is the place for that.
#[inline(always)]
pub fn seed<'a, T: Tangent, S: SeedOf<T>>(seed: &'a S, zero: &'a mut Option<T>) -> &'a T {
    seed.seed(zero)
}

/// What the seed of a rule may be given as.
#[diagnostic::on_unimplemented(
    message = "a cotangent of type `{Self}` stands where one of type `{T}` is meant"
)]
pub trait SeedOf<T: Tangent> {
    /// The seed by reference.
    fn seed<'a>(&'a self, zero: &'a mut Option<T>) -> &'a T;
}

impl<T: Tangent> SeedOf<T> for T {
    #[inline(always)]
    fn seed<'a>(&'a self, _: &'a mut Option<T>) -> &'a T {
        self
    }
}

impl<T: Varied> SeedOf<T> for NoTangent {
    #[inline(always)]
    fn seed<'a>(&'a self, zero: &'a mut Option<T>) -> &'a T {
        zero.insert(T::neutral())
    }
}

/// A place in a tangent that the tangent `T` can be put into.
#[diagnostic::on_unimplemented(
    message = "a tangent of type `{T}` does not fit a place of type `{Self}`"
)]
pub trait Assign<T> {
    /// Puts it there.
    fn assign(&mut self, tangent: T);
}

impl<T: Tangent> Assign<T> for T {
    #[inline(always)]
    fn assign(&mut self, tangent: T) {
        *self = tangent;
    }
}

impl<T: Varied> Assign<T> for NoTangent {
    #[inline(always)]
    fn assign(&mut self, _: T) {}
}

impl<T: Varied> Assign<NoTangent> for T {
    #[inline(always)]
    fn assign(&mut self, _: NoTangent) {
        self.set_zero();
    }
}

/// Puts a tangent into a place, or drops it where the place carries none.
#[inline(always)]
pub fn assign<P: Assign<T>, T>(place: &mut P, tangent: T) {
    place.assign(tangent);
}

/// A tangent of the type of `value`'s, to be filled in.
#[inline(always)]
pub fn tangent_for<V: Differentiable>(_value: &V) -> V::Tangent {
    V::Tangent::neutral()
}

/// A tangent as one of type `T`: itself, or a zero where a `#[constant]` field gave none.
#[inline(always)]
pub fn as_tangent<T, S: IntoTangent<T>>(tangent: S) -> T {
    tangent.into_tangent()
}

/// What a tangent of type `T` may be given as.
#[diagnostic::on_unimplemented(
    message = "a tangent of type `{Self}` stands where one of type `{T}` is meant"
)]
pub trait IntoTangent<T> {
    /// The tangent.
    fn into_tangent(self) -> T;
}

impl<T: Tangent> IntoTangent<T> for T {
    #[inline(always)]
    fn into_tangent(self) -> T {
        self
    }
}

impl<T: Varied> IntoTangent<T> for NoTangent {
    #[inline(always)]
    fn into_tangent(self) -> T {
        T::neutral()
    }
}

/// `NoTangent` counts as zero in the arithmetic of the reverse sweep.
macro_rules! nothing_beside {
    ($($float:ident)*) => { $(
        impl core::ops::Mul<$float> for NoTangent {
            type Output = NoTangent;
            #[inline(always)]
            fn mul(self, _: $float) -> NoTangent {
                NoTangent
            }
        }
        impl core::ops::Div<$float> for NoTangent {
            type Output = NoTangent;
            #[inline(always)]
            fn div(self, _: $float) -> NoTangent {
                NoTangent
            }
        }
        impl From<NoTangent> for $float {
            #[inline(always)]
            fn from(_: NoTangent) -> $float {
                0.0
            }
        }
        impl core::ops::AddAssign<$float> for NoTangent {
            #[inline(always)]
            fn add_assign(&mut self, _: $float) {}
        }
        impl core::ops::SubAssign<$float> for NoTangent {
            #[inline(always)]
            fn sub_assign(&mut self, _: $float) {}
        }
    )* };
}

nothing_beside!(f32 f64);

impl core::ops::Neg for NoTangent {
    type Output = NoTangent;
    #[inline(always)]
    fn neg(self) -> NoTangent {
        NoTangent
    }
}

/// Moves an adjoint that nobody asks for again out of its place.
#[inline(always)]
pub fn take_out<T: Tangent>(place: &mut T) -> T {
    core::mem::replace(place, T::neutral())
}

/// The zero of a tangent, by reference: what a place in a variant holds that a direction does not have.
///
/// Such a direction is one that a user gave as `Zero`; each type's zero is made once for each thread.
#[cold]
#[cfg(feature = "std")]
pub fn neutral<T: Tangent>() -> &'static T {
    use core::any::{Any, TypeId};
    use core::cell::RefCell;
    use std::collections::HashMap;
    std::thread_local! {
        static MADE: RefCell<HashMap<TypeId, &'static dyn Any>> = RefCell::new(HashMap::new());
    }
    let made = MADE.with(|made| made.borrow().get(&TypeId::of::<T>()).copied());
    match made.and_then(|zero| zero.downcast_ref()) {
        Some(zero) => zero,
        None => {
            let zero: &'static T = Box::leak(Box::new(T::neutral()));
            MADE.with(|made| made.borrow_mut().insert(TypeId::of::<T>(), zero));
            zero
        }
    }
}

/// The same where threads have no storage of their own: each is made when it is asked for, and stays.
#[cold]
#[cfg(not(feature = "std"))]
pub fn neutral<T: Tangent>() -> &'static T {
    Box::leak(Box::new(T::neutral()))
}

/// Requires a sequence of std's, for the sake of an index or an iteration that was taken for one of its own.
#[inline(always)]
pub fn assert_sequence<T: Sequence + ?Sized>(_: &T) {}

/// The items of an iterator that has no derivative.
#[inline(always)]
pub fn items<I: IntoIterator>(of: I) -> I::IntoIter {
    of.into_iter()
}

/// The bounds of the parts that `chunk_by` gives.
pub fn chunks_by<T>(x: &[T], together: impl FnMut(&T, &T) -> bool) -> Vec<(usize, usize)> {
    bounds(x.chunk_by(together).map(<[T]>::len), 0)
}

/// The bounds of the parts that `split` gives.
pub fn split_at<T>(x: &[T], between: impl FnMut(&T) -> bool) -> Vec<(usize, usize)> {
    bounds(x.split(between).map(<[T]>::len), 1)
}

fn bounds(lengths: impl Iterator<Item = usize>, between: usize) -> Vec<(usize, usize)> {
    let mut start = 0;
    let part = |length| {
        let part = (start, start + length);
        start = part.1 + between;
        part
    };
    lengths.map(part).collect()
}

/// An item of a sequence whose type no syntax tells, so that it may be a reference; see [`item!`](crate::__item).
pub struct Item<'a, T>(pub &'a T);

/// A reference, of which the value behind is kept.
pub trait ItemByReference {
    /// That value.
    type Kept;
    /// A copy of it.
    fn kept(&self) -> Self::Kept;
}

impl<T: Clone> ItemByReference for Item<'_, &T> {
    type Kept = T;
    #[inline(always)]
    fn kept(&self) -> T {
        (*self.0).clone()
    }
}

/// A value, which is kept as it is.
pub trait ItemByValue {
    /// The value.
    type Kept;
    /// A copy of it.
    fn kept(&self) -> Self::Kept;
}

impl<T: Clone> ItemByValue for &Item<'_, T> {
    type Kept = T;
    #[inline(always)]
    fn kept(&self) -> T {
        self.0.clone()
    }
}

/// A copy of an item, or of what it refers to: the reverse sweep must not hold on to what the function borrows.
///
/// It works by autoref: what is found first is [`ItemByReference`].
#[doc(hidden)]
#[macro_export]
macro_rules! __item {
    ($item:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{ItemByReference as _, ItemByValue as _};
        (&$crate::rt::Item(&$item)).kept()
    }};
}

/// How a value that the reverse sweep looks at outlasts what the function borrows: a reference by a copy of what is
/// behind it.
pub struct ByCopy;

impl ByCopy {
    /// That copy.
    #[inline(always)]
    pub fn lasting<T: Clone>(self, x: &T) -> T {
        x.clone()
    }
}

/// Likewise of what is no reference: as it is.
pub struct AsItIs;

impl AsItIs {
    /// The value.
    #[inline(always)]
    pub fn lasting<T>(self, x: T) -> T {
        x
    }
}

/// A reference.
pub trait LastsByReference {
    /// How it is kept.
    #[inline(always)]
    fn how(&self) -> ByCopy {
        ByCopy
    }
}

impl<T: Clone> LastsByReference for Item<'_, &T> {}

/// Anything else.
pub trait LastsByValue {
    /// How it is kept.
    #[inline(always)]
    fn how(&self) -> AsItIs {
        AsItIs
    }
}

impl<T> LastsByValue for &Item<'_, T> {}

/// What the reverse sweep looks at instead of the variable, which may be a reference. By autoref, as [`__item!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __lasting {
    ($name:ident) => {{
        #[allow(unused_imports)]
        use $crate::rt::{LastsByReference as _, LastsByValue as _};
        let how = (&$crate::rt::Item(&$name)).how();
        how.lasting($name)
    }};
}

/// The same, if it is a slice, an array or a `Vec`.
#[inline(always)]
pub fn sequence<T: Sequence + ?Sized>(x: &T) -> &T {
    x
}

/// Requires that a copy has a tangent like that of what it was made of.
#[inline(always)]
pub fn assert_copy<T: Differentiable, P: Differentiable<Tangent = T::Tangent> + ?Sized>(
    _: &T,
    _: &P,
) {
}

/// Type-checks only if both are the same function that makes a box.
#[inline(always)]
#[allow(clippy::borrowed_box)] // The box is what is asked for.
pub fn same_box<T, F: Fn(T) -> Box<T>>(_: F, _: F, _: &Box<T>) {}

/// A slice, array or vector, also behind pointers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a slice, an array or a `Vec`, and how its elements carry a derivative is not known",
    note = "use a slice, an array or a `Vec`, or write a loop over an index",
    note = "for functions that give an `Option`, write `filter_map(f)` instead of `flat_map(f)` or `map(f).flatten()`"
)]
pub trait Sequence {}

impl<T> Sequence for [T] {}
impl<T, const N: usize> Sequence for [T; N] {}
impl<T> Sequence for Vec<T> {}
#[diagnostic::do_not_recommend]
impl<T: Sequence + ?Sized> Sequence for &T {}
#[diagnostic::do_not_recommend]
impl<T: Sequence + ?Sized> Sequence for &mut T {}
#[diagnostic::do_not_recommend]
impl<T: Sequence + ?Sized> Sequence for Box<T> {}

/// All but so many elements at the front and at the back.
#[inline(always)]
pub fn middle<T>(all: &[T], front: usize, back: usize) -> &[T] {
    &all[front..all.len() - back]
}

/// The same by exclusive reference.
#[inline(always)]
pub fn middle_mut<T>(all: &mut [T], front: usize, back: usize) -> &mut [T] {
    let end = all.len() - back;
    &mut all[front..end]
}

/// The element that is so many before the last one.
///
/// # Panics
///
/// If there are no more than `behind` elements.
#[inline(always)]
pub fn from_end<T>(all: &mut [T], behind: usize) -> &mut T {
    let at = all.len() - 1 - behind;
    &mut all[at]
}

/// The tangent of a part of an array, by value.
#[inline(always)]
pub fn part_of_array<V, T: Tangent, const N: usize>(_: &[V; N], tangents: &[T]) -> [T; N] {
    core::array::from_fn(|i| tangents[i].clone())
}

/// A borrow of a number, or of something that cannot be copied; see [`operand!`](crate::__operand).
#[derive(Debug)]
pub struct Borrowed<T>(pub T);

impl<T: Copy> Borrowed<&T> {
    /// The number itself.
    #[inline(always)]
    pub fn operand(self) -> T {
        *self.0
    }
}

/// Chosen where the value cannot be copied.
pub trait BorrowedOperand<T> {
    /// The borrow.
    fn operand(self) -> T;
}

impl<T> BorrowedOperand<T> for Borrowed<T> {
    #[inline(always)]
    fn operand(self) -> T {
        self.0
    }
}

/// An operand that a pattern has bound by reference: a copy, so that it may outlive the memory, or the reference
/// where the type has no copies and the operator takes references.
#[doc(hidden)]
#[macro_export]
macro_rules! __operand {
    ($borrow:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::BorrowedOperand as _;
        $crate::rt::Borrowed($borrow).operand()
    }};
}

/// A borrow of the tangent of something that is dereferenced; see [`behind!`](crate::__behind).
#[derive(Debug)]
pub struct Behind<T>(pub T);

impl<'a, T> Behind<&'a mut Box<T>> {
    /// What the box holds.
    #[inline(always)]
    pub fn place(self) -> &'a mut T {
        self.0
    }
}

impl<'a, T> Behind<&'a Box<T>> {
    /// What the box holds.
    #[inline(always)]
    pub fn place(self) -> &'a T {
        self.0
    }
}

/// Chosen where the tangent is no box: that of a reference is that of what it refers to.
pub trait BehindReference<T> {
    /// The tangent itself.
    fn place(self) -> T;
}

impl<T> BehindReference<T> for Behind<T> {
    #[inline(always)]
    fn place(self) -> T {
        self.0
    }
}

/// The tangent of `*p` from a borrow of the tangent of `p`.
///
/// rustc prefers the inherent methods, which are those of boxes.
#[doc(hidden)]
#[macro_export]
macro_rules! __behind {
    ($borrow:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::BehindReference as _;
        $crate::rt::Behind($borrow).place()
    }};
}
