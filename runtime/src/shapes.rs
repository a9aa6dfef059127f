//! What is added to something of another type or shape: a real number to a complex one, a row to a matrix.

use crate::Differentiable;
use core::marker::PhantomData;

/// The type of a value whose tangent has one shape only, or the shape of what is added to it.
pub struct Exact<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized> Exact<T> {
    /// For the type alone.
    #[inline(always)]
    pub fn new() -> Exact<T> {
        Exact(PhantomData)
    }
}

impl<T: ?Sized> Default for Exact<T> {
    fn default() -> Exact<T> {
        Exact::new()
    }
}

impl<T: ?Sized> Clone for Exact<T> {
    fn clone(&self) -> Exact<T> {
        *self
    }
}

impl<T: ?Sized> Copy for Exact<T> {}

impl<T: ?Sized> core::fmt::Debug for Exact<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Exact")
    }
}

/// What of the cotangent `T` of a sum reaches a value that was added.
#[diagnostic::on_unimplemented(
    message = "the derivative of this addition is not known",
    note = "a cotangent of type `{T}` does not fit what was added"
)]
pub trait Added<T: ?Sized> {
    /// The value's own cotangent.
    type Tangent;
    /// Reduces it.
    fn added(self, t: &T) -> Self::Tangent;
}

impl<T: Differentiable> Added<T::Tangent> for Exact<T> {
    type Tangent = T::Tangent;
    #[inline(always)]
    fn added(self, t: &T::Tangent) -> T::Tangent {
        t.clone()
    }
}

/// What comes from a `#[constant]` field is zero.
macro_rules! added_to_constant {
    ($($float:ident)*) => { $(
        impl Added<crate::NoTangent> for Exact<$float> {
            type Tangent = $float;
            #[inline(always)]
            fn added(self, _: &crate::NoTangent) -> $float {
                0.0
            }
        }
    )* };
}

added_to_constant!(f32 f64);

/// What of the cotangent `t` reaches a value of the shape `like` that was added.
#[inline(always)]
pub fn added<L: Added<T>, T: ?Sized>(like: L, t: &T) -> L::Tangent {
    like.added(t)
}

/// Adds the tangent of a value, broadcast, to that of what it is added to. Chosen first, one reference further out.
pub trait AddBroadcast<T: ?Sized> {
    /// Adds it, times a factor of 1 or -1.
    fn add_to(&self, to: &mut T, factor: f64);
}

/// Adds the tangent of a value to that of what it is added to. Chosen otherwise.
pub trait AddTo<T: ?Sized> {
    /// Adds it, times a factor of 1 or -1.
    fn add_to(&self, to: &mut T, factor: f64);
}

impl<T: crate::Tangent> AddTo<T> for crate::rt::Wrap<'_, T> {
    #[inline(always)]
    fn add_to(&self, to: &mut T, factor: f64) {
        if factor == 1.0 {
            to.add_assign(self.0);
        } else {
            let mut by = self.0.clone();
            by.scale(factor);
            to.absorb(by);
        }
    }
}

/// What is added to a `#[constant]` field goes nowhere.
impl<T: crate::data::Varied> AddTo<crate::NoTangent> for crate::rt::Wrap<'_, T> {
    #[inline(always)]
    fn add_to(&self, _: &mut crate::NoTangent, _: f64) {}
}

/// The tangent of `a += b`, with the factor 1, and of `a -= b`, with -1.
#[doc(hidden)]
#[macro_export]
macro_rules! __add_to {
    ($place:expr, $tangent:expr, $factor:literal) => {{
        #[allow(unused_imports)]
        use $crate::rt::{AddBroadcast as _, AddTo as _};
        (&&$crate::rt::Wrap($tangent)).add_to($place, $factor)
    }};
}

/// A copy of an operand that an operator takes away.
#[inline(always)]
pub fn copied<T: Clone>(x: &T) -> T {
    x.clone()
}

/// A type whose values differ in shape.
pub trait Shaped {
    /// The shape.
    type Shape: Clone;
    /// The value's shape.
    fn shape_of(&self) -> Self::Shape;
}

/// Chosen first, one reference further out: the type's values differ in shape.
pub trait LikeShaped {
    /// What tells type and shape.
    type Like;
    /// Of the value.
    fn like(&self) -> Self::Like;
}

impl<T: Shaped + ?Sized> LikeShaped for &crate::rt::Wrap<'_, T> {
    type Like = T::Shape;
    #[inline(always)]
    fn like(&self) -> T::Shape {
        self.0.shape_of()
    }
}

/// Chosen otherwise.
pub trait LikeExact {
    /// What tells the type.
    type Like;
    /// Of the value.
    fn like(&self) -> Self::Like;
}

impl<T: ?Sized> LikeExact for crate::rt::Wrap<'_, T> {
    type Like = Exact<T>;
    #[inline(always)]
    fn like(&self) -> Exact<T> {
        Exact::new()
    }
}

/// The type and, where its values differ in it, the shape of a value.
#[doc(hidden)]
#[macro_export]
macro_rules! __like {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{LikeExact as _, LikeShaped as _};
        (&&$crate::rt::Wrap(&$value)).like()
    }};
}
