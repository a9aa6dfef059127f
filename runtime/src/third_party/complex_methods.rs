//! Methods and constructors of complex numbers.

use super::entry::{constructor, entry};
use crate::rt::{Given, Owned};
use crate::{Real, Tape};
use num_complex::Complex;

/// What the methods of complex numbers ask of their parts.
pub trait Part: Real {
    /// `z.norm()`.
    fn norm(z: Complex<Self>) -> Self;
    /// `z.arg()`.
    fn arg(z: Complex<Self>) -> Self;
    /// `z.powc(w)`.
    fn powc(z: Complex<Self>, w: Complex<Self>) -> Complex<Self>;
    /// `z.ln()`.
    fn natural_log(z: Complex<Self>) -> Complex<Self>;
    /// `Complex::from_polar(r, theta)`.
    fn from_polar(r: Self, theta: Self) -> Complex<Self>;
    /// `z.inv()`.
    fn inv(z: Complex<Self>) -> Complex<Self>;
}

macro_rules! part {
    ($($float:ident)*) => { $(
        impl Part for $float {
            #[inline(always)]
            fn norm(z: Complex<$float>) -> $float {
                z.norm()
            }
            #[inline(always)]
            fn arg(z: Complex<$float>) -> $float {
                z.arg()
            }
            #[inline(always)]
            fn powc(z: Complex<$float>, w: Complex<$float>) -> Complex<$float> {
                z.powc(w)
            }
            #[inline(always)]
            fn natural_log(z: Complex<$float>) -> Complex<$float> {
                z.ln()
            }
            #[inline(always)]
            fn from_polar(r: $float, theta: $float) -> Complex<$float> {
                Complex::from_polar(r, theta)
            }
            #[inline(always)]
            fn inv(z: Complex<$float>) -> Complex<$float> {
                z.inv()
            }
        }
    )* };
}

part!(f32 f64);

fn zero<F: Real>() -> Complex<F> {
    Complex::new(F::zero(), F::zero())
}

fn times<F: Real>(a: Complex<F>, b: Complex<F>) -> Complex<F> {
    Complex::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}

fn conj<F: Real>(z: Complex<F>) -> Complex<F> {
    Complex::new(z.re, -z.im)
}

fn scaled<F: Real>(z: Complex<F>, k: F) -> Complex<F> {
    Complex::new(z.re * k, z.im * k)
}

fn plus<F: Real>(a: Complex<F>, b: Complex<F>) -> Complex<F> {
    Complex::new(a.re + b.re, a.im + b.im)
}

fn add<F: Real>(to: Option<&mut Complex<F>>, by: Complex<F>) {
    if let Some(to) = to {
        to.re += by.re;
        to.im += by.im;
    }
}

