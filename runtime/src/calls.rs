//! How generated code passes adjoints and tangents to another differentiable function.
//!
//! The caller does not know which of the callee's parameters carry a derivative, nor the callee which of
//! the caller's arguments do. Each argument comes with a *shadow*: a borrow of its adjoint, or [`Skip`].

#[allow(unused_imports)]
use crate::prelude::*;
use crate::{NoTangent, OptionTangent, Tangent};

/// Stands for the adjoint or tangent of an argument that carries no derivative.
#[derive(Clone, Copy, Debug, Default)]
pub struct Skip;

/// Stands for the adjoint of a parameter that has none in the callee.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unused;

/// Stands for an argument that is not passed again to the pullback: one by value, or by `&mut`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owned;

/// Lends an argument's adjoint to the callee's pullback, which names what it wants: `S`.
#[inline(always)]
pub fn open<X: Opens<S>, S>(adjoint: X) -> S {
    adjoint.lend()
}

/// What an argument's adjoint can be lent as.
#[diagnostic::on_unimplemented(
    message = "this argument's adjoint does not fit the parameter that it is passed for",
    note = "the parameter takes an adjoint of type `{S}`, and the argument has one of type `{Self}`"
)]
pub trait Opens<S> {
    /// The adjoint as the callee takes it.
    fn lend(self) -> S;
}

impl<X> Opens<Unused> for X {
    #[inline(always)]
    fn lend(self) -> Unused {
        Unused
    }
}

impl<'a, S: ?Sized> Opens<Option<&'a mut S>> for Skip {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut S> {
        None
    }
}

impl<'a, T: Tangent> Opens<Option<&'a mut T>> for &'a mut T {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut T> {
        Some(self)
    }
}

impl<'a, T: Tangent> Opens<Option<&'a mut T>> for &'a mut Box<T> {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut T> {
        Some(self)
    }
}

impl<'a, T> Opens<Option<&'a mut [T]>> for &'a mut [T] {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut [T]> {
        Some(self)
    }
}

impl<'a, T> Opens<Option<&'a mut [T]>> for &'a mut Vec<T> {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut [T]> {
        Some(self)
    }
}

impl<'a, T, const N: usize> Opens<Option<&'a mut [T]>> for &'a mut [T; N] {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut [T]> {
        Some(self)
    }
}

/// Stands for the adjoint and for the tangent of an argument that the callee takes for a constant. It is lent for an
/// argument without a derivative alone, so that none is lost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Constant;

impl Opens<Constant> for Skip {
    #[inline(always)]
    fn lend(self) -> Constant {
        Constant
    }
}

impl Along<Constant> for Skip {
    #[inline(always)]
    fn lend(self) -> Constant {
        Constant
    }
}

/// What carries no derivative by its type.
macro_rules! constant_by_type {
    ($([$($generics:tt)*] $ty:ty,)*) => { $(
        impl<$($generics)*> Opens<Constant> for &mut $ty {
            #[inline(always)]
            fn lend(self) -> Constant {
                Constant
            }
        }
        impl<$($generics)*> Along<Constant> for &$ty {
            #[inline(always)]
            fn lend(self) -> Constant {
                Constant
            }
        }
        impl<$($generics)*> Along<Constant> for &mut $ty {
            #[inline(always)]
            fn lend(self) -> Constant {
                Constant
            }
        }
    )* };
}

constant_by_type! {
    [] NoTangent,
    [] [NoTangent],
    [] Vec<NoTangent>,
    [const N: usize] [NoTangent; N],
}

#[cfg(feature = "ndarray")]
constant_by_type! {
    [D: ndarray::Dimension + 'static] ndarray::ArrayRef<NoTangent, D>,
    [D: ndarray::Dimension + 'static] ndarray::Array<NoTangent, D>,
}

impl Along<Constant> for NoTangent {
    #[inline(always)]
    fn lend(self) -> Constant {
        Constant
    }
}

/// Lends an argument's tangent to the callee's forward mode, which names what it wants: `S`.
#[inline(always)]
pub fn along<X: Along<S>, S>(tangent: X) -> S {
    tangent.lend()
}

/// What an argument's tangent can be lent as.
#[diagnostic::on_unimplemented(
    message = "this argument's tangent does not fit the parameter that it is passed for",
    note = "the parameter takes a tangent of type `{S}`, and the argument has one of type `{Self}`"
)]
pub trait Along<S> {
    /// The tangent as the callee takes it.
    fn lend(self) -> S;
}

impl<X> Along<Unused> for X {
    #[inline(always)]
    fn lend(self) -> Unused {
        Unused
    }
}

/// The tangent of a parameter by value, unless the argument carries no derivative.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<T>(pub Option<T>);

impl<T> Along<Given<T>> for Skip {
    #[inline(always)]
    fn lend(self) -> Given<T> {
        Given(None)
    }
}

impl<T: Tangent> Along<Given<T>> for T {
    #[inline(always)]
    fn lend(self) -> Given<T> {
        Given(Some(self))
    }
}

