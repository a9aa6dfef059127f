//! Parts of variables that are lent to calls beside other parts of the same variable.

use crate::Tangent;
#[allow(unused_imports)]
use crate::prelude::*;

/// What can be taken out of where it is a part, and given back.
pub trait TakePart {
    /// The same, owned.
    type Owned;
    /// Takes it, and leaves a zero.
    fn take_part(&mut self) -> Self::Owned;
    /// Puts it there.
    fn give_back(&mut self, part: Self::Owned);
}

impl<T: Tangent> TakePart for T {
    type Owned = T;
    #[inline(always)]
    fn take_part(&mut self) -> T {
        self.take()
    }
    #[inline(always)]
    fn give_back(&mut self, part: T) {
        *self = part;
    }
}

impl<T: Tangent> TakePart for [T] {
    type Owned = Vec<T>;
    #[inline]
    fn take_part(&mut self) -> Vec<T> {
        self.iter_mut().map(Tangent::take).collect()
    }
    #[inline]
    fn give_back(&mut self, part: Vec<T>) {
        for (element, part) in self.iter_mut().zip(part) {
            *element = part;
        }
    }
}

/// What a callee takes where the user's code passes a part of something by value: ndarray's parts are views there and
/// arrays in derivative code.
pub trait Passed<X> {
    /// The argument.
    fn passed(self) -> X;
}

impl<T: Clone> Passed<T> for &T {
    #[inline]
    fn passed(self) -> T {
        self.clone()
    }
}

/// The argument that stands for a part.
#[inline(always)]
pub fn passed<'a, T, X>(part: &'a T) -> X
where
    &'a T: Passed<X>,
{
    part.passed()
}

/// Takes the tangent of a part of a variable out, for a call that changes another part as well.
#[inline(always)]
pub fn take_part<T: TakePart + ?Sized>(part: &mut T) -> T::Owned {
    part.take_part()
}

/// Puts back what a call has changed.
#[inline(always)]
pub fn give_back<T: TakePart + ?Sized>(to: &mut T, part: T::Owned) {
    to.give_back(part);
}
