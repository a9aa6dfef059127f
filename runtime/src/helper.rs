//! The factors of derivative rules that are no plain formula: conventions at ties, bounds and
//! zeros, and constants of the scalar's own type.
//!
//! Each function is named in `rules/table.rs`; those that a second derivative meets have an entry
//! of their own there. They are generic over [`Real`], so that a rule reads the same for `f32`,
//! `f64` and a type parameter.

use crate::Real;
#[allow(unused_imports)]
use crate::prelude::*;

/// The sign of `x` as the slope of `|x|`: 0 at 0 (both zeros), NaN at NaN.
#[inline(always)]
pub fn sign0<T: Real>(x: T) -> T {
    if x > T::zero() {
        T::one()
    } else if x < T::zero() {
        -T::one()
    } else {
        // This is 0 for both zeros and keeps a NaN.
        x.abs()
    }
}

/// How much of `max(a, b)` follows `a`: 1, 0, or one half at a tie. A NaN loses, as in `f64::max`.
#[inline(always)]
pub fn max_weight<T: Real>(a: T, b: T) -> T {
    if a > b || (b.is_nan() && !a.is_nan()) {
        T::one()
    } else if a < b || (a.is_nan() && !b.is_nan()) {
        T::zero()
    } else {
        T::from_f64(0.5)
    }
}

/// How much of `min(a, b)` follows `a`: 1, 0, or one half at a tie. A NaN loses, as in `f64::min`.
#[inline(always)]
pub fn min_weight<T: Real>(a: T, b: T) -> T {
    max_weight(-a, -b)
}

/// The slope of `x.clamp(low, high)` in `x`: 1 inside and at the bounds, where it passes.
#[inline(always)]
pub fn clamp_dx<T: Real>(x: T, low: T, high: T) -> T {
    if x < low || x > high {
        T::zero()
    } else {
        T::one()
    }
}

/// The slope of `x.clamp(low, _)` in `low`: 1 strictly below the bound.
#[inline(always)]
pub fn clamp_dlow<T: Real>(x: T, low: T) -> T {
    if x < low { T::one() } else { T::zero() }
}

/// The slope of `x.clamp(_, high)` in `high`: 1 strictly above the bound.
#[inline(always)]
pub fn clamp_dhigh<T: Real>(x: T, high: T) -> T {
    if x > high { T::one() } else { T::zero() }
}

/// `a / b`, and 0 where `b` is 0: the slope of a norm at the origin.
#[inline(always)]
pub fn div0<T: Real>(a: T, b: T) -> T {
    if b == T::zero() { T::zero() } else { a / b }
}

/// `1 / b`, and 0 where `b` is 0.
#[inline(always)]
pub fn recip0<T: Real>(b: T) -> T {
    div0(T::one(), b)
}

/// The slope of `x.powi(n)`: `n x^(n-1)`, and 0 for `n = 0` also at `x = 0`.
#[inline(always)]
pub fn powi_dx<T: Real>(x: T, n: i32) -> T {
    if n == 0 {
        T::zero()
    } else {
        T::from_f64(f64::from(n)) * x.powi(n.saturating_sub(1))
    }
}

/// The second derivative of `x.powi(n)`: `n (n-1) x^(n-2)`, and 0 for `n` of 0 and 1.
#[inline(always)]
pub fn powi_dxx<T: Real>(x: T, n: i32) -> T {
    if n == 0 || n == 1 {
        T::zero()
    } else {
        let n_real = f64::from(n);
        T::from_f64(n_real * (n_real - 1.0)) * x.powi(n.saturating_sub(2))
    }
}

/// The slope of `v = x.powf(y)` in `x`: `y x^(y-1)`, and 0 for `y = 0` also at `x = 0`.
///
/// A second power is spared where `v` keeps all of its digits.
#[inline(always)]
pub fn powf_dx<T: Real>(x: T, y: T, v: T) -> T {
    if y == T::zero() {
        T::zero()
    } else if v.is_normal() {
        y * (v / x)
    } else {
        y * x.powf(y - T::one())
    }
}

/// The slope of `v = x.powf(y)` in `y`: `v ln x`, and 0 where `x` is negative or `0^y` is finite.
#[inline(always)]
pub fn powf_dy<T: Real>(x: T, y: T, v: T) -> T {
    if x > T::zero() || x.is_nan() {
        v * x.ln()
    } else if x == T::zero() && y < T::zero() {
        T::neg_infinity()
    } else if v.is_nan() {
        v
    } else {
        T::zero()
    }
}

/// The second derivative of `x.powf(y)` in `x`: `y (y-1) x^(y-2)`, and 0 for `y` of 0 and 1.
#[inline(always)]
pub fn powf_dxx<T: Real>(x: T, y: T) -> T {
    if y == T::zero() || y == T::one() {
        T::zero()
    } else {
        y * (y - T::one()) * x.powf(y - T::one() - T::one())
    }
}

/// The mixed second derivative of `x.powf(y)`: `x^(y-1) (1 + y ln x)`, without the logarithm's part
/// where `powf_dy` is 0 by convention.
#[inline(always)]
pub fn powf_dxy<T: Real>(x: T, y: T) -> T {
    let lower = x.powf(y - T::one());
    lower + y * powf_dy(x, y - T::one(), lower)
}

/// The second derivative of `x.powf(y)` in `y`: `x^y ln² x`, and 0 where `powf_dy` is 0 by convention.
#[inline(always)]
pub fn powf_dyy<T: Real>(x: T, y: T) -> T {
    let slope = powf_dy(x, y, x.powf(y));
    if slope == T::zero() {
        slope
    } else {
        slope * x.ln()
    }
}

/// The slope of `y.atan2(x)` in `y`: `x / (x² + y²)`, and 0 at the origin.
#[inline(always)]
pub fn atan2_dy<T: Real>(y: T, x: T) -> T {
    over_squares(x, x, y)
}

/// The slope of `y.atan2(x)` in `x`: `-y / (x² + y²)`, and 0 at the origin.
#[inline(always)]
pub fn atan2_dx<T: Real>(y: T, x: T) -> T {
    -over_squares(y, x, y)
}

/// `numerator / (x² + y²)`, and 0 at the origin, also where the squares leave the type's range.
#[inline(always)]
fn over_squares<T: Real>(numerator: T, x: T, y: T) -> T {
    let squares = x * x + y * y;
    if squares.is_normal() {
        numerator / squares
    } else {
        let norm = x.hypot(y);
        div0(div0(numerator, norm), norm)
    }
}

/// The natural logarithm of 2, in the type of `x`.
#[inline(always)]
pub fn ln_2<T: Real>(_x: T) -> T {
    T::from_f64(core::f64::consts::LN_2)
}

/// The natural logarithm of 10, in the type of `x`.
#[inline(always)]
pub fn ln_10<T: Real>(_x: T) -> T {
    T::from_f64(core::f64::consts::LN_10)
}

/// `180 / π`, in the type of `x`.
#[inline(always)]
pub fn degrees_per_radian<T: Real>(_x: T) -> T {
    T::from_f64(180.0 / core::f64::consts::PI)
}

/// `π / 180`, in the type of `x`.
#[inline(always)]
pub fn radians_per_degree<T: Real>(_x: T) -> T {
    T::from_f64(core::f64::consts::PI / 180.0)
}