// A method's receiver is lent by reference, since its caller does not know how the method takes it.
impl<T: Tangent> Along<Given<T>> for &T {
    #[inline(always)]
    fn lend(self) -> Given<T> {
        Given(Some(self.clone()))
    }
}

impl<T: Tangent> Along<Given<T>> for &mut T {
    #[inline(always)]
    fn lend(self) -> Given<T> {
        Given(Some(self.clone()))
    }
}

impl<'a, S: ?Sized> Along<Option<&'a S>> for Skip {
    #[inline(always)]
    fn lend(self) -> Option<&'a S> {
        None
    }
}

impl<'a, S: ?Sized> Along<Option<&'a mut S>> for Skip {
    #[inline(always)]
    fn lend(self) -> Option<&'a mut S> {
        None
    }
}

/// The borrowed forms: from a shared and from an exclusive borrow.
macro_rules! along_borrowed {
    ($([$($generics:tt)*] $from:ty => $to:ty,)*) => { $(
        impl<'a, $($generics)*> Along<Option<&'a $to>> for &'a $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a $to> {
                Some(self)
            }
        }
        impl<'a, $($generics)*> Along<Option<&'a $to>> for &'a mut $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a $to> {
                Some(self)
            }
        }
        impl<'a, $($generics)*> Along<Option<&'a mut $to>> for &'a mut $from {
            #[inline(always)]
            fn lend(self) -> Option<&'a mut $to> {
                Some(self)
            }
        }
    )* };
}

along_borrowed! {
    [T: Tangent] T => T,
    [T: Tangent] Box<T> => T,
    [T] [T] => [T],
    [T] Vec<T> => [T],
    [T, const N: usize] [T; N] => [T],
}

/// Requires a number, for the sake of the rules that were chosen for one.
#[inline(always)]
pub fn assert_number<T: NumberOrReference>(_: &T) {}

/// A number, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands beside a real number in this arithmetic, but is not one",
    note = "give the variable its type, as in `let y: Type = …;`"
)]
pub trait NumberOrReference {}

#[diagnostic::do_not_recommend]
impl<T: crate::Real> NumberOrReference for T {}
impl NumberOrReference for &f64 {}
impl NumberOrReference for &f32 {}

/// Requires that a type parameter's bound called `Real` means ours.
#[inline(always)]
pub fn assert_real<T: crate::Real>() {}

/// Requires a value of the type named.
#[inline(always)]
pub fn assert_is<T>(_: &T) {}

/// Requires that what a value with a derivative is cast to is a real number.
#[inline(always)]
pub fn assert_cast_to_real<T: CastTarget>() {}

/// A real number, which a cast passes a derivative on to.
#[diagnostic::on_unimplemented(
    message = "a value with a derivative is cast to `{Self}`, which carries none",
    label = "this names `{Self}`",
    note = "where the derivative is meant to end here, write the type itself: `x as usize`"
)]
pub trait CastTarget {}

#[diagnostic::do_not_recommend]
impl<T: crate::Real> CastTarget for T {}

/// Requires a real scalar, for the sake of a method that was taken for one of its own.
#[inline(always)]
pub fn assert_scalar<T: Scalar>(_: &T) {}

/// What a method of the rule table is called on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a real number, and the derivative of this method is not known",
    label = "this has the name of a method of `f64`, and is called on `{Self}`",
    note = "write a `#[differentiable]` free function for it and call that, or call it on a number"
)]
pub trait Scalar {}

impl Scalar for f32 {}
impl Scalar for f64 {}

#[diagnostic::do_not_recommend]
impl<T: crate::Real> Scalar for &T {}

/// What `grad` asks of a result whose type the tokens do not show, or show not to be one number.
#[diagnostic::on_unimplemented(
    message = "`grad` needs a function that returns one real number",
    label = "this function returns `{Self}`",
    note = "use `vjp`, which takes a seed for any result, or return an `f64` or `f32`"
)]
pub trait OneRealNumber: crate::Differentiable {
    /// The seed of its gradient.
    fn one() -> Self::Tangent;
}

#[diagnostic::do_not_recommend]
impl<T: crate::Real> OneRealNumber for T {
    #[inline(always)]
    fn one() -> T {
        <T as crate::Real>::one()
    }
}

/// What reverse mode asks of a function whose own rule is for forward mode alone. Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "this function has a rule of its own for forward mode, and none for reverse mode",
    label = "reverse mode is used here",
    note = "write `vjp = …` beside `jvp = …`, or `mode = \"forward\"` on the functions that call this one"
)]
pub trait ReverseRule {}

/// What forward mode asks of a function whose own rule is for reverse mode alone. Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "this function has a rule of its own for reverse mode, and none for forward mode",
    label = "forward mode is used here",
    note = "write `jvp = …` beside `vjp = …`, or `mode = \"reverse\"` on the functions that call this one"
)]
pub trait ForwardRule {}

/// The inner product of a slice's tangents.
#[inline]
pub fn inner_elements<T: Tangent>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.dot(b)).sum()
}

/// Requires lengths, for the sake of a method that was taken for an array's.
#[inline(always)]
pub fn assert_measure<T: Measure>(_: &T) {}

