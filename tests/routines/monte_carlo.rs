//! Monte Carlo with a generator of its own, differentiated along each path.

use super::reference;
use std::f64::consts::TAU;

/// Marsaglia's xorshift.
#[derive(Debug, Clone)]
pub struct XorShift {
    state: u64,
}

impl XorShift {
    pub fn new(seed: u64) -> Self {
        Self { state: seed.max(1) }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    /// In `0..1`, never 0.
    pub fn uniform(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (TAU * self.uniform()).cos()
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Model {
    pub spot: f64,
    pub drift: f64,
    pub volatility: f64,
}

/// The price of a call on the average of `days` prices, by `paths` random paths.
pub fn asian_call(model: &Model, strike: f64, days: usize, paths: usize, seed: u64) -> f64 {
    let mut random = XorShift::new(seed);
    let dt = 1.0 / days as f64;
    let trend = (model.drift - 0.5 * model.volatility.powi(2)) * dt;
    let mut total = 0.0;
    for _ in 0..paths {
        let mut price = model.spot;
        let mut sum = 0.0;
        for _ in 0..days {
            let shock = model.volatility * dt.sqrt() * random.normal();
            price *= (trend + shock).exp();
            sum += price;
        }
        let average = sum / days as f64;
        if average > strike {
            total += average - strike;
        }
    }
    (-model.drift).exp() * total / paths as f64
}
fn price(spot: f64, drift: f64, volatility: f64, strike: f64, paths: usize) -> f64 {
    let model = Model {
        spot,
        drift,
        volatility,
    };
    asian_call(&model, strike, 6, paths, 0x9e37_79b9_7f4a_7c15)
}

#[test]
fn the_generator_is_the_known_one() {
    let mut random = XorShift::new(1);
    assert_eq!(random.next_u64(), 1_082_269_761);
    let mean: f64 = (0..20_000).map(|_| random.normal()).sum::<f64>() / 20_000.0;
    assert!(mean.abs() < 0.03, "{mean}");
}

/// On one day the average is the price itself: Black and Scholes' value.
#[test]
fn one_day_is_the_known_price() {
    let model = Model {
        spot: 42.0,
        drift: 0.1,
        volatility: 0.2,
    };
    let price = asian_call(&model, 40.0, 1, 100_000, 7);
    reference::assert_close(&[price], &[6.837], 0.01);
}
