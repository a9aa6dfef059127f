//! Newton's method, bisection and their safe union, all run until they have converged.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn newton(f: impl Fn(f64) -> (f64, f64), start: f64) -> Option<f64> {
    let mut x = start;
    for _ in 0..50 {
        let (value, slope) = f(x);
        let step = value / slope;
        x -= step;
        if step.abs() <= 1e-14 * x.abs().max(1.0) {
            return Some(x);
        }
    }
    None
}

/// The root between `low` and `high`, where `f` has opposite signs: halving, then one secant.
#[differentiable]
fn bisect<F>(f: F, mut low: f64, mut high: f64) -> f64
where
    F: Fn(f64) -> f64,
{
    let mut f_low = f(low);
    let mut f_high = f(high);
    assert!(f_low * f_high < 0.0, "the signs must differ");
    while high - low > 1e-7 {
        let middle = 0.5 * (low + high);
        let f_middle = f(middle);
        if f_low * f_middle > 0.0 {
            (low, f_low) = (middle, f_middle);
        } else {
            (high, f_high) = (middle, f_middle);
        }
    }
    (low * f_high - high * f_low) / (f_high - f_low)
}

/// Newton's steps where they stay between the bounds and shrink, halving where not.
#[differentiable]
fn safe_newton(f: impl Fn(f64) -> (f64, f64), low: f64, high: f64) -> Result<f64, &'static str> {
    let (mut low, mut high) = if f(low).0 < 0.0 {
        (low, high)
    } else {
        (high, low)
    };
    let mut x = 0.5 * (low + high);
    let mut last_step = (high - low).abs();
    for _ in 0..100 {
        let (value, slope) = f(x);
        if value < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let newton = x - value / slope;
        let outside = (newton - low) * (newton - high) > 0.0;
        let next = if outside || (2.0 * value).abs() > (last_step * slope).abs() {
            0.5 * (low + high)
        } else {
            newton
        };
        last_step = (next - x).abs();
        x = next;
        if last_step < 1e-14 {
            return Ok(x);
        }
    }
    Err("too many steps")
}

/// Kepler's equation `E − e sin E = M`.
#[differentiable]
fn eccentric_anomaly(mean: f64, eccentricity: f64) -> f64 {
    let kepler = |e: f64| {
        (
            e - eccentricity * e.sin() - mean,
            1.0 - eccentricity * e.cos(),
        )
    };
    newton(kepler, mean).unwrap_or(f64::NAN)
}

/// The `x` with `x eˣ = y`.
#[differentiable]
fn lambert(y: f64) -> f64 {
    bisect(|x| x * x.exp() - y, 0.0, 4.0)
}

/// The rate at which payments are worth nothing together.
#[differentiable]
fn internal_rate(payments: &[f64]) -> Result<f64, &'static str> {
    let worth = |rate: f64| {
        let discount = 1.0 / (1.0 + rate);
        let mut value = 0.0;
        let mut slope = 0.0;
        for (year, payment) in payments.iter().enumerate().rev() {
            value = value * discount + payment;
            if year > 0 {
                slope -= year as f64 * payment * discount.powi(year as i32 + 1);
            }
        }
        (value, slope)
    };
    safe_newton(worth, -0.5, 1.0)
}

#[differentiable]
fn internal_rate_or_zero(payments: &[f64]) -> f64 {
    internal_rate(payments).unwrap_or(0.0)
}

#[test]
fn the_roots_are_roots() {
    let e = eccentric_anomaly(0.8, 0.3);
    reference::assert_close(&[e - 0.3 * e.sin()], &[0.8], 1e-15);
    let omega = lambert(1.0);
    reference::assert_close(&[omega], &[0.567_143_290_409_783_8], 1e-12);
    let rate = internal_rate(&[-100.0, 60.0, 60.0]).unwrap();
    reference::assert_close(&[rate], &[0.130_662_386_291_807_5], 1e-13);
    assert!(newton(|x| (x * x + 1.0, 2.0 * x), 0.3).is_none());
}

// The derivatives, by the theorem of implicit functions.

fn anomaly_gradient(mean: f64, eccentricity: f64) -> (f64, f64) {
    let e = eccentric_anomaly(mean, eccentricity);
    let slope = 1.0 - eccentricity * e.cos();
    (1.0 / slope, e.sin() / slope)
}

fn rate_gradient(payments: &[f64]) -> Vec<f64> {
    let discount = 1.0 / (1.0 + internal_rate(payments).unwrap());
    let slope: f64 = (0..payments.len())
        .map(|k| -(k as f64) * payments[k] * discount.powi(k as i32 + 1))
        .sum();
    (0..payments.len())
        .map(|k| -discount.powi(k as i32) / slope)
        .collect()
}

programs! {
    eccentric_anomaly { mean: val = 0.8, eccentricity: val = 0.3 }
        exact [anomaly_gradient(mean, eccentricity).0, anomaly_gradient(mean, eccentricity).1];
    internal_rate_or_zero { payments: slice = vec![-1.0, 0.3, 0.5, 0.4] } exact [rate_gradient(&payments)];
}

/// The last secant is all that carries a derivative, so it is as exact as the interval is short.
#[test]
fn the_derivative_of_bisection() {
    let x = lambert(2.0);
    let expected = 1.0 / (x.exp() * (1.0 + x));
    reference::assert_close(&[lambert::grad(2.0)], &[expected], 1e-6);
}

#[test]
fn a_gradient_or_the_error() {
    let payments = [-1.0, 0.3, 0.5, 0.4];
    let gradient = internal_rate::grad(&payments).unwrap();
    reference::assert_close(&gradient, &rate_gradient(&payments), 1e-12);
}
