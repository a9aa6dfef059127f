//! The methods of complex numbers that have the name of a rule for real ones.
//!
//! A holomorphic function pulls a cotangent `t` back to `conj(f'(z)) t`.

use super::{HasMethod, MethodRule, method};
use crate::{NoTangent, Real};
use num_complex::Complex;

/// Methods without arguments: the complex derivative, from the argument and the result.
macro_rules! holomorphic {
    ($float:ident: $($name:ident |$z:ident, $r:ident| $derivative:expr;)*) => { $(
        impl HasMethod<method::$name> for Complex<$float> {}
        impl MethodRule<method::$name, (), ()> for Complex<$float> {
            type Out = Complex<$float>;
            #[inline]
            fn vjp0(&self, _: &(), _: &(), r: &Self, t: &Self) -> Self {
                let ($z, $r) = (*self, *r);
                let _ = ($z, $r);
                t * Complex::<$float>::from($derivative).conj()
            }
            #[inline]
            fn jvp(&self, _: &(), _: &(), r: &Self, da: &Self, _: &NoTangent, _: &NoTangent) -> Self {
                let ($z, $r) = (*self, *r);
                let _ = ($z, $r);
                da * Complex::<$float>::from($derivative)
            }
        }
    )* };
}

macro_rules! for_each_float {
    ($($float:ident)*) => { $(
        holomorphic! { $float:
            exp |z, r| r;
            exp2 |z, r| r * (2.0 as $float).ln();
            ln |z, r| z.inv();
            log2 |z, r| (z * (2.0 as $float).ln()).inv();
            log10 |z, r| (z * (10.0 as $float).ln()).inv();
            sqrt |z, r| (r + r).inv();
            cbrt |z, r| (r * r * 3.0).inv();
            sin |z, r| z.cos();
            cos |z, r| -z.sin();
            tan |z, r| r * r + 1.0;
            asin |z, r| (Complex::new(1.0, 0.0) - z * z).sqrt().inv();
            acos |z, r| -(Complex::new(1.0, 0.0) - z * z).sqrt().inv();
            atan |z, r| (z * z + 1.0).inv();
            sinh |z, r| z.cosh();
            cosh |z, r| z.sinh();
            tanh |z, r| Complex::new(1.0, 0.0) - r * r;
            asinh |z, r| (z * z + 1.0).sqrt().inv();
            acosh |z, r| ((z - 1.0).sqrt() * (z + 1.0).sqrt()).inv();
            atanh |z, r| (Complex::new(1.0, 0.0) - z * z).inv();
        }

        impl HasMethod<method::powi> for Complex<$float> {}
        impl MethodRule<method::powi, i32, ()> for Complex<$float> {
            type Out = Complex<$float>;
            #[inline]
            fn vjp0(&self, n: &i32, _: &(), _: &Self, t: &Self) -> Self {
                t * power_slope(*n, |k| self.powi(k), *n as $float).conj()
            }
            #[inline]
            fn jvp(&self, n: &i32, _: &(), _: &Self, da: &Self, _: &NoTangent, _: &NoTangent) -> Self {
                da * power_slope(*n, |k| self.powi(k), *n as $float)
            }
        }

        impl HasMethod<method::powf> for Complex<$float> {}
        impl MethodRule<method::powf, $float, ()> for Complex<$float> {
            type Out = Complex<$float>;
            #[inline]
            fn vjp0(&self, y: &$float, _: &(), _: &Self, t: &Self) -> Self {
                t * (self.powf(*y - 1.0) * *y).conj()
            }
            #[inline]
            fn vjp1(&self, _: &$float, _: &(), r: &Self, t: &Self) -> $float {
                (t * (r * self.ln()).conj()).re
            }
            #[inline]
            fn jvp(&self, y: &$float, _: &(), r: &Self, da: &Self, dy: &$float, _: &NoTangent) -> Self {
                da * (self.powf(*y - 1.0) * *y) + r * self.ln() * *dy
            }
        }

        impl HasMethod<method::log> for Complex<$float> {}
        impl MethodRule<method::log, $float, ()> for Complex<$float> {
            type Out = Complex<$float>;
            #[inline]
            fn vjp0(&self, base: &$float, _: &(), _: &Self, t: &Self) -> Self {
                t * (self * base.ln()).inv().conj()
            }
            #[inline]
            fn vjp1(&self, base: &$float, _: &(), r: &Self, t: &Self) -> $float {
                -(t * r.conj()).re / (base * base.ln())
            }
            #[inline]
            fn jvp(&self, base: &$float, _: &(), r: &Self, da: &Self, db: &$float, _: &NoTangent) -> Self {
                da * (self * base.ln()).inv() - r * (*db / (base * base.ln()))
            }
        }
    )* };
}

for_each_float!(f32 f64);

/// `n z^(n-1)`, also where `z` and `n` are 0.
#[inline]
fn power_slope<F: Real>(n: i32, power: impl Fn(i32) -> Complex<F>, factor: F) -> Complex<F> {
    match n {
        0 => Complex::new(F::zero(), F::zero()),
        n => {
            let power = power(n - 1);
            Complex::new(power.re * factor, power.im * factor)
        }
    }
}