/// The lengths of an array's sides.
#[diagnostic::on_unimplemented(
    message = "this method has the name of one that gives an array's shape, and gives `{Self}`",
    note = "give the method another name, or write `#[differentiable]` on a free function that calls it"
)]
pub trait Measure {}

impl Measure for usize {}
impl Measure for () {}
impl Measure for (usize, usize) {}
impl Measure for (usize, usize, usize) {}
impl Measure for (usize, usize, usize, usize) {}
#[cfg(feature = "ndarray")]
impl<I> Measure for ndarray::Dim<I> {}

/// Type-checks only if both are the same function, so that a name is not mistaken for another's.
#[inline(always)]
pub fn same_function<T, F: Fn(T) -> T>(_: F, _: F, _: &T) {}

/// Type-checks only if both are the same exchange of two places.
#[inline(always)]
pub fn same_swap<T, F: Fn(&mut T, &mut T)>(_: F, _: F, _: &T) {}

/// A zero of the shape of an adjoint.
#[inline(always)]
pub fn zero_like<T: ZeroLike + ?Sized>(x: &T) -> T::Owned {
    x.zero_like()
}

/// What a zero can be made in the shape of.
pub trait ZeroLike {
    /// The zero.
    type Owned;
    /// Makes it.
    fn zero_like(&self) -> Self::Owned;
}

impl<T: Tangent> ZeroLike for T {
    type Owned = T;
    #[inline(always)]
    fn zero_like(&self) -> T {
        Tangent::zero_like(self)
    }
}

impl<T: Tangent> ZeroLike for [T] {
    type Owned = Vec<T>;
    #[inline]
    fn zero_like(&self) -> Vec<T> {
        self.iter().map(Tangent::zero_like).collect()
    }
}

/// The owned tangent in a borrowed one, for `to_vec` and `clone`.
#[inline(always)]
pub fn to_tangent<T: ToOwned + ?Sized>(x: &T) -> T::Owned {
    x.to_owned()
}

/// The negative of an adjoint.
#[inline(always)]
pub fn negated<T: Tangent>(x: &T) -> T {
    let mut x = x.clone();
    x.scale(-1.0);
    x
}

/// The adjoint of a value that was repeated: the sum over the copies.
#[inline]
pub fn sum_elements<T: Tangent>(xs: &[T]) -> T {
    let mut sum = T::neutral();
    for x in xs {
        sum.add_assign(x);
    }
    sum
}

/// Sets adjoints to zero.
#[inline]
pub fn clear<T: Tangent>(xs: &mut [T]) {
    xs.iter_mut().for_each(Tangent::set_zero);
}

/// Adds the elements of `from` to those of `to` and leaves zeros: the adjoint of a copy between slices.
#[inline]
pub fn move_elements<T: Tangent>(from: &mut [T], to: &mut [T]) {
    for (from, to) in from.iter_mut().zip(to) {
        to.absorb(from.take());
    }
}

/// Adjoints for the elements of a slice that nobody asks for.
#[inline]
pub fn neutral_elements<T: Tangent>(len: usize) -> Vec<T> {
    (0..len).map(|_| T::neutral()).collect()
}

/// The adjoint of what `Some` was made of.
#[inline]
pub fn payload<T: Tangent>(x: impl IntoPayload<T>) -> T {
    x.into_payload().unwrap_or_else(T::neutral)
}

/// What is in an `Option` or a `Result`, of which only rustc knows which it is.
#[inline(always)]
pub fn full<F: Fallible>(x: F) -> Option<F::Value> {
    x.full()
}

/// An `Option` or a `Result`, for methods that both have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `Option` or a `Result`, and the derivative of this method is not known",
    note = "this has the name of a method of `Option` and `Result`"
)]
pub trait Fallible {
    /// What is in it.
    type Value;
    /// Takes it out.
    fn full(self) -> Option<Self::Value>;
}

impl<T> Fallible for Option<T> {
    type Value = T;
    #[inline(always)]
    fn full(self) -> Option<T> {
        self
    }
}

impl<T, E> Fallible for Result<T, E> {
    type Value = T;
    #[inline(always)]
    fn full(self) -> Option<T> {
        self.ok()
    }
}

/// An adjoint of an `Option`.
pub trait IntoPayload<T> {
    /// The payload's adjoint, if there is one.
    fn into_payload(self) -> Option<T>;
}

impl<T: Tangent> IntoPayload<T> for crate::ResultTangent<T> {
    #[inline]
    fn into_payload(self) -> Option<T> {
        self.into_inner()
    }
}

impl<T: Tangent> IntoPayload<T> for OptionTangent<T> {
    #[inline]
    fn into_payload(self) -> Option<T> {
        match self {
            OptionTangent::Some(t) => Some(t),
            _ => None,
        }
    }
}

/// The mask of an argument if the callee connected it, by its position.
#[inline(always)]
pub fn through(bits: u64, position: u32, mask: u64) -> u64 {
    (bits >> position & 1).wrapping_neg() & mask
}
