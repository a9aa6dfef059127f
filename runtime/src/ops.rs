//! Derivative rules of the operators, for operands whose type a macro cannot see.
//!
//! Where the type is a known scalar, generated code contains the formula itself. Elsewhere it calls
//! `rt::MulRule::vjp_lhs(&a, &b, &t)`, which resolves to the rule of whatever `Mul` that is: those of the
//! scalars here, those of tensors, or a user's own `#[differentiable] impl Mul`.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, NoTangent, Real, TangentOf};

/// Declares the rule trait of a binary operator and the functions that generated code calls.
macro_rules! binary_rule {
    ($($rule:ident $operator:literal $message:literal)*) => { $(
        #[doc = concat!("The derivative of `a ", $operator, " b` with `a: Self` and `b: B`.")]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "an operator between differentiated values",
            note = "write `#[differentiable]` on the `impl` of this operator, or pass the value through `pullback::detach`"
        )]
        pub trait $rule<B: Differentiable>: Differentiable {
            /// What the operator gives.
            type Out: Differentiable;
            /// The cotangent of the left operand, from the cotangent `t` of the result.
            fn vjp_lhs(a: &Self, b: &B, t: &TangentOf<Self::Out>) -> TangentOf<Self>;
            /// The cotangent of the right operand, from the cotangent `t` of the result.
            fn vjp_rhs(a: &Self, b: &B, t: &TangentOf<Self::Out>) -> TangentOf<B>;
            /// The tangent of the result, from those of the operands.
            fn jvp(a: &Self, b: &B, da: &TangentOf<Self>, db: &TangentOf<B>) -> TangentOf<Self::Out>;
        }
    )* };
}

binary_rule! {
    AddRule "+" "`{Self} + {B}` has no derivative rule"
    SubRule "-" "`{Self} - {B}` has no derivative rule"
    MulRule "*" "`{Self} * {B}` has no derivative rule"
    DivRule "/" "`{Self} / {B}` has no derivative rule"
    RemRule "%" "`{Self} % {B}` has no derivative rule"
}

/// The derivative of `-a`.
#[diagnostic::on_unimplemented(
    message = "`-{Self}` has no derivative rule",
    label = "an operator on a differentiated value",
    note = "write `#[differentiable]` on the `impl` of this operator, or pass the value through `pullback::detach`"
)]
pub trait NegRule: Differentiable {
    /// What the operator gives.
    type Out: Differentiable;
    /// The cotangent of the operand, from the cotangent `t` of the result.
    fn vjp(a: &Self, t: &TangentOf<Self::Out>) -> TangentOf<Self>;
    /// The tangent of the result, from that of the operand.
    fn jvp(a: &Self, da: &TangentOf<Self>) -> TangentOf<Self::Out>;
}

/// One rule for one pair of operand types. Both operands bind by value, the references away.
macro_rules! scalar_binary {
    ($rule:ident $float:ident $lhs:ty, $rhs:ty, |$a:ident, $b:ident| $da:expr, $db:expr) => {
        #[diagnostic::do_not_recommend]
        impl $rule<$rhs> for $lhs {
            type Out = $float;
            #[inline(always)]
            fn vjp_lhs(&$a: &$lhs, &$b: &$rhs, t: &$float) -> $float {
                let _ = ($a, $b);
                *t * $da
            }
            #[inline(always)]
            fn vjp_rhs(&$a: &$lhs, &$b: &$rhs, t: &$float) -> $float {
                let _ = ($a, $b);
                *t * $db
            }
            #[inline(always)]
            fn jvp(&$a: &$lhs, &$b: &$rhs, da: &$float, db: &$float) -> $float {
                let _ = ($a, $b);
                *da * $da + *db * $db
            }
        }
    };
}

/// The four combinations of by value and by reference.
macro_rules! scalar_rules {
    ($float:ident: $($rule:ident |$a:ident, $b:ident| $da:expr, $db:expr;)*) => {
        $(
            scalar_binary!($rule $float $float, $float, |$a, $b| $da, $db);
            scalar_binary!($rule $float &$float, $float, |$a, $b| $da, $db);
            scalar_binary!($rule $float $float, &$float, |$a, $b| $da, $db);
            scalar_binary!($rule $float &$float, &$float, |$a, $b| $da, $db);
        )*
        scalar_rules!(negate $float $float);
        scalar_rules!(negate $float &$float);
    };
    (negate $float:ident $operand:ty) => {
        impl NegRule for $operand {
            type Out = $float;
            #[inline(always)]
            fn vjp(_a: &$operand, t: &$float) -> $float {
                -*t
            }
            #[inline(always)]
            fn jvp(_a: &$operand, da: &$float) -> $float {
                -*da
            }
        }
    };
}

macro_rules! for_each_float {
    ($($float:ident)*) => { $(
        scalar_rules! { $float:
            AddRule |a, b| 1.0, 1.0;
            SubRule |a, b| 1.0, -1.0;
            MulRule |a, b| b, a;
            DivRule |a, b| 1.0 / b, -(a / b) / b;
            RemRule |a, b| 1.0, -(a / b).trunc();
        }
    )* };
}

