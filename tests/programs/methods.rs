//! Every differentiable method of the floating-point types, in small formulas.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn powers(x: f64, y: f64) -> f64 {
    x.powi(3) + x.powf(y) - x.powi(-2) * 0.5 + x.powf(0.5) + x.powi(0)
}

#[differentiable]
fn roots(x: f64, y: f64) -> f64 {
    x.sqrt() + y.cbrt() * x.hypot(y) + x.recip()
}

#[differentiable]
fn exponentials(x: f64, y: f64) -> f64 {
    x.exp() - y.exp2() + (x * y).exp_m1()
}

#[differentiable]
fn logarithms(x: f64, y: f64) -> f64 {
    x.ln() + y.ln_1p() * x.log2() - y.log10() + x.log(y)
}

#[differentiable]
fn trigonometric(x: f64, y: f64) -> f64 {
    x.sin() * y.cos() + (x * y).tan()
}

#[differentiable]
fn sine_and_cosine(x: f64) -> f64 {
    let (s, c) = x.sin_cos();
    s * s * c - c
}

#[differentiable]
fn inverse_trigonometric(x: f64, y: f64) -> f64 {
    x.asin() + y.acos() * x.atan() + y.atan2(x)
}

#[differentiable]
fn hyperbolic(x: f64, y: f64) -> f64 {
    x.sinh() * y.tanh() - (x - y).cosh()
}

#[differentiable]
fn inverse_hyperbolic(x: f64, y: f64) -> f64 {
    x.asinh() + (1.5 + y * y).acosh() + (x * 0.5).atanh()
}

#[differentiable]
fn fused(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c) * c.mul_add(2.0, a)
}

#[differentiable]
fn absolute_value(x: f64, y: f64) -> f64 {
    x.abs() * y + (x * y).abs()
}

#[differentiable]
fn extremes(x: f64, y: f64) -> f64 {
    x.max(y) * 2.0 + x.min(y * y) + x.max(0.0) - f64::min(y, 0.5)
}

#[differentiable]
fn clamped(x: f64, low: f64, high: f64) -> f64 {
    x.clamp(low, high) + (3.0 * x).clamp(low, high) * x + (-3.0 * x).clamp(low, high) * 0.5
}

#[differentiable]
fn signs(x: f64, y: f64) -> f64 {
    x.copysign(y) + y.copysign(-x) * x.signum()
}

#[differentiable]
fn steps(x: f64, y: f64) -> f64 {
    x * y.floor() + y * x.ceil() - x * (x * 3.0).round() + y.trunc() * x + (x * 2.0).fract() * y
}

#[differentiable]
fn euclidean(x: f64, y: f64) -> f64 {
    x.rem_euclid(y) * x + x.div_euclid(y) * y
}

#[differentiable]
fn degrees(x: f64) -> f64 {
    x.to_radians().sin() + (x * 0.01).to_degrees()
}

/// The methods through their type's path.
#[differentiable]
fn through_paths(x: f64, y: f64) -> f64 {
    f64::sin(x) + f64::powi(y, 2) * f64::max(x, y) + f64::hypot(x, y)
}

#[differentiable]
fn chained(x: f64) -> f64 {
    x.sin()
        .exp()
        .sqrt()
        .ln_1p()
        .tanh()
        .mul_add(2.0, 1.0)
        .powi(2)
}

/// Methods of a literal, of an expression in parentheses, of an index.
#[differentiable]
fn receivers(x: f64, v: &[f64]) -> f64 {
    2.0_f64.powf(x) + (x + v[0]).sin() + v[1].cos() + (-x).exp() + -x.abs()
}

/// At equal arguments `max` and `min` give half to each.
#[differentiable]
fn ties(x: f64, y: f64) -> f64 {
    x.max(y) + 3.0 * x.min(y)
}

#[differentiable]
fn tie_with_itself(x: f64) -> f64 {
    x.max(x) * x.min(x)
}

#[differentiable]
fn relu_and_abs(x: f64) -> f64 {
    x.max(0.0) + x.abs() + if x > 0.0 { x } else { 0.0 }
}

#[differentiable]
fn clamp_at_a_bound(x: f64) -> f64 {
    x.clamp(0.0, 1.0) * 3.0
}

#[differentiable]
fn hypot_at_zero(x: f64, y: f64) -> f64 {
    x.hypot(y) + x
}

#[differentiable]
fn branch_around_a_pole(x: f64) -> f64 {
    let root = if x > 0.0 { x.sqrt() } else { 0.0 };
    let log = if x > 0.0 { x.ln() } else { 0.0 };
    root + log + x
}

programs! {
    powers { x: val = 1.3, y: val = 2.2 };
    roots { x: val = 1.3, y: val = 0.6 };
    exponentials { x: val = 0.3, y: val = -0.6 }
        exact [x.exp() + y * (x * y).exp(), -y.exp2() * 2.0_f64.ln() + x * (x * y).exp()];
    logarithms { x: val = 1.7, y: val = 2.6 };
    trigonometric { x: val = 0.4, y: val = 1.1 };
    sine_and_cosine { x: val = 0.7 }
        exact [2.0 * x.sin() * x.cos().powi(2) - x.sin().powi(3) + x.sin()];
    inverse_trigonometric { x: val = 0.4, y: val = -0.3 };
    hyperbolic { x: val = 0.4, y: val = -0.3 };
    inverse_hyperbolic { x: val = 0.4, y: val = -0.3 };
    fused { a: val = 0.4, b: val = -0.3, c: val = 1.2 }
        exact [b * (2.0 * c + a) + a * b + c, a * (2.0 * c + a), 2.0 * c + a + 2.0 * (a * b + c)];
    absolute_value { x: val = -0.4, y: val = 0.3 } exact [-2.0 * y, -2.0 * x];
    extremes { x: val = 0.4, y: val = 0.9 };
    clamped { x: val = 0.4, low: val = -0.3, high: val = 0.8 };
    signs { x: val = 0.4, y: val = -0.3 } exact [-1.0, 1.0];
    steps { x: val = 0.44, y: val = 1.3 };
    euclidean { x: val = -1.4, y: val = 0.6 };
    degrees { x: val = 33.0 };
    through_paths { x: val = 0.3, y: val = 0.8 };
    chained { x: val = 0.8 };
    receivers { x: val = 0.8, v: slice = vector(2, 4) };
    kink ties { x: val = 0.5, y: val = 0.5 } exact [2.0, 2.0];
    tie_with_itself { x: val = 0.5 } exact [2.0 * x];
    kink relu_and_abs { x: val = 0.0 } exact [0.5];
    kink clamp_at_a_bound { x: val = 1.0 } exact [3.0];
    kink hypot_at_zero { x: val = 0.0, y: val = 0.0 } exact [1.0, 0.0];
    kink branch_around_a_pole { x: val = 0.0 } exact [1.0];
}
