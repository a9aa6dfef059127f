//! Tangents of `Option` and `Result`: a variant like the value's, and a zero that fits each.

use crate::Tangent;

/// Writes the impls of a tangent with a zero, a variant without numbers, and one with them.
macro_rules! variant_tangent {
    ($name:ident, $empty:ident, $full:ident, $part:ident, $peek:ident) => {
        impl<T: Tangent> $name<T> {
            /// The tangent inside, put there by `zero` where this is the zero or has none.
            #[inline]
            pub fn some_mut(&mut self, zero: impl FnOnce() -> T) -> &mut T {
                if !matches!(self, Self::$full(_)) {
                    *self = Self::$full(zero());
                }
                match self {
                    Self::$full(inner) => inner,
                    // The lines above leave nothing else.
                    _ => unreachable!("pullback: a variant changed under an exclusive borrow"),
                }
            }

            /// The tangent inside for generated code, by the name that derived tangents have for theirs.
            #[doc(hidden)]
            #[allow(non_snake_case)]
            #[inline(always)]
            pub fn $part(&mut self) -> &mut T {
                self.some_mut(T::neutral)
            }

            /// The same by the name that fits each of the two.
            #[doc(hidden)]
            #[allow(non_snake_case)]
            #[inline(always)]
            pub fn __part_Full_0(&mut self) -> &mut T {
                self.some_mut(T::neutral)
            }

            /// The same for generated code that only looks.
            #[doc(hidden)]
            #[allow(non_snake_case)]
            #[inline(always)]
            pub fn __peek_Full_0(&self) -> &T {
                self.$peek()
            }

            /// The tangent inside for generated code that only looks.
            #[doc(hidden)]
            #[allow(non_snake_case)]
            #[inline(always)]
            pub fn $peek(&self) -> &T {
                match self {
                    Self::$full(inner) => inner,
                    _ => crate::data::neutral(),
                }
            }

            /// The tangent inside, if there is one; the zero has none written out.
            #[inline]
            pub fn as_ref(&self) -> Option<&T> {
                match self {
                    Self::$full(inner) => Some(inner),
                    _ => None,
                }
            }

            /// The tangent inside, by value, if there is one.
            #[inline]
            pub fn into_inner(self) -> Option<T> {
                match self {
                    Self::$full(inner) => Some(inner),
                    _ => None,
                }
            }
        }

        impl<T: Tangent> crate::data::Varied for $name<T> {}

        impl<T: Tangent> Tangent for $name<T> {
            #[inline]
            fn add_assign(&mut self, other: &Self) {
                match (&mut *self, other) {
                    (Self::$full(a), Self::$full(b)) => a.add_assign(b),
                    (Self::$full(_), _) | (_, Self::Zero) => {}
                    (_, other) => *self = other.clone(),
                }
            }
            #[inline]
            fn absorb(&mut self, other: Self) {
                match (&mut *self, other) {
                    (Self::$full(a), Self::$full(b)) => a.absorb(b),
                    (Self::$full(_), _) | (_, Self::Zero) => {}
                    (_, other) => *self = other,
                }
            }
            #[inline]
            fn scale(&mut self, factor: f64) {
                if let Self::$full(inner) = self {
                    inner.scale(factor);
                }
            }
            #[inline]
            fn dot(&self, other: &Self) -> f64 {
                match (self, other) {
                    (Self::$full(a), Self::$full(b)) => a.dot(b),
                    _ => 0.0,
                }
            }
            #[inline]
            fn set_zero(&mut self) {
                if let Self::$full(inner) = self {
                    inner.set_zero();
                }
            }
            #[inline]
            fn zero_like(&self) -> Self {
                match self {
                    Self::Zero => Self::Zero,
                    Self::$empty => Self::$empty,
                    Self::$full(inner) => Self::$full(inner.zero_like()),
                }
            }
            #[inline]
            fn neutral() -> Self {
                Self::Zero
            }
            #[inline]
            fn for_each(&self, visit: &mut dyn FnMut(f64)) {
                if let Self::$full(inner) = self {
                    inner.for_each(visit);
                }
            }
            #[inline]
            fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                if let Self::$full(inner) = self {
                    inner.for_each_mut(visit);
                }
            }
        }
    };
}

/// The tangent of an `Option`.
///
/// `Zero` and `None` add nothing; a `Some` added to either stays.
///
/// ```
/// use pullback_runtime::{OptionTangent, Tangent};
///
/// let mut t = OptionTangent::Zero;
/// t.add_assign(&OptionTangent::Some(2.0));
/// *t.some_mut(|| 0.0) += 1.0;
/// assert_eq!(t, OptionTangent::Some(3.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum OptionTangent<T> {
    /// The zero of any value, its variant unknown.
    #[default]
    Zero,
    /// The tangent of `None`, which has no components.
    None,
    /// The tangent of `Some`.
    Some(T),
}

variant_tangent!(OptionTangent, None, Some, __part_Some_0, __peek_Some_0);

/// The tangent of a `Result`, of which the error carries none.
///
/// `Zero` and `Err` add nothing; an `Ok` added to either stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ResultTangent<T> {
    /// The zero of any value, its variant unknown.
    #[default]
    Zero,
    /// The tangent of `Err`, which has no components.
    Err,
    /// The tangent of `Ok`.
    Ok(T),
}

variant_tangent!(ResultTangent, Err, Ok, __part_Ok_0, __peek_Ok_0);
