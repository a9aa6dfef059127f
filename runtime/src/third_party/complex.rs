//! `num_complex::Complex`: its tangent is a complex number, with the real inner product `Re(conj(a) b)`.
//!
//! The gradient of a real function of `z = x + iy` is `dL/dx + i dL/dy`, the direction of steepest ascent. A
//! holomorphic `f` pulls a cotangent `t` back to `conj(f'(z)) t`.

use crate::data::Varied;
use crate::fixed::OneShape;
use crate::ops::{AddRule, Adds, DivRule, MulRule, NegRule, SubRule, Subtracts};
use crate::rt::Wrap;
use crate::shapes::{AddTo, Added, Exact};
use crate::{Differentiable, Real, Tangent};
use num_complex::Complex;

#[diagnostic::do_not_recommend]
impl<T: Real> Differentiable for Complex<T> {
    type Tangent = Complex<T>;
    type Shadow = Complex<T>;
    #[inline(always)]
    fn zero_tangent(&self) -> Complex<T> {
        Complex::new(T::zero(), T::zero())
    }
    #[inline(always)]
    fn shadow(tangent: &mut Complex<T>) -> &mut Complex<T> {
        tangent
    }
}

impl<T: Real> Varied for Complex<T> {}
impl<T: Real> OneShape for Complex<T> {}

impl<T: Real> Tangent for Complex<T> {
    #[inline(always)]
    fn add_assign(&mut self, other: &Self) {
        self.re += other.re;
        self.im += other.im;
    }
    #[inline(always)]
    fn scale(&mut self, factor: f64) {
        self.re.scale(factor);
        self.im.scale(factor);
    }
    #[inline(always)]
    fn dot(&self, other: &Self) -> f64 {
        self.re.dot(&other.re) + self.im.dot(&other.im)
    }
    #[inline(always)]
    fn set_zero(&mut self) {
        *self = Self::neutral();
    }
    #[inline(always)]
    fn zero_like(&self) -> Self {
        Self::neutral()
    }
    #[inline(always)]
    fn neutral() -> Self {
        Complex::new(T::zero(), T::zero())
    }
    #[inline(always)]
    fn for_each(&self, visit: &mut dyn FnMut(f64)) {
        self.re.for_each(visit);
        self.im.for_each(visit);
    }
    #[inline(always)]
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.re.for_each_mut(visit);
        self.im.for_each_mut(visit);
    }
}

/// A real number is a complex one whose imaginary part has no say.
trait Part<T> {
    /// What of a complex cotangent reaches an operand of this type.
    fn of(t: Complex<T>) -> Self;
    /// The complex conjugate.
    fn conjugate(self) -> Self;
}

impl<T: Real> Part<T> for T {
    #[inline(always)]
    fn of(t: Complex<T>) -> T {
        t.re
    }
    #[inline(always)]
    fn conjugate(self) -> T {
        self
    }
}

impl<T: Real> Part<T> for Complex<T> {
    #[inline(always)]
    fn of(t: Complex<T>) -> Complex<T> {
        t
    }
    #[inline(always)]
    fn conjugate(self) -> Complex<T> {
        Complex::new(self.re, -self.im)
    }
}

/// An operand by value or by reference.
trait ByValue<T> {
    /// The number.
    fn value(&self) -> T;
}

impl<T: Copy> ByValue<T> for T {
    #[inline(always)]
    fn value(&self) -> T {
        *self
    }
}

impl<T: Copy> ByValue<T> for &T {
    #[inline(always)]
    fn value(&self) -> T {
        **self
    }
}

