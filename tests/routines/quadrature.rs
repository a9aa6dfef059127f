//! Integrals by trapezoids, by adaptive Simpson and by Gauss and Legendre, of any function.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
pub fn trapezoid<F: Fn(f64) -> f64>(f: F, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let inner: f64 = (1..n).map(|i| f(a + i as f64 * h)).sum();
    h * (0.5 * (f(a) + f(b)) + inner)
}

/// Simpson's rule between `a` and `b`, where `f` is known at both ends and in the middle.
#[allow(deprecated)]
#[differentiable]
fn simpson(
    f: &impl Fn(f64) -> f64,
    a: (f64, f64),
    m: (f64, f64),
    b: (f64, f64),
    tolerance: f64,
    depth: u32,
) -> f64 {
    let rule =
        |a: (f64, f64), m: (f64, f64), b: (f64, f64)| (b.0 - a.0) / 6.0 * (a.1 + 4.0 * m.1 + b.1);
    let left = 0.5 * (a.0 + m.0);
    let left = (left, f(left));
    let right = 0.5 * (m.0 + b.0);
    let right = (right, f(right));
    let halves = rule(a, left, m) + rule(m, right, b);
    let error = (halves - rule(a, m, b)) / 15.0;
    if depth == 0 || error.abs() < tolerance {
        return halves + error;
    }
    simpson(f, a, left, m, 0.5 * tolerance, depth - 1)
        + simpson(f, m, right, b, 0.5 * tolerance, depth - 1)
}

#[allow(deprecated)]
#[differentiable]
pub fn adaptive_simpson(f: impl Fn(f64) -> f64, a: f64, b: f64, tolerance: f64) -> f64 {
    let middle = 0.5 * (a + b);
    simpson(&f, (a, f(a)), (middle, f(middle)), (b, f(b)), tolerance, 30)
}

/// Five points.
#[differentiable]
pub fn gauss_legendre(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    const RULE: [(f64, f64); 3] = [
        (0.0, 128.0 / 225.0),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    let (center, half) = (0.5 * (a + b), 0.5 * (b - a));
    let mut sum = 0.0;
    for &(node, weight) in &RULE {
        sum += weight * f(center + half * node);
        if node > 0.0 {
            sum += weight * f(center - half * node);
        }
    }
    half * sum
}

/// `∫ exp(−k x²) dx`.
#[differentiable]
fn bell(k: f64, a: f64, b: f64) -> f64 {
    adaptive_simpson(|x| (-k * x * x).exp(), a, b, 1e-10)
}

/// `∫ c₀ + c₁ x + … dx`, which five points of Gauss and Legendre give exactly.
#[differentiable]
fn area(coefficients: &[f64], a: f64, b: f64) -> f64 {
    gauss_legendre(
        |x| coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c),
        a,
        b,
    )
}

/// The mean of `sin(w x)` over its trapezoids.
#[differentiable]
fn wave(w: f64, b: f64, n: usize) -> f64 {
    trapezoid(move |x| (w * x).sin(), 0.0, b, n) / b
}

#[test]
fn the_integrals_are_the_known_ones() {
    reference::assert_close(&[trapezoid(|x| x, 0.0, 2.0, 7)], &[2.0], 1e-15);
    reference::assert_close(
        &[gauss_legendre(|x| x.powi(9) + x * x, -1.0, 1.0)],
        &[2.0 / 3.0],
        1e-15,
    );
    reference::assert_close(
        &[adaptive_simpson(f64::exp, 0.0, 1.0, 1e-12)],
        &[1.0_f64.exp_m1()],
        1e-12,
    );
    reference::assert_close(&[bell(1.0, 0.0, 1.0)], &[0.746_824_132_812_427], 1e-10);
}

// The derivatives.

fn area_gradient(coefficients: &[f64], a: f64, b: f64) -> (Vec<f64>, f64, f64) {
    let powers = |x: f64| (0..coefficients.len()).map(move |k| x.powi(k as i32));
    let moments = (0..coefficients.len() as i32)
        .map(|k| (b.powi(k + 1) - a.powi(k + 1)) / f64::from(k + 1))
        .collect();
    let at = |x: f64| {
        coefficients
            .iter()
            .zip(powers(x))
            .map(|(c, p)| c * p)
            .sum::<f64>()
    };
    (moments, -at(a), at(b))
}

programs! {
    area { coefficients: slice = vector(7, 1), a: val = -0.3, b: val = 1.1 }
        exact [area_gradient(&coefficients, a, b).0, area_gradient(&coefficients, a, b).1, area_gradient(&coefficients, a, b).2];
    bell { k: val = 0.8, a: val = -0.3, b: val = 1.1 };
    wave { w: val = 1.7, b: val = 0.9, n: konst = 12_usize };
}

/// By the ends the derivative is the integrand.
#[test]
fn the_derivative_by_the_ends() {
    let (_, by_a, by_b) = bell::grad(0.8, -0.3, 1.1);
    let f = |x: f64| (-0.8 * x * x).exp();
    reference::assert_close(&[by_a, by_b], &[-f(-0.3), f(1.1)], 1e-7);
}
