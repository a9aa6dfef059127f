//! The real scalars, `f32` and `f64`, as one trait, for functions generic over them.
//!
//! The methods are those of the rule table and are generated from it, so that a method of `Real`
//! without a derivative rule cannot exist, nor a rule without a method.

use crate::ops::{
    AddRule, Adds, CastRule, DivAssignRule, DivRule, MulAssignRule, MulRule, NegRule,
    RemAssignRule, RemRule, SubRule,
};
#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, Tangent};
use core::fmt::{Debug, Display, LowerExp};
use core::iter::{Product, Sum};
use core::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

#[cfg(all(not(feature = "std"), feature = "libm"))]
use crate::math as scalars;
#[cfg(feature = "std")]
use core::primitive as scalars;

mod sealed {
    /// Keeps `Real` to the two types that the rule table is checked for.
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// Gives the type of an argument in the table: the written one, otherwise the scalar itself.
macro_rules! argument_type {
    () => {
        Self
    };
    ($ty:ty) => {
        $ty
    };
}

macro_rules! rules {
    (
        methods { $(
            $name:ident ($first:ident $(, $arg:ident $(: $ty:ty)?)*) -> $result:ident : $partials:tt on $domain:tt;
        )* }
        helpers $helpers:tt
    ) => {
        /// A real scalar: `f32` or `f64`, nothing else.
        ///
        /// A differentiable function may be generic over it. The methods have the names and the
        /// meaning of the inherent methods of `f32` and `f64`; each has an entry in the rule table.
        /// Literals are written `T::from_f64(0.5)`.
        ///
        /// ```
        /// use pullback_runtime::Real;
        ///
        /// fn logistic<T: Real>(x: T) -> T {
        ///     T::one() / (T::one() + (-x).exp())
        /// }
        /// assert_eq!(logistic(0.0_f32), 0.5);
        /// assert_eq!(logistic(0.0_f64), 0.5);
        /// ```
        #[diagnostic::on_unimplemented(
            message = "`{Self}` is not a real scalar",
            label = "only `f32`, `f64` and type parameters bounded by `pullback::Real` are real scalars",
            note = "for a result that is not a scalar, use `vjp` or `jvp` instead of `grad`"
        )]
        pub trait Real:
            sealed::Sealed
            + crate::calls::Scalar
            + Copy
            + Default
            + Debug
            + Display
            + LowerExp
            + PartialEq
            + PartialOrd
            + Send
            + Sync
            + 'static
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + Rem<Output = Self>
            + Neg<Output = Self>
            + AddAssign
            + SubAssign
            + MulAssign
            + DivAssign
            + RemAssign
            + Sum
            + for<'a> Sum<&'a Self>
            + Product
            + for<'a> Product<&'a Self>
            + Tangent
            + crate::data::Varied
            + crate::fixed::OneShape
            + Differentiable<Tangent = Self, Shadow = Self>
            + crate::optim::Parameters
            + AddRule<Self, Out = Self>
            + SubRule<Self, Out = Self>
            + MulRule<Self, Out = Self>
            + DivRule<Self, Out = Self>
            + RemRule<Self, Out = Self>
            + NegRule<Out = Self>
            + Adds<Self>
            + for<'a> Adds<&'a Self>
            + MulAssignRule<Self>
            + for<'a> MulAssignRule<&'a Self>
            + DivAssignRule<Self>
            + RemAssignRule<Self>
            + CastRule
        {
            /// 0.
            fn zero() -> Self;
            /// 1.
            fn one() -> Self;
            /// π.
            fn pi() -> Self;
            /// Euler's number.
            fn e() -> Self;
            /// The distance from 1 to the next larger number.
            fn epsilon() -> Self;
            /// Positive infinity.
            fn infinity() -> Self;
            /// Negative infinity.
            fn neg_infinity() -> Self;
            /// Not a number.
            fn nan() -> Self;
            /// The smallest positive normal number.
            fn min_positive() -> Self;
            /// The smallest finite number.
            fn min_value() -> Self;
            /// The largest finite number.
            fn max_value() -> Self;
            /// `x` rounded to this type, as `x as Self`.
            fn from_f64(x: f64) -> Self;
            /// This number as an `f64`, exactly.
            fn to_f64(self) -> f64;
            /// Whether this is NaN.
            fn is_nan(self) -> bool;
            /// Whether this is neither NaN nor infinite.
            fn is_finite(self) -> bool;
            /// Whether this is positive or negative infinity.
            fn is_infinite(self) -> bool;
            /// Whether this is neither zero, subnormal, infinite nor NaN.
            fn is_normal(self) -> bool;
            /// Whether the sign bit is clear.
            fn is_sign_positive(self) -> bool;
            /// Whether the sign bit is set.
            fn is_sign_negative(self) -> bool;
            /// Sine and cosine at once.
            fn sin_cos(self) -> (Self, Self);
            $(
                #[doc = concat!("[`f64::", stringify!($name), "`], with a derivative rule.")]
                fn $name(self $(, $arg: argument_type!($($ty)?))*) -> Self;
            )*
        }

        /// Implements `Real` by the inherent constants and methods of one float type.
        macro_rules! implement_real {
            ($float:ident) => {
                impl Real for $float {
                    #[inline(always)]
                    fn zero() -> Self { 0.0 }
                    #[inline(always)]
                    fn one() -> Self { 1.0 }
                    #[inline(always)]
                    fn pi() -> Self { core::$float::consts::PI }
                    #[inline(always)]
                    fn e() -> Self { core::$float::consts::E }
                    #[inline(always)]
                    fn epsilon() -> Self { $float::EPSILON }
                    #[inline(always)]
                    fn infinity() -> Self { $float::INFINITY }
                    #[inline(always)]
                    fn neg_infinity() -> Self { $float::NEG_INFINITY }
                    #[inline(always)]
                    fn nan() -> Self { $float::NAN }
                    #[inline(always)]
                    fn min_positive() -> Self { $float::MIN_POSITIVE }
                    #[inline(always)]
                    fn min_value() -> Self { $float::MIN }
                    #[inline(always)]
                    fn max_value() -> Self { $float::MAX }
                    #[inline(always)]
                    fn from_f64(x: f64) -> Self { x as $float }
                    #[inline(always)]
                    fn to_f64(self) -> f64 { f64::from(self) }
                    #[inline(always)]
                    fn is_nan(self) -> bool { $float::is_nan(self) }
                    #[inline(always)]
                    fn is_finite(self) -> bool { $float::is_finite(self) }
                    #[inline(always)]
                    fn is_infinite(self) -> bool { $float::is_infinite(self) }
                    #[inline(always)]
                    fn is_normal(self) -> bool { $float::is_normal(self) }
                    #[inline(always)]
                    fn is_sign_positive(self) -> bool { $float::is_sign_positive(self) }
                    #[inline(always)]
                    fn is_sign_negative(self) -> bool { $float::is_sign_negative(self) }
                    #[inline(always)]
                    fn sin_cos(self) -> (Self, Self) { scalars::$float::sin_cos(self) }
                    $(
                        #[inline(always)]
                        fn $name(self $(, $arg: argument_type!($($ty)?))*) -> Self {
                            scalars::$float::$name(self $(, $arg)*)
                        }
                    )*
                }
            };
        }
        implement_real!(f32);
        implement_real!(f64);
    };
}

include!("../rules/table.rs");