/// One rule for one pair of operand types, whose tangents are `$l` and `$r`.
macro_rules! complex_rule {
    ($rule:ident $float:ident [$lhs:ty, $l:ty] [$rhs:ty, $r:ty] |$a:ident, $b:ident, $t:ident| $left:expr, $right:expr,
        |$da:ident, $db:ident| $jvp:expr) => {
        impl $rule<$rhs> for $lhs {
            type Out = Complex<$float>;
            #[inline(always)]
            fn vjp_lhs(a: &$lhs, b: &$rhs, &$t: &Complex<$float>) -> $l {
                let ($a, $b): ($l, $r) = (a.value(), b.value());
                let _ = ($a, $b);
                Part::<$float>::of($left)
            }
            #[inline(always)]
            fn vjp_rhs(a: &$lhs, b: &$rhs, &$t: &Complex<$float>) -> $r {
                let ($a, $b): ($l, $r) = (a.value(), b.value());
                let _ = ($a, $b);
                Part::<$float>::of($right)
            }
            #[inline(always)]
            fn jvp(a: &$lhs, b: &$rhs, &$da: &$l, &$db: &$r) -> Complex<$float> {
                let ($a, $b): ($l, $r) = (a.value(), b.value());
                let _ = ($a, $b);
                $jvp
            }
        }
    };
}

/// The rules of the four operators, for one pair of operand types.
macro_rules! complex_rules {
    ($float:ident [$lhs:ty, $l:ty] [$rhs:ty, $r:ty]) => {
        complex_rule!(AddRule $float [$lhs, $l] [$rhs, $r] |a, b, t| t, t, |da, db| da + db);
        complex_rule!(SubRule $float [$lhs, $l] [$rhs, $r] |a, b, t| t, -t, |da, db| da - db);
        complex_rule!(MulRule $float [$lhs, $l] [$rhs, $r]
            |a, b, t| t * Part::<$float>::conjugate(b), t * Part::<$float>::conjugate(a),
            |da, db| da * b + a * db);
        complex_rule!(DivRule $float [$lhs, $l] [$rhs, $r]
            |a, b, t| t / Part::<$float>::conjugate(b), -t * Part::<$float>::conjugate(a / b / b),
            |da, db| da / b - a / b * db / b);
    };
}

/// By value and by reference.
macro_rules! complex_operands {
    ($float:ident [$l:ty] [$r:ty]) => {
        complex_rules!($float [$l, $l] [$r, $r]);
        complex_rules!($float [&$l, $l] [$r, $r]);
        complex_rules!($float [$l, $l] [&$r, $r]);
        complex_rules!($float [&$l, $l] [&$r, $r]);
    };
}

/// `+=` and `*=` are what they are on numbers.
macro_rules! plain_assignment {
    ($lhs:ty: $($rhs:ty),*) => { $(
        impl<'b> Adds<$rhs> for $lhs {}
        impl<'b> Subtracts<$rhs> for $lhs {}
        crate::ops::as_operator!(['b] $lhs, $rhs, [] MulAssignRule MulRule, DivAssignRule DivRule);
    )* };
}

macro_rules! for_each_float {
    ($($float:ident)*) => { $(
        complex_operands!($float [Complex<$float>] [Complex<$float>]);
        complex_operands!($float [Complex<$float>] [$float]);
        complex_operands!($float [$float] [Complex<$float>]);

        plain_assignment!(Complex<$float>: Complex<$float>, &'b Complex<$float>, $float, &'b $float);

        // Beside a complex number, a real one gives and takes its real part.
        impl Added<Complex<$float>> for Exact<$float> {
            type Tangent = $float;
            #[inline(always)]
            fn added(self, t: &Complex<$float>) -> $float {
                t.re
            }
        }
        impl AddTo<Complex<$float>> for Wrap<'_, $float> {
            #[inline(always)]
            fn add_to(&self, to: &mut Complex<$float>, factor: f64) {
                to.re += *self.0 * factor as $float;
            }
        }
    )* };
}

for_each_float!(f32 f64);

/// The sign by value and by reference.
macro_rules! complex_neg {
    ($($operand:ty),*) => { $(
        impl<T: Real> NegRule for $operand {
            type Out = Complex<T>;
            #[inline(always)]
            fn vjp(_: &$operand, t: &Complex<T>) -> Complex<T> {
                Complex::new(-t.re, -t.im)
            }
            #[inline(always)]
            fn jvp(_: &$operand, da: &Complex<T>) -> Complex<T> {
                Complex::new(-da.re, -da.im)
            }
        }
    )* };
}

complex_neg!(Complex<T>, &Complex<T>);
