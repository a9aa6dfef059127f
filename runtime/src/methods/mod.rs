//! Methods that have the name of a scalar's rule, on receivers whose type a macro cannot see.
//!
//! Where the receiver is a known scalar, generated code contains the rule's formula. Elsewhere it names the method
//! by a type of [`method`], and rustc finds the rule of whatever the receiver is: `f32`'s and `f64`'s from the
//! table, those of complex numbers and arrays, or a user's own annotated method.

// A rule of the table names the partials that it has; the base stands for those that it leaves out.
#![allow(clippy::needless_update)]

#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, NoTangent, Real, TangentOf, helper};

#[cfg(feature = "num-complex")]
mod complex;

/// What has a method of the table, for the sake of the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a real number, and the derivative of this method is not known",
    label = "this has the name of a method of `f64`, and is called on `{Self}`",
    note = "write `#[differentiable]` on the `impl` block of this method, or call it on a number"
)]
pub trait HasMethod<M> {}

/// Requires that the derivative of a method is known for a receiver.
#[inline(always)]
pub fn assert_method<M, T: HasMethod<M> + ?Sized>(_: M, _: &T) {}

/// Requires that a step function such as `floor` is std's, applied to each number.
#[inline(always)]
pub fn assert_stepwise<T: Stepwise + ?Sized>(_: &T) {}

/// What the step functions are constant on, piece by piece.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a real number, and the derivative of this method is not known",
    label = "this has the name of a method of `f64`, and is called on `{Self}`",
    note = "write a `#[differentiable]` free function for it and call that, or call it on a number"
)]
pub trait Stepwise {}

#[diagnostic::do_not_recommend]
impl<T: Real> Stepwise for T {}

/// The derivative of the method `M` with the arguments `B` and `C`, `()` where it takes fewer. `r` is its result.
#[diagnostic::on_unimplemented(
    message = "this method of `{Self}` has no derivative rule for these arguments",
    note = "it is called with `{B}` and `{C}`, where `()` stands for no argument"
)]
pub trait MethodRule<M, B: Differentiable, C: Differentiable>:
    Differentiable + HasMethod<M>
{
    /// What the method gives.
    type Out: Differentiable;
    /// The receiver's cotangent, from the cotangent `t` of the result.
    fn vjp0(&self, b: &B, c: &C, r: &Self::Out, t: &TangentOf<Self::Out>) -> TangentOf<Self>;
    /// The first argument's.
    fn vjp1(&self, b: &B, _c: &C, _r: &Self::Out, _t: &TangentOf<Self::Out>) -> TangentOf<B> {
        b.zero_tangent()
    }
    /// The second argument's.
    fn vjp2(&self, _b: &B, c: &C, _r: &Self::Out, _t: &TangentOf<Self::Out>) -> TangentOf<C> {
        c.zero_tangent()
    }
    /// The tangent of the result.
    #[allow(clippy::too_many_arguments)]
    fn jvp(
        &self,
        b: &B,
        c: &C,
        r: &Self::Out,
        da: &TangentOf<Self>,
        db: &TangentOf<B>,
        dc: &TangentOf<C>,
    ) -> TangentOf<Self::Out>;
}

/// The cotangents by functions that name the method, since a method of this name may be the receiver's own.
macro_rules! cotangents {
    ($($(#[$doc:meta])* $name:ident $rule:ident $of:ident)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<M, A: MethodRule<M, B, C>, B: Differentiable, C: Differentiable>(
            _: M,
            a: &A,
            b: &B,
            c: &C,
            r: &A::Out,
            t: &TangentOf<A::Out>,
        ) -> TangentOf<$of> {
            a.$rule(b, c, r, t)
        }
    )* };
}

cotangents! {
    /// The cotangent of a method's receiver.
    method_vjp0 vjp0 A
    /// The cotangent of a method's first argument.
    method_vjp1 vjp1 B
    /// The cotangent of a method's second argument.
    method_vjp2 vjp2 C
}

/// The tangent of what a method gives.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn method_jvp<M, A: MethodRule<M, B, C>, B: Differentiable, C: Differentiable>(
    _: M,
    a: &A,
    b: &B,
    c: &C,
    r: &A::Out,
    da: &TangentOf<A>,
    db: &TangentOf<B>,
    dc: &TangentOf<C>,
) -> TangentOf<A::Out> {
    a.jvp(b, c, r, da, db, dc)
}

/// An argument's type, and what its tangent is times a partial derivative.
macro_rules! argument {
    (type $float:ident) => {
        $float
    };
    (type $float:ident $ty:ty) => {
        $ty
    };
    (vjp $t:expr, $partial:expr) => {
        *$t * $partial
    };
    (vjp $t:expr, $partial:expr, $ty:ty) => {
        NoTangent
    };
    (jvp $d:expr, $partial:expr) => {
        *$d * $partial
    };
    (jvp $d:expr, $partial:expr, $ty:ty) => {
        0.0
    };
}

