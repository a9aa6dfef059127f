//! What a pullback looks at again of the arguments of its call.

use crate::calls::Owned;
#[allow(unused_imports)]
use crate::prelude::*;

/// Passes a method's receiver again to the pullback, if that wants it.
#[inline(always)]
pub fn again<X: Again<S>, S>(receiver: X) -> S {
    receiver.again()
}

/// What a receiver can be passed again as.
pub trait Again<S> {
    /// The receiver, or nothing.
    fn again(self) -> S;
}

impl<T: ?Sized> Again<Owned> for &T {
    #[inline(always)]
    fn again(self) -> Owned {
        Owned
    }
}

impl<'a, T: ?Sized> Again<&'a T> for &'a T {
    #[inline(always)]
    fn again(self) -> &'a T {
        self
    }
}

/// A receiver behind a field's own reference or box, to which the call finds its way by itself.
macro_rules! again_behind {
    ($($pointer:ty),*) => { $(
        impl<'a, T: ?Sized> Again<&'a T> for &'a $pointer {
            #[inline(always)]
            fn again(self) -> &'a T {
                self
            }
        }
    )* };
}

again_behind!(&T, &mut T, Box<T>);

/// Passes an argument by value again to the pullback, if it is a reference and the pullback wants it.
#[inline(always)]
pub fn again_value<X: AgainValue<S>, S>(argument: X) -> S {
    argument.again()
}

/// What an argument by value can be passed again as.
pub trait AgainValue<S> {
    /// The argument, or nothing.
    fn again(self) -> S;
}

impl<X> AgainValue<Owned> for X {
    #[inline(always)]
    fn again(self) -> Owned {
        Owned
    }
}

impl<'a, T: ?Sized> AgainValue<&'a T> for &'a T {
    #[inline(always)]
    fn again(self) -> &'a T {
        self
    }
}

/// The coercions that an argument may go through.
macro_rules! again_coerced {
    ($([$($generics:tt)*] $from:ty => $to:ty,)*) => { $(
        impl<'a, $($generics)*> AgainValue<&'a $to> for &'a $from {
            #[inline(always)]
            fn again(self) -> &'a $to {
                self
            }
        }
    )* };
}

again_coerced! {
    [T, const N: usize] [T; N] => [T],
    [T] Vec<T> => [T],
    [T] Box<T> => T,
    [] String => str,
}

/// A copy of what an argument by value refers to.
#[derive(Debug)]
pub struct Kept<T>(T);

/// An argument by value that may be a reference; see [`keep_value!`](crate::__keep_value).
#[derive(Debug)]
pub struct MayRefer<'a, T: ?Sized>(pub &'a T);

impl<T: ToOwned + ?Sized> MayRefer<'_, &T> {
    /// A copy of what is referred to.
    #[inline(always)]
    pub fn keep(&self) -> Kept<T::Owned> {
        Kept((**self.0).to_owned())
    }
}

/// Chosen for what is no reference: the pullback does not look at it again.
pub trait KeepNothing {
    /// Nothing.
    fn keep(&self) -> Owned;
}

impl<T: ?Sized> KeepNothing for MayRefer<'_, T> {
    #[inline(always)]
    fn keep(&self) -> Owned {
        Owned
    }
}

/// What the pullback may look at again of an argument by value.
///
/// rustc prefers the inherent method, which is that of references.
#[doc(hidden)]
#[macro_export]
macro_rules! __keep_value {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::KeepNothing as _;
        $crate::rt::MayRefer(&$value).keep()
    }};
}

/// Passes what was kept of an argument to the pullback, if that wants it.
#[inline(always)]
pub fn again_kept<X: AgainKept<S>, S>(kept: X) -> S {
    kept.again()
}

/// What is kept of an argument, as the pullback takes it.
pub trait AgainKept<S> {
    /// The argument, or nothing.
    fn again(self) -> S;
}

impl AgainKept<Owned> for &Owned {
    #[inline(always)]
    fn again(self) -> Owned {
        Owned
    }
}

impl<T> AgainKept<Owned> for &Kept<T> {
    #[inline(always)]
    fn again(self) -> Owned {
        Owned
    }
}

impl<'a, T: core::borrow::Borrow<S>, S: ?Sized> AgainKept<&'a S> for &'a Kept<T> {
    #[inline(always)]
    fn again(self) -> &'a S {
        self.0.borrow()
    }
}

/// An argument that the pullback looks at again.
#[derive(Clone, Copy, Debug)]
pub struct Copied;

impl Copied {
    /// A copy, since its memory may change until then.
    #[inline(always)]
    pub fn keep<T: ToOwned + ?Sized>(self, argument: &T) -> T::Owned {
        argument.to_owned()
    }
}

/// An argument that the pullback does not look at again.
#[derive(Clone, Copy, Debug)]
pub struct NotLookedAt;

impl NotLookedAt {
    /// Nothing.
    #[inline(always)]
    pub fn keep<T: ?Sized>(self, _argument: &T) -> Owned {
        Owned
    }
}
