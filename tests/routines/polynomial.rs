//! Horner's scheme, and all real roots of a polynomial by Newton and deflation.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

/// `coefficients[k]` belongs to `x^k`.
#[differentiable]
pub fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// The value and the slope.
#[differentiable]
fn horner_with_slope(coefficients: &[f64], x: f64) -> (f64, f64) {
    coefficients
        .iter()
        .rev()
        .fold((0.0, 0.0), |(value, slope), c| {
            (value * x + c, slope * x + value)
        })
}

/// All roots, of which there must be as many real ones as the degree, from the largest down.
#[differentiable]
pub fn real_roots(coefficients: &[f64]) -> Vec<f64> {
    let mut left = coefficients.to_vec();
    let mut roots = Vec::new();
    while left.len() > 1 {
        let lead = left[left.len() - 1];
        let mut x = 1.0 + left.iter().map(|c| (c / lead).abs()).fold(0.0, f64::max);
        loop {
            let (value, slope) = horner_with_slope(&left, x);
            let next = x - value / slope;
            let done = (next - x).abs() <= 1e-13 * x.abs().max(1.0);
            x = next;
            if done {
                break;
            }
        }
        // Once more with the whole polynomial, so that errors of deflation do not add up.
        let (value, slope) = horner_with_slope(coefficients, x);
        x -= value / slope;
        roots.push(x);

        let mut carry = 0.0;
        for c in left.iter_mut().rev() {
            let next = *c + carry * x;
            *c = carry;
            carry = next;
        }
        left.pop();
    }
    roots
}

/// The distance between the largest root and the smallest.
#[differentiable]
fn spread(coefficients: &[f64]) -> f64 {
    let roots = real_roots(coefficients);
    match roots.as_slice() {
        [first, .., last] => first - last,
        _ => 0.0,
    }
}

#[differentiable]
fn sum_of_squares(coefficients: &[f64]) -> f64 {
    real_roots(coefficients).iter().map(|r| r * r).sum()
}

#[test]
fn the_roots_are_found_again() {
    // (x − 1)(x − 2)(x + 3)
    let p = [6.0, -7.0, 0.0, 1.0];
    assert_eq!(horner(&p, 3.0), 12.0);
    assert_eq!(horner_with_slope(&p, 3.0), (12.0, 20.0));
    reference::assert_close(&real_roots(&p), &[2.0, 1.0, -3.0], 1e-14);
    reference::assert_close(&[spread(&p), sum_of_squares(&p)], &[5.0, 14.0], 1e-13);
    assert_eq!(spread(&[4.0, -2.0]), 0.0);
}

// The derivatives: a root moves by `−r^k / p'(r)`.

fn root_gradient(coefficients: &[f64], root: f64) -> Vec<f64> {
    let slope: f64 = (1..coefficients.len())
        .map(|k| k as f64 * coefficients[k] * root.powi(k as i32 - 1))
        .sum();
    (0..coefficients.len())
        .map(|k| -root.powi(k as i32) / slope)
        .collect()
}

fn spread_gradient(coefficients: &[f64]) -> Vec<f64> {
    let roots = real_roots(coefficients);
    let first = root_gradient(coefficients, roots[0]);
    let last = root_gradient(coefficients, roots[roots.len() - 1]);
    first.iter().zip(&last).map(|(a, b)| a - b).collect()
}

programs! {
    horner { coefficients: slice = vector(5, 1), x: val = 0.7 }
        exact [(0..5).map(|k| x.powi(k)).collect::<Vec<_>>(), super::horner_with_slope(&coefficients, x).1];
    vector horner_with_slope { coefficients: slice = vector(5, 1), x: val = 0.7 };
    vector real_roots { coefficients: slice = vec![6.0, -7.0, 0.2, 1.0] };
    sum_of_squares { coefficients: slice = vec![6.0, -7.0, 0.2, 1.0] }
        // By Vieta: (c₂/c₃)² − 2 c₁/c₃.
        exact [vec![0.0, -2.0 / coefficients[3], 2.0 * coefficients[2] / coefficients[3].powi(2),
            -2.0 * coefficients[2].powi(2) / coefficients[3].powi(3) + 2.0 * coefficients[1] / coefficients[3].powi(2)]];
}

#[test]
fn the_derivative_of_the_spread() {
    let p = [6.0, -7.0, 0.2, 1.0];
    reference::assert_close(&spread::grad(&p), &spread_gradient(&p), 1e-11);
}
