//! The price of a call whose volatility depends on the price: a stochastic differential equation
//! by Euler and Maruyama's method along random paths, with a generator of its own.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::Problem;

const STEPS: usize = 32;
const DT: f64 = 1.0 / STEPS as f64;
/// The payoff's kink is rounded over this width, so that it has a derivative everywhere.
const WIDTH: f64 = 0.05;

/// The mean over the paths of what the option pays.
#[differentiable]
fn price(spot: f64, rate: f64, volatility: f64, skew: f64, strike: f64, paths: usize) -> f64 {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let root = DT.sqrt();
    let mut total = 0.0;
    for _ in 0..paths {
        let mut s = spot;
        for _ in 0..STEPS {
            let noise = normal(&mut state);
            let local = volatility + skew / s;
            s += s * (rate * DT + local * root * noise);
        }
        total += WIDTH * ((s - strike) / WIDTH).exp().ln_1p();
    }
    total * (-rate).exp() / paths as f64
}

/// The sum of twelve uniform numbers, which is close enough to a normal one.
fn normal(state: &mut u64) -> f64 {
    let mut sum = -6.0;
    for _ in 0..12 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        sum += (*state >> 11) as f64 / (1_u64 << 53) as f64;
    }
    sum
}

/// Each path is swept back as soon as it has ended.
fn price_by_hand(x: &[f64], paths: usize) -> (f64, (f64, f64, f64, f64, f64)) {
    let [spot, rate, volatility, skew, strike] = [x[0], x[1], x[2], x[3], x[4]];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let root = DT.sqrt();
    let mut total = 0.0;
    let mut bars = [0.0; 5];
    let mut saved = [(0.0, 0.0); STEPS];
    for _ in 0..paths {
        let mut s = spot;
        for saved in &mut saved {
            let noise = root * normal(&mut state);
            *saved = (s, noise);
            s += s * (rate * DT + volatility * noise) + skew * noise;
        }
        let e = ((s - strike) / WIDTH).exp();
        total += WIDTH * e.ln_1p();
        let mut s_bar = e / (1.0 + e);
        bars[4] -= s_bar;
        for (s, noise) in saved.into_iter().rev() {
            bars[1] += s_bar * s * DT;
            bars[2] += s_bar * s * noise;
            bars[3] += s_bar * noise;
            s_bar += s_bar * (rate * DT + volatility * noise);
        }
        bars[0] += s_bar;
    }
    let discount = (-rate).exp() / paths as f64;
    let mut gradient = bars.map(|bar| bar * discount);
    gradient[1] -= total * discount;
    (total * discount, gradient.into())
}

/// At the money.
pub fn monte_carlo(paths: usize) -> impl Problem {
    Flat::new(
        format!("Monte Carlo, {paths} paths"),
        vec![1.0, 0.03, 0.2, 0.05, 1.02],
        move |x| price(x[0], x[1], x[2], x[3], x[4], paths),
        move |x| price::value_and_grad(x[0], x[1], x[2], x[3], x[4], paths),
        move |x| price_by_hand(x, paths),
    )
}
