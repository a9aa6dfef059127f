//! Complex numbers. The gradient of a real function of `x + iy` is its derivative by `x` plus `i` times that by `y`.

use crate::harness::programs;
use num_complex::{Complex, Complex64};
use pullback::differentiable;

fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

#[differentiable]
fn parts(z: Complex64) -> f64 {
    z.re * z.re * z.im + z.im.sin()
}

#[differentiable]
fn arithmetic(a: Complex64, b: Complex64) -> Complex64 {
    a * b + a / b - b * b * a
}

#[differentiable]
fn by_reference(a: Complex64, b: Complex64) -> Complex64 {
    &a * &b + &a / b - a * &b
}

#[differentiable]
fn with_reals(z: Complex64, x: f64) -> Complex64 {
    z * x + 2.0 * z - x / z + z / 3.0 + (z - x) * (1.0 - z) + 1.5
}

#[differentiable]
fn negated(z: Complex64) -> Complex64 {
    -z * z - -(&z)
}

#[differentiable]
fn compound(a: Complex64, b: Complex64, x: f64) -> Complex64 {
    let mut z = a;
    z += b * b;
    z *= a;
    z -= x;
    z += x * 2.0;
    z /= b;
    z *= x;
    z
}

#[differentiable]
fn in_a_loop(z: Complex64, c: Complex64, n: usize) -> f64 {
    let mut w = z;
    for _ in 0..n {
        w = w * w + c;
    }
    w.re * w.re + w.im * w.im
}

#[differentiable]
fn exponentials(z: Complex64) -> Complex64 {
    z.exp() + z.ln() * z.exp2() - z.log2() + z.log10()
}

#[differentiable]
fn roots_and_powers(z: Complex64, y: f64) -> Complex64 {
    z.sqrt() * z.cbrt() + z.powi(3) - z.powi(-2) + z.powf(y) + z.powi(0) + z.log(y)
}

#[differentiable]
fn trigonometric(z: Complex64) -> Complex64 {
    z.sin() * z.cos() + z.tan() - z.asin() + z.acos() * z.atan()
}

#[differentiable]
fn hyperbolic(z: Complex64) -> Complex64 {
    z.sinh() * z.cosh() + z.tanh() - z.asinh() + z.acosh() * z.atanh()
}

#[differentiable]
fn of_a_mutable(z: Complex64) -> Complex64 {
    let mut w = z * z;
    let e = w.exp();
    w = w + e;
    w.sin() * e
}

#[differentiable]
fn in_a_vector(v: &[Complex64], x: f64) -> f64 {
    let mut sum = Complex::new(0.0, 0.0);
    for k in 0..v.len() {
        sum += v[k] * x * v[k].exp();
    }
    sum.re - sum.im * x
}

#[differentiable]
fn called(z: Complex64, w: Complex64) -> f64 {
    let p = arithmetic(z, w);
    parts(p * 0.3) + p.re
}

#[differentiable]
fn branches(z: Complex64, x: f64) -> f64 {
    let w = if x > 0.0 { z * x } else { z - x };
    w.re * w.im
}

#[differentiable]
fn sizes(z: Complex64, w: Complex64) -> f64 {
    z.norm() * z.arg() + z.norm_sqr() * w.conj().re + (z * w.conj()).im + w.inv().norm()
}

#[differentiable]
fn built(x: f64, y: f64) -> Complex64 {
    let z = Complex64::new(x, y);
    let w = Complex::new(x * y, 1.5);
    let p = Complex::from_polar(x, y);
    z * w.powc(z) + p.scale(y)
}

#[differentiable]
fn norm_at_zero(z: Complex64) -> f64 {
    z.norm() + z.re
}

programs! {
    sizes { z: val = c(0.7, -0.4), w: val = c(1.2, 0.5) };
    vector built { x: val = 0.7, y: val = 0.4 };
    kink norm_at_zero { z: val = c(0.0, 0.0) } exact [c(1.0, 0.0)];
    parts { z: val = c(0.7, -0.4) } exact [c(2.0 * z.re * z.im, z.re * z.re + z.im.cos())];
    vector arithmetic { a: val = c(0.7, -0.4), b: val = c(1.2, 0.5) };
    vector by_reference { a: val = c(0.7, -0.4), b: val = c(1.2, 0.5) };
    vector with_reals { z: val = c(0.7, -0.4), x: val = 0.8 };
    vector negated { z: val = c(0.7, -0.4) };
    vector compound { a: val = c(0.7, -0.4), b: val = c(1.2, 0.5), x: val = 0.8 };
    in_a_loop { z: val = c(0.3, -0.4), c: val = c(0.2, 0.1), n: konst = 4 };
    vector exponentials { z: val = c(0.7, -0.4) };
    vector roots_and_powers { z: val = c(0.7, -0.4), y: val = 1.7 };
    vector trigonometric { z: val = c(0.7, -0.4) };
    vector hyperbolic { z: val = c(0.7, -0.4) };
    vector of_a_mutable { z: val = c(0.7, -0.4) };
    in_a_vector { v: slice = vec![c(0.7, -0.4), c(0.1, 0.2), c(-0.5, 0.3)], x: val = 0.8 };
    called { z: val = c(0.7, -0.4), w: val = c(1.2, 0.5) };
    branches { z: val = c(0.7, -0.4), x: val = 0.8 };
}
