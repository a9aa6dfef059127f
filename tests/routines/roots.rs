//! Newton's method, bisection and their safe union, all run until they have converged.

use super::reference;
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
fn lambert(y: f64) -> f64 {
    bisect(|x| x * x.exp() - y, 0.0, 4.0)
}

/// The rate at which payments are worth nothing together.
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
