//! The American put on the tree of Cox, Ross and Rubinstein.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn american_put(
    spot: f64,
    strike: f64,
    rate: f64,
    volatility: f64,
    expiry: f64,
    steps: usize,
) -> f64 {
    let dt = expiry / steps as f64;
    let up = (volatility * dt.sqrt()).exp();
    let discount = (-rate * dt).exp();
    let p = (1.0 / discount - 1.0 / up) / (up - 1.0 / up);
    let price = |step: usize, ups: usize| spot * up.powi(2 * ups as i32 - step as i32);
    let payoff = |s: f64| (strike - s).max(0.0);

    let mut values: Vec<f64> = (0..=steps).map(|ups| payoff(price(steps, ups))).collect();
    for step in (0..steps).rev() {
        for ups in 0..=step {
            let hold = discount * (p * values[ups + 1] + (1.0 - p) * values[ups]);
            values[ups] = hold.max(payoff(price(step, ups)));
        }
        values.pop();
    }
    values[0]
}

#[test]
fn the_textbook_price() {
    // Hull, "Options, Futures, and Other Derivatives": five steps give 4.49.
    let price = american_put(50.0, 50.0, 0.1, 0.4, 5.0 / 12.0, 5);
    assert!((price - 4.49).abs() < 0.005, "{price}");
    reference::assert_close(
        &[american_put(30.0, 100.0, 0.1, 0.4, 1.0, 50)],
        &[70.0],
        1e-15,
    );
}

// The derivatives.

programs! {
    american_put { spot: val = 1.03, strike: val = 1.0, rate: val = 0.06, volatility: val = 0.35, expiry: val = 0.8, steps: konst = 9_usize };
}

/// The price is homogeneous in spot and strike, and only `σ √T` and `r T` matter.
#[test]
fn the_derivatives_obey_the_scalings() {
    let (spot, strike, rate, volatility, expiry) = (1.03, 1.0, 0.06, 0.35, 0.8);
    let value = american_put(spot, strike, rate, volatility, expiry, 30);
    let (delta, by_strike, rho, vega, theta) =
        american_put::grad(spot, strike, rate, volatility, expiry, 30);
    reference::assert_close(&[spot * delta + strike * by_strike], &[value], 1e-13);
    let scaled = rate * rho + 0.5 * volatility * vega;
    reference::assert_close(&[expiry * theta], &[scaled], 1e-12);
    assert!(delta < 0.0 && by_strike > 0.0 && vega > 0.0 && rho < 0.0);
}

/// Deep in the money it is exercised at once: the payoff's own derivative.
#[test]
fn exercised_at_once() {
    let (delta, by_strike, rho, vega, theta) = american_put::grad(0.3, 1.0, 0.1, 0.4, 1.0, 20);
    assert_eq!(
        [delta, by_strike, rho, vega, theta],
        [-1.0, 1.0, 0.0, 0.0, 0.0]
    );
}
