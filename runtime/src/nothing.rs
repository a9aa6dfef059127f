//! Parts of what has no tangent have none either: where the edges of a graph are a `#[constant]` field, generated code
//! may lead to `graph_bar.edges[k].0` before rustc knows that this is nothing.

use crate::NoTangent;
#[allow(unused_imports)]
use crate::prelude::*;
use core::ops::{Deref, DerefMut, Index, IndexMut};

impl<I> Index<I> for NoTangent {
    type Output = NoTangent;
    #[inline(always)]
    fn index(&self, _: I) -> &NoTangent {
        self
    }
}

impl<I> IndexMut<I> for NoTangent {
    #[inline(always)]
    fn index_mut(&mut self, _: I) -> &mut NoTangent {
        self
    }
}

impl NoTangent {
    /// As long as any sequence: generated code counts from its end, and every index leads to nothing.
    #[doc(hidden)]
    #[inline(always)]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        usize::MAX
    }
}

/// The parts of a tuple without a tangent.
#[derive(Clone, Copy, Debug)]
pub struct Nothings(
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
    pub NoTangent,
);

const NOTHINGS: Nothings = {
    const N: NoTangent = NoTangent;
    Nothings(N, N, N, N, N, N, N, N, N, N, N, N)
};

impl Deref for NoTangent {
    type Target = Nothings;
    #[inline(always)]
    fn deref(&self) -> &Nothings {
        &NOTHINGS
    }
}

impl DerefMut for NoTangent {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Nothings {
        // A box of what takes no space asks for no memory.
        Box::leak(Box::new(NOTHINGS))
    }
}

/// A borrow of the tangent of something whose field with a name is wanted; see [`inside!`](crate::__inside).
#[derive(Debug)]
pub struct Inside<T>(pub T);

impl<'a> Inside<&'a NoTangent> {
    /// What has the field, of which there is none: it takes no space.
    #[inline(always)]
    pub fn part<F: 'a>(self, nothing: impl FnOnce() -> F) -> &'a F {
        Box::leak(Box::new(nothing()))
    }
}

impl<'a> Inside<&'a mut NoTangent> {
    /// What has the field, of which there is none: it takes no space.
    #[inline(always)]
    pub fn part<F: 'a>(self, nothing: impl FnOnce() -> F) -> &'a mut F {
        Box::leak(Box::new(nothing()))
    }
}

/// Chosen where there is a tangent: it has the field itself.
pub trait InsideOfTangent<T> {
    /// The tangent itself.
    fn part<F>(self, nothing: impl FnOnce() -> F) -> T;
}

impl<T> InsideOfTangent<T> for Inside<T> {
    #[inline(always)]
    fn part<F>(self, _: impl FnOnce() -> F) -> T {
        self.0
    }
}

/// What has the named field, or the named access to a variant, of the tangent of `outer`, from a borrow of that tangent: the field of a part of what is
/// marked `#[constant]`, as `graph.edges[k].weight`, is nothing as well, and only rustc knows what is marked.
///
/// rustc prefers the inherent methods, which are those of what has no tangent.
#[doc(hidden)]
#[macro_export]
macro_rules! __inside {
    ($outer:expr, $field:ident) => {{
        #[allow(unused_imports)]
        use $crate::rt::InsideOfTangent as _;
        struct Nothing {
            $field: $crate::NoTangent,
        }
        $crate::rt::Inside($outer).part(|| Nothing {
            $field: $crate::NoTangent,
        })
    }};
    ($outer:expr, $part:ident()) => {{
        #[allow(unused_imports)]
        use $crate::rt::InsideOfTangent as _;
        struct Nothing;
        impl Nothing {
            #[allow(non_snake_case)]
            fn $part(&self) -> &$crate::NoTangent {
                &$crate::NoTangent
            }
        }
        $crate::rt::Inside($outer).part(|| Nothing)
    }};
    ($outer:expr, mut $part:ident()) => {{
        #[allow(unused_imports)]
        use $crate::rt::InsideOfTangent as _;
        struct Nothing($crate::NoTangent);
        impl Nothing {
            #[allow(non_snake_case)]
            fn $part(&mut self) -> &mut $crate::NoTangent {
                &mut self.0
            }
        }
        $crate::rt::Inside($outer).part(|| Nothing($crate::NoTangent))
    }};
}