for_each_float!(f32 f64);

/// What can be cast to a float: the cast's derivative is a cast, or none where the value is an integer.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number that can be cast with `as`")]
pub trait CastRule: Differentiable {
    /// The cotangent of the value, from that of the result.
    fn vjp(&self, t: f64) -> TangentOf<Self>;
    /// The tangent of the result, from that of the value.
    fn jvp<F: Real>(da: &TangentOf<Self>) -> F;
}

/// The cotangent of `a` in `a as f64`.
#[inline(always)]
pub fn cast_vjp<A: CastRule>(a: &A, t: f64) -> TangentOf<A> {
    a.vjp(t)
}

/// The tangent of `a as f64`.
#[inline(always)]
pub fn cast_jvp<A: CastRule, F: Real>(_a: &A, da: &TangentOf<A>) -> F {
    A::jvp(da)
}

macro_rules! cast_of_float {
    ($($float:ident)*) => { $(
        impl CastRule for $float {
            #[inline(always)]
            fn vjp(&self, t: f64) -> $float {
                t as $float
            }
            #[inline(always)]
            fn jvp<F: Real>(da: &$float) -> F {
                F::from_f64(f64::from(*da))
            }
        }
    )* };
}

cast_of_float!(f32 f64);

macro_rules! cast_of_integer {
    ($($integer:ident)*) => { $(
        impl CastRule for $integer {
            #[inline(always)]
            fn vjp(&self, _: f64) -> NoTangent {
                NoTangent
            }
            #[inline(always)]
            fn jvp<F: Real>(_: &NoTangent) -> F {
                F::from_f64(0.0)
            }
        }
    )* };
}

cast_of_integer!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char);

/// Declares the trait that says of a compound assignment that it is, part by part, what it is on numbers.
macro_rules! plain_assignment {
    ($($name:ident $check:ident $operator:literal $message:literal $note:literal)*) => { $(
        #[doc = concat!("`a ", $operator, "= b` is `a = a ", $operator, " b`, part by part.")]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "a compound assignment between differentiated values",
            note = $note
        )]
        pub trait $name<B> {
            /// Fails to compile if a part is left out.
            #[doc(hidden)]
            const COVERED: () = ();
        }

        #[doc = concat!("Requires that `a ", $operator, "= b` is what it is on numbers.")]
        #[inline(always)]
        pub fn $check<A: $name<B>, B>(_: &A, _: &B) {
            let () = A::COVERED;
        }

        impl<T: Real> $name<T> for T {}
        impl<T: Real> $name<&T> for T {}
        plain_assignment!(@integers $name i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
    )* };
    (@integers $name:ident $($number:ty)*) => { $(
        impl $name<$number> for $number {}
        impl $name<&$number> for $number {}
    )* };
}

plain_assignment! {
    Adds assert_adds "+" "`{Self} += {B}` has no derivative rule"
        "write `#[differentiable]` on the `impl` of this operator, or `a = a + b`"
    Subtracts assert_subtracts "-" "`{Self} -= {B}` has no derivative rule"
        "write `#[differentiable]` on the `impl` of this operator, or `a = a - b`"
}

/// Declares the rule trait of a compound assignment.
macro_rules! assignment_rule {
    ($($rule:ident $operator:literal $message:literal $note:literal)*) => { $(
        #[doc = concat!("The derivative of `a ", $operator, "= b` with `a: Self` and `b: B`, as that of what is in `a` then.")]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "a compound assignment between differentiated values",
            note = $note
        )]
        pub trait $rule<B: Differentiable>: Differentiable {
            /// The cotangent of what was in the place, from the cotangent `t` of what is in it after.
            fn vjp_lhs(a: &Self, b: &B, t: &TangentOf<Self>) -> TangentOf<Self>;
            /// The cotangent of the right operand, from the cotangent `t` of what is in the place after.
            fn vjp_rhs(a: &Self, b: &B, t: &TangentOf<Self>) -> TangentOf<B>;
            /// The tangent of what is in the place after, from those of the operands.
            fn jvp(a: &Self, b: &B, da: &TangentOf<Self>, db: &TangentOf<B>) -> TangentOf<Self>;
        }
    )* };
}

assignment_rule! {
    MulAssignRule "*" "`{Self} *= {B}` has no derivative rule"
        "write `#[differentiable]` on the `impl` of this operator, or `a = a * b`"
    DivAssignRule "/" "`{Self} /= {B}` has no derivative rule"
        "write `#[differentiable]` on the `impl` of this operator, or `a = a / b`"
    RemAssignRule "%" "`{Self} %= {B}` has no derivative rule"
        "write `#[differentiable]` on the `impl` of this operator, or `a = a % b`"
}

