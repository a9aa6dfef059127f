//! How an index of a user's own type leads to a part of the value's tangent: `#[differentiable] impl Index` says which,
//! from the same body; an index of std's or of a known crate's leads to the same element.

use crate::Differentiable;
#[allow(unused_imports)]
use crate::prelude::*;
use core::fmt::Debug;
use core::marker::PhantomData;
use core::ops::IndexMut;

/// The way from a tangent of type `T` to a part of it. It holds what it needs to know of the value, and can be kept.
pub trait Way<T: ?Sized> {
    /// The part, as it is borrowed.
    type Out: ?Sized;
    /// The part, to change it.
    fn part<'a>(&self, tangent: &'a mut T) -> &'a mut Self::Out;
    /// The part, to look at it.
    fn peek<'a>(&self, tangent: &'a T) -> &'a Self::Out;
}

/// The part of a tangent that the way leads to.
#[inline(always)]
pub fn part<'a, T: ?Sized, W: Way<T>>(way: &W, tangent: &'a mut T) -> &'a mut W::Out {
    way.part(tangent)
}

/// The same by shared reference.
#[inline(always)]
pub fn peek<'a, T: ?Sized, W: Way<T>>(way: &W, tangent: &'a T) -> &'a W::Out {
    way.peek(tangent)
}

/// What an annotated `impl Index<I>` says: which part of the tangent belongs to the element that an index names.
pub trait IndexPlace<I>: Differentiable {
    /// What has to be known of the value and of the index.
    type Key: Copy + Send + 'static;
    /// The part, as it is borrowed.
    type Out: ?Sized;
    /// The body that gives the reference, the same for shared and exclusive ones.
    const BODY: &'static str;
    /// Looks at the value.
    fn key(&self, index: I) -> Self::Key;
    /// The part of the tangent.
    fn part(key: Self::Key, tangent: &mut Self::Tangent) -> &mut Self::Out;
    /// The same by shared reference.
    fn peek(key: Self::Key, tangent: &Self::Tangent) -> &Self::Out;
}

/// The way that an annotated `impl Index` gives.
pub struct ByIndex<T: IndexPlace<I> + ?Sized, I>(T::Key, PhantomData<fn() -> I>);

impl<T: IndexPlace<I> + ?Sized, I> Clone for ByIndex<T, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: IndexPlace<I> + ?Sized, I> Copy for ByIndex<T, I> {}

impl<T: IndexPlace<I> + ?Sized, I> Debug for ByIndex<T, I> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // An index of the user's own need not be `Debug`.
        f.write_str("ByIndex")
    }
}

impl<T: IndexPlace<I> + ?Sized, I> Way<T::Tangent> for ByIndex<T, I> {
    type Out = T::Out;
    #[inline(always)]
    fn part<'a>(&self, tangent: &'a mut T::Tangent) -> &'a mut T::Out {
        T::part(self.0, tangent)
    }
    #[inline(always)]
    fn peek<'a>(&self, tangent: &'a T::Tangent) -> &'a T::Out {
        T::peek(self.0, tangent)
    }
}

/// The element of the tangent that has the same index.
#[derive(Clone, Copy, Debug)]
pub struct Direct<I>(pub I);

/// A value whose tangent is indexed as it is.
#[diagnostic::on_unimplemented(
    message = "it is not known which part of the tangent of `{Self}` this index leads to",
    label = "indexed by `{I}` here",
    note = "write `#[differentiable]` on the type's `impl Index` and on its `impl IndexMut`"
)]
pub trait IndexedAlike<I> {
    /// The way, which is [`Direct`].
    type Way;
    /// Makes it.
    fn direct(index: I) -> Self::Way;
}

#[diagnostic::do_not_recommend]
impl<T> IndexedAlike<usize> for Vec<T> {
    type Way = Direct<usize>;
    #[inline(always)]
    fn direct(index: usize) -> Direct<usize> {
        Direct(index)
    }
}
#[diagnostic::do_not_recommend]
impl<T> IndexedAlike<usize> for [T] {
    type Way = Direct<usize>;
    #[inline(always)]
    fn direct(index: usize) -> Direct<usize> {
        Direct(index)
    }
}
#[diagnostic::do_not_recommend]
impl<T, const N: usize> IndexedAlike<usize> for [T; N] {
    type Way = Direct<usize>;
    #[inline(always)]
    fn direct(index: usize) -> Direct<usize> {
        Direct(index)
    }
}

