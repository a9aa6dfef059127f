//! A field marked `#[constant]` as an argument of a call: the callee takes the adjoint of a tensor or a vector, and the
//! caller, who sees no types, lends that of the field, which has none.
//!
//! [`Varied`] tells the tangents that are no [`NoTangent`], so that these impls stand beside those for every tangent.

use crate::NoTangent;
use crate::calls::{Along, Given, Opens};
use crate::data::Varied;
#[allow(unused_imports)]
use crate::prelude::*;

/// Lends nothing as any of these.
macro_rules! nothing {
    ($([$($generics:tt)*] $to:ty,)*) => { $(
        impl<'a, $($generics)*> Opens<Option<&'a mut $to>> for &mut NoTangent {
            #[inline(always)]
            fn lend(self) -> Option<&'a mut $to> {
                None
            }
        }
        impl<'a, $($generics)*> Along<Option<&'a mut $to>> for &mut NoTangent {
            #[inline(always)]
            fn lend(self) -> Option<&'a mut $to> {
                None
            }
        }
        impl<'a, $($generics)*> Along<Option<&'a $to>> for &mut NoTangent {
            #[inline(always)]
            fn lend(self) -> Option<&'a $to> {
                None
            }
        }
        impl<'a, $($generics)*> Along<Option<&'a $to>> for &NoTangent {
            #[inline(always)]
            fn lend(self) -> Option<&'a $to> {
                None
            }
        }
    )* };
}

nothing! {
    [T: Varied] T,
    [T] [T],
}

#[cfg(feature = "ndarray")]
nothing! {
    [T, D: ndarray::Dimension + 'static] ndarray::ArrayRef<T, D>,
}

/// The same for parameters by value.
macro_rules! nothing_by_value {
    ($($from:ty),*) => { $(
        impl<T: Varied> Along<Given<T>> for $from {
            #[inline(always)]
            fn lend(self) -> Given<T> {
                Given(None)
            }
        }
    )* };
}

nothing_by_value!(NoTangent, &NoTangent, &mut NoTangent);