/// The rules of compound assignments that are `a = a op b`: those of the operators.
macro_rules! as_operator {
    (@one [$($generics:tt)*] $lhs:ty, $rhs:ty, [$($bounds:tt)*] $rule:ident $operator:ident) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::ops::$rule<$rhs> for $lhs
        where
            $($bounds)*
        {
            #[inline(always)]
            fn vjp_lhs(a: &Self, b: &$rhs, t: &$crate::TangentOf<Self>) -> $crate::TangentOf<Self> {
                <Self as $crate::ops::$operator<$rhs>>::vjp_lhs(a, b, t)
            }
            #[inline(always)]
            fn vjp_rhs(a: &Self, b: &$rhs, t: &$crate::TangentOf<Self>) -> $crate::TangentOf<$rhs> {
                <Self as $crate::ops::$operator<$rhs>>::vjp_rhs(a, b, t)
            }
            #[inline(always)]
            fn jvp(
                a: &Self,
                b: &$rhs,
                da: &$crate::TangentOf<Self>,
                db: &$crate::TangentOf<$rhs>,
            ) -> $crate::TangentOf<Self> {
                <Self as $crate::ops::$operator<$rhs>>::jvp(a, b, da, db)
            }
        }
    };
    ($generics:tt $lhs:ty, $rhs:ty, $bounds:tt $($rule:ident $operator:ident),*) => { $(
        $crate::ops::as_operator!(@one $generics $lhs, $rhs, $bounds $rule $operator);
    )* };
}
pub(crate) use as_operator;

macro_rules! assigned_floats {
    ($($float:ident)*) => { $(
        as_operator!([] $float, $float, []
            MulAssignRule MulRule, DivAssignRule DivRule, RemAssignRule RemRule);
        as_operator!(['b] $float, &'b $float, []
            MulAssignRule MulRule, DivAssignRule DivRule, RemAssignRule RemRule);
    )* };
}

assigned_floats!(f32 f64);

/// The derivatives of an operator between integers.
macro_rules! passes_nothing {
    ($rhs:ty) => {
        #[inline(always)]
        fn vjp_lhs(_: &Self, _: &$rhs, _: &NoTangent) -> NoTangent {
            NoTangent
        }
        #[inline(always)]
        fn vjp_rhs(_: &Self, _: &$rhs, _: &NoTangent) -> NoTangent {
            NoTangent
        }
        #[inline(always)]
        fn jvp(_: &Self, _: &$rhs, _: &NoTangent, _: &NoTangent) -> NoTangent {
            NoTangent
        }
    };
}

/// Integers among the fields of what carries a derivative.
macro_rules! assigned_integers {
    ($($rule:ident [$($integer:ident)*])*) => { $( $(
        assigned_integers!(@one $rule $integer, $integer);
        assigned_integers!(@one $rule $integer, &$integer);
    )* )* };
    (@one $rule:ident $lhs:ty, $rhs:ty) => {
        #[diagnostic::do_not_recommend]
        impl $rule<$rhs> for $lhs {
            passes_nothing!($rhs);
        }
    };
}

macro_rules! integers {
    ($($integer:ident)*) => { $(
        integers!(@all $integer AddRule SubRule MulRule DivRule RemRule);
    )* };
    (@all $integer:ident $($rule:ident)*) => { $(
        integers!(@one $integer $rule $integer, $integer);
        integers!(@one $integer $rule &$integer, $integer);
        integers!(@one $integer $rule $integer, &$integer);
        integers!(@one $integer $rule &$integer, &$integer);
    )* };
    (@one $integer:ident $rule:ident $lhs:ty, $rhs:ty) => {
        #[diagnostic::do_not_recommend]
        impl $rule<$rhs> for $lhs {
            type Out = $integer;
            passes_nothing!($rhs);
        }
    };
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

assigned_integers! {
    MulAssignRule [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize]
    DivAssignRule [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize]
    RemAssignRule [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize]
}

/// `a + b` that adds part by part, as its annotated `impl` shows; then so does `*self = *self + b`.
#[diagnostic::on_unimplemented(
    message = "`{Self} + {B}` is not known to add part by part",
    note = "write the body of `add_assign` as `self.x += other.x;` for each part"
)]
pub trait AddsByParts<B> {
    /// Fails to compile if a part is left out.
    #[doc(hidden)]
    const COVERED: () = ();
}

/// `a - b` that subtracts part by part, as its annotated `impl` shows; then so does `*self = *self - b`.
#[diagnostic::on_unimplemented(
    message = "`{Self} - {B}` is not known to subtract part by part",
    note = "write the body of `sub_assign` as `self.x -= other.x;` for each part"
)]
pub trait SubtractsByParts<B> {
    /// Fails to compile if a part is left out.
    #[doc(hidden)]
    const COVERED: () = ();
}

/// Whether each of the fields is among those that were treated.
pub const fn covers(fields: &[&str], treated: &[&str]) -> bool {
    let mut i = 0;
    while i < fields.len() {
        let mut found = false;
        let mut j = 0;
        while j < treated.len() {
            found |= same_text(fields[i], treated[j]);
            j += 1;
        }
        if !found {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether two texts are the same.
pub const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut same = a.len() == b.len();
    let mut i = 0;
    while same && i < a.len() {
        same = a[i] == b[i];
        i += 1;
    }
    same
}