impl<T: IndexMut<I> + ?Sized, I: Copy> Way<T> for Direct<I> {
    type Out = T::Output;
    #[inline(always)]
    fn part<'a>(&self, tangent: &'a mut T) -> &'a mut T::Output {
        &mut tangent[self.0]
    }
    #[inline(always)]
    fn peek<'a>(&self, tangent: &'a T) -> &'a T::Output {
        &tangent[self.0]
    }
}

/// A value and an index, of which only rustc knows whose index it is.
#[derive(Debug)]
pub struct Indexed<'a, T: ?Sized, I>(pub &'a T, pub &'a I);

/// Chosen first, one reference further out: the user's own.
pub trait WayOfUser {
    /// The way.
    type Way;
    /// Finds it.
    fn way(&self) -> Self::Way;
}

impl<T: IndexPlace<I> + ?Sized, I: Copy> WayOfUser for &Indexed<'_, T, I> {
    type Way = ByIndex<T, I>;
    #[inline(always)]
    fn way(&self) -> ByIndex<T, I> {
        ByIndex(self.0.key(*self.1), PhantomData)
    }
}

/// Chosen otherwise: the tangent is indexed as the value is.
pub trait WayDirect<T: ?Sized, I> {
    /// Finds it.
    fn way(&self) -> T::Way
    where
        T: IndexedAlike<I>;
}

impl<T: ?Sized, I: Copy> WayDirect<T, I> for Indexed<'_, T, I> {
    #[inline(always)]
    fn way(&self) -> T::Way
    where
        T: IndexedAlike<I>,
    {
        T::direct(*self.1)
    }
}

/// The way that an index of a value leads.
#[doc(hidden)]
#[macro_export]
macro_rules! __index_way {
    ($value:expr, $index:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{WayDirect as _, WayOfUser as _};
        (&&$crate::rt::Indexed(&$value, $index)).way()
    }};
}

/// What an annotated `impl IndexMut<I>` proves: it leads where `Index` does.
pub trait IndexMutPlace<I>: IndexPlace<I> {
    /// Fails to compile if the bodies differ.
    const SAME: ();
}

/// The way that a method which gives a reference leads: what it looked at, and the parts of the tangent.
pub struct ByMethod<T: ?Sized, O: ?Sized, K, P, Q> {
    key: K,
    part: P,
    peek: Q,
    of: PhantomData<fn(&T) -> &O>,
}

/// Makes one.
#[inline(always)]
pub fn by_method<T: ?Sized, O: ?Sized, K, P, Q>(key: K, part: P, peek: Q) -> ByMethod<T, O, K, P, Q>
where
    K: Copy,
    P: for<'a> Fn(K, &'a mut T) -> &'a mut O + Copy,
    Q: for<'a> Fn(K, &'a T) -> &'a O + Copy,
{
    let of = PhantomData;
    ByMethod {
        key,
        part,
        peek,
        of,
    }
}

impl<T: ?Sized, O: ?Sized, K: Copy, P: Copy, Q: Copy> Clone for ByMethod<T, O, K, P, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, O: ?Sized, K: Copy, P: Copy, Q: Copy> Copy for ByMethod<T, O, K, P, Q> {}

impl<T: ?Sized, O: ?Sized, K: Debug, P, Q> Debug for ByMethod<T, O, K, P, Q> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.key.fmt(f)
    }
}

impl<T: ?Sized, O: ?Sized, K, P, Q> Way<T> for ByMethod<T, O, K, P, Q>
where
    K: Copy,
    P: for<'a> Fn(K, &'a mut T) -> &'a mut O,
    Q: for<'a> Fn(K, &'a T) -> &'a O,
{
    type Out = O;
    #[inline(always)]
    fn part<'a>(&self, tangent: &'a mut T) -> &'a mut O {
        (self.part)(self.key, tangent)
    }
    #[inline(always)]
    fn peek<'a>(&self, tangent: &'a T) -> &'a O {
        (self.peek)(self.key, tangent)
    }
}

/// What is asked of a method that does not say where it leads. Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "it is not clear which memory this method of `{Self}` leads to",
    label = "written through, or dereferenced, here",
    note = "write its body as a reference to a field or an element, as in `&mut self.data[i * self.columns + j]`",
    note = "a method that gives a value needs a name that does not end in `_mut`"
)]
pub trait LeadsSomewhere {
    /// The way of such a method.
    type Way;
}