/// A real function of a complex number, with its gradient.
macro_rules! real_valued {
    ($(#[$doc:meta])* $entry:ident; $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        |$z:ident| $value:expr, $gradient:expr) => {
        entry! {
            $(#[$doc])*
            $entry [F: [Part]] for Complex<F>;
            $differentiable $masked $jvp $keep;
            again Owned, kept Owned = |_this| Owned, slot Option<&mut Complex<F>>, dot Option<&Complex<F>>;
            () -> F, seed F;
            bits 1;
            call |z| {
                let $z = *z;
                let gradient: Complex<F> = $gradient;
                ($value, move |t: F, _: (Owned,), (bar,): (Option<&mut Complex<F>>,), _: &mut Tape| {
                    if let Some(bar) = bar {
                        bar.re += gradient.re * t;
                        bar.im += gradient.im * t;
                    }
                })
            }
            jvp |z, (dot,)| {
                let $z = *z;
                let gradient: Complex<F> = $gradient;
                ($value, dot.map_or(Real::zero(), |d| gradient.re * d.re + gradient.im * d.im))
            }
        }
    };
}

real_valued! {
    /// `z.norm()`; its gradient at 0 is 0.
    NormEntry; __differentiable_norm __masked_norm __jvp_norm __keep_norm;
    |z| F::norm(z), {
        let r = F::norm(z);
        if r == F::zero() { zero() } else { Complex::new(z.re / r, z.im / r) }
    }
}
real_valued! {
    /// `z.norm_sqr()`.
    NormSqrEntry; __differentiable_norm_sqr __masked_norm_sqr __jvp_norm_sqr __keep_norm_sqr;
    |z| z.re * z.re + z.im * z.im, plus(z, z)
}
real_valued! {
    /// `z.arg()`; its gradient at 0 is what the formula gives.
    ArgEntry; __differentiable_arg __masked_arg __jvp_arg __keep_arg;
    |z| F::arg(z), {
        let n = z.re * z.re + z.im * z.im;
        Complex::new(-z.im / n, z.re / n)
    }
}

/// A function of a complex number alone whose tangent is `linear` of the argument's and whose pullback `adjoint`.
macro_rules! complex_valued {
    ($(#[$doc:meta])* $entry:ident; $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        |$z:ident, $d:ident| $value:expr, linear $linear:expr, adjoint $adjoint:expr) => {
        entry! {
            $(#[$doc])*
            $entry [F: [Part]] for Complex<F>;
            $differentiable $masked $jvp $keep;
            again Owned, kept Owned = |_this| Owned, slot Option<&mut Complex<F>>, dot Option<&Complex<F>>;
            () -> Complex<F>, seed Complex<F>;
            bits 1;
            call |z| {
                let $z = *z;
                ($value, move |$d: Complex<F>, _: (Owned,), (bar,): (Option<&mut Complex<F>>,), _: &mut Tape| {
                    let _ = $z;
                    add(bar, $adjoint);
                })
            }
            jvp |z, (dot,)| {
                let ($z, $d) = (*z, dot.copied().unwrap_or_else(zero));
                let _ = $z;
                ($value, $linear)
            }
        }
    };
}

complex_valued! {
    /// `z.conj()`, which is no holomorphic function.
    ConjEntry; __differentiable_conj __masked_conj __jvp_conj __keep_conj;
    |z, d| conj(z), linear conj(d), adjoint conj(d)
}
complex_valued! {
    /// `z.inv()`.
    InvEntry; __differentiable_inv __masked_inv __jvp_inv __keep_inv;
    |z, d| F::inv(z),
    linear times(d, scaled(times(F::inv(z), F::inv(z)), -F::one())),
    adjoint times(d, conj(scaled(times(F::inv(z), F::inv(z)), -F::one())))
}

entry! {
    /// `z.powc(w)`.
    PowcEntry [F: [Part]] for Complex<F>;
    __differentiable_powc __masked_powc __jvp_powc __keep_powc;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut Complex<F>>, dot Option<&Complex<F>>;
    (w: Complex<F>, again Owned, slot Option<&mut Complex<F>>, dot Given<Complex<F>>;) -> Complex<F>, seed Complex<F>;
    bits 0b11;
    call |z| {
        let (z, r) = (*z, F::powc(*z, w));
        (r, move |t: Complex<F>, _: (Owned, Owned), (z_bar, w_bar): (Option<&mut Complex<F>>, Option<&mut Complex<F>>), _: &mut Tape| {
            add(z_bar, times(t, conj(times(w, F::powc(z, Complex::new(w.re - F::one(), w.im))))));
            add(w_bar, times(t, conj(times(r, F::natural_log(z)))));
        })
    }
    jvp |z, (dz, dw)| {
        let (z, r) = (*z, F::powc(*z, w));
        let (dz, dw) = (dz.copied().unwrap_or_else(zero), dw.0.unwrap_or_else(zero));
        let by_z = times(dz, times(w, F::powc(z, Complex::new(w.re - F::one(), w.im))));
        (r, plus(by_z, times(dw, times(r, F::natural_log(z)))))
    }
}

entry! {
    /// `z.scale(k)`.
    ScaleEntry [F: [Part]] for Complex<F>;
    __differentiable_scale __masked_scale __jvp_scale __keep_scale;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut Complex<F>>, dot Option<&Complex<F>>;
    (k: F, again Owned, slot Option<&mut F>, dot Given<F>;) -> Complex<F>, seed Complex<F>;
    bits 0b11;
    call |z| {
        let z = *z;
        (scaled(z, k), move |t: Complex<F>, _: (Owned, Owned), (z_bar, k_bar): (Option<&mut Complex<F>>, Option<&mut F>), _: &mut Tape| {
            add(z_bar, scaled(t, k));
            if let Some(k_bar) = k_bar {
                *k_bar += t.re * z.re + t.im * z.im;
            }
        })
    }
    jvp |z, (dz, dk)| {
        let dz = dz.copied().unwrap_or_else(zero);
        (scaled(*z, k), plus(scaled(dz, k), scaled(*z, dk.0.unwrap_or_else(F::zero))))
    }
}

constructor! {
    /// `Complex::new(re, im)`.
    NewEntry [F: [Real]] for Complex<F>;
    __differentiable_new __masked_new __jvp_new;
    (
        re: F, again Owned, slot Option<&mut F>, dot Given<F>;
        im: F, again Owned, slot Option<&mut F>, dot Given<F>;
    ) -> Complex<F>, seed Complex<F>;
    bits 0b11;
    call {
        (Complex::new(re, im), |t: Complex<F>, _: (Owned, Owned), (re, im): (Option<&mut F>, Option<&mut F>), _: &mut Tape| {
            if let Some(re) = re {
                *re += t.re;
            }
            if let Some(im) = im {
                *im += t.im;
            }
        })
    }
    jvp |(dre, dim)| {
        let tangent = Complex::new(dre.0.unwrap_or_else(F::zero), dim.0.unwrap_or_else(F::zero));
        (Complex::new(re, im), tangent)
    }
}

constructor! {
    /// `Complex::from_polar(r, theta)`.
    FromPolarEntry [F: [Part]] for Complex<F>;
    __differentiable_from_polar __masked_from_polar __jvp_from_polar;
    (
        r: F, again Owned, slot Option<&mut F>, dot Given<F>;
        theta: F, again Owned, slot Option<&mut F>, dot Given<F>;
    ) -> Complex<F>, seed Complex<F>;
    bits 0b11;
    call {
        let unit = F::from_polar(F::one(), theta);
        (F::from_polar(r, theta), move |t: Complex<F>, _: (Owned, Owned), (r_bar, theta_bar): (Option<&mut F>, Option<&mut F>), _: &mut Tape| {
            if let Some(r_bar) = r_bar {
                *r_bar += t.re * unit.re + t.im * unit.im;
            }
            if let Some(theta_bar) = theta_bar {
                *theta_bar += (t.im * unit.re - t.re * unit.im) * r;
            }
        })
    }
    jvp |(dr, dtheta)| {
        let unit = F::from_polar(F::one(), theta);
        let turned = scaled(Complex::new(-unit.im, unit.re), r * dtheta.0.unwrap_or_else(F::zero));
        (F::from_polar(r, theta), plus(scaled(unit, dr.0.unwrap_or_else(F::zero)), turned))
    }
}
