//! The American put on the tree of Cox, Ross and Rubinstein.

use super::reference;
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