/// The rule of one method for one float type. Every partial derivative is a field of the argument's name; those that
/// are not asked for are not computed by optimised code.
macro_rules! rule {
    ($float:ident $name:ident ($x:ident) $r:ident { $($of:ident : $partial:expr),* }) => {
        impl HasMethod<method::$name> for $float {}
        impl MethodRule<method::$name, (), ()> for $float {
            type Out = $float;
            #[inline(always)]
            fn vjp0(&self, _: &(), _: &(), r: &$float, t: &$float) -> $float {
                struct Partials { $x: $float }
                let ($x, $r) = (*self, *r);
                let _ = ($x, $r);
                let p = Partials { $($of: $partial,)* ..Partials { $x: 0.0 } };
                *t * p.$x
            }
            #[inline(always)]
            fn jvp(&self, b: &(), c: &(), r: &$float, da: &$float, _: &NoTangent, _: &NoTangent) -> $float {
                MethodRule::<method::$name, (), ()>::vjp0(self, b, c, r, da)
            }
        }
    };
    ($float:ident $name:ident ($x:ident, $y:ident $(: $ty:ty)?) $r:ident { $($of:ident : $partial:expr),* }) => {
        impl HasMethod<method::$name> for $float {}
        impl MethodRule<method::$name, argument!(type $float $($ty)?), ()> for $float {
            type Out = $float;
            #[inline(always)]
            fn vjp0(&self, b: &argument!(type $float $($ty)?), _: &(), r: &$float, t: &$float) -> $float {
                struct Partials { $x: $float, $y: $float }
                let ($x, $y, $r) = (*self, *b, *r);
                let _ = ($x, $y, $r);
                let p = Partials { $($of: $partial,)* ..Partials { $x: 0.0, $y: 0.0 } };
                let _ = p.$y;
                *t * p.$x
            }
            #[inline(always)]
            fn vjp1(
                &self,
                b: &argument!(type $float $($ty)?),
                _: &(),
                r: &$float,
                t: &$float,
            ) -> TangentOf<argument!(type $float $($ty)?)> {
                struct Partials { $x: $float, $y: $float }
                let ($x, $y, $r) = (*self, *b, *r);
                let _ = ($x, $y, $r, t);
                let p = Partials { $($of: $partial,)* ..Partials { $x: 0.0, $y: 0.0 } };
                let _ = (p.$x, p.$y);
                argument!(vjp t, p.$y $(, $ty)?)
            }
            #[inline(always)]
            fn jvp(
                &self,
                b: &argument!(type $float $($ty)?),
                _: &(),
                r: &$float,
                da: &$float,
                db: &TangentOf<argument!(type $float $($ty)?)>,
                _: &NoTangent,
            ) -> $float {
                struct Partials { $x: $float, $y: $float }
                let ($x, $y, $r) = (*self, *b, *r);
                let _ = ($x, $y, $r, db);
                let p = Partials { $($of: $partial,)* ..Partials { $x: 0.0, $y: 0.0 } };
                let _ = p.$y;
                *da * p.$x + argument!(jvp db, p.$y $(, $ty)?)
            }
        }
    };
    ($float:ident $name:ident ($x:ident, $y:ident, $z:ident) $r:ident { $($of:ident : $partial:expr),* }) => {
        impl HasMethod<method::$name> for $float {}
        impl MethodRule<method::$name, $float, $float> for $float {
            type Out = $float;
            rule!(@third $float vjp0 $x ($x, $y, $z) $r { $($of: $partial),* });
            rule!(@third $float vjp1 $y ($x, $y, $z) $r { $($of: $partial),* });
            rule!(@third $float vjp2 $z ($x, $y, $z) $r { $($of: $partial),* });
            #[inline(always)]
            fn jvp(
                &self,
                b: &$float,
                c: &$float,
                r: &$float,
                da: &$float,
                db: &$float,
                dc: &$float,
            ) -> $float {
                MethodRule::<method::$name, $float, $float>::vjp0(self, b, c, r, da)
                    + MethodRule::<method::$name, $float, $float>::vjp1(self, b, c, r, db)
                    + MethodRule::<method::$name, $float, $float>::vjp2(self, b, c, r, dc)
            }
        }
    };
    (@third $float:ident $vjp:ident $of_this:ident ($x:ident, $y:ident, $z:ident) $r:ident { $($of:ident : $partial:expr),* }) => {
        #[inline(always)]
        fn $vjp(&self, b: &$float, c: &$float, r: &$float, t: &$float) -> $float {
            struct Partials { $x: $float, $y: $float, $z: $float }
            let ($x, $y, $z, $r) = (*self, *b, *c, *r);
            let _ = ($x, $y, $z, $r);
            let p = Partials { $($of: $partial,)* ..Partials { $x: 0.0, $y: 0.0, $z: 0.0 } };
            let _ = (p.$x, p.$y, p.$z);
            *t * p.$of_this
        }
    };
}

macro_rules! rules {
    (
        methods { $(
            $name:ident ($($arg:ident $(: $ty:ty)?),*) -> $r:ident : { $($of:ident : $partial:expr),* $(,)? } on $domain:tt;
        )* }
        helpers $helpers:tt
    ) => {
        /// The methods of the table, by name.
        pub mod method { $(
            #[doc = concat!("The method `", stringify!($name), "`.")]
            #[allow(non_camel_case_types)]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
        )* }
        $(
            rule!(f64 $name ($($arg $(: $ty)?),*) $r { $($of: $partial),* });
            rule!(f32 $name ($($arg $(: $ty)?),*) $r { $($of: $partial),* });
        )*
    };
}

include!("../../rules/table.rs");
