//! Monte Carlo with a generator of its own, differentiated along each path.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
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

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Model {
    pub spot: f64,
    pub drift: f64,
    pub volatility: f64,
}

/// The price of a call on the average of `days` prices, by `paths` random paths.
#[differentiable]
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

#[differentiable]
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

// The derivatives.

/// Path by path: every price is proportional to the spot, and `ln S` linear in drift and shocks.
fn gradient(spot: f64, drift: f64, volatility: f64, strike: f64, paths: usize) -> [f64; 4] {
    let mut random = XorShift::new(0x9e37_79b9_7f4a_7c15);
    let dt = 1.0 / 6.0_f64;
    let mut sums = [0.0; 5];
    for _ in 0..paths {
        let (mut noise, mut average, mut by_drift, mut by_volatility) = (0.0, 0.0, 0.0, 0.0);
        for day in 1..=6 {
            let t = f64::from(day) * dt;
            noise += dt.sqrt() * random.normal();
            let s = spot * ((drift - 0.5 * volatility * volatility) * t + volatility * noise).exp();
            average += s / 6.0;
            by_drift += s * t / 6.0;
            by_volatility += s * (noise - volatility * t) / 6.0;
        }
        if average > strike {
            sums[0] += average / spot;
            sums[1] += by_drift - (average - strike);
            sums[2] += by_volatility;
            sums[3] -= 1.0;
        }
    }
    let scale = (-drift).exp() / paths as f64;
    [
        sums[0] * scale,
        sums[1] * scale,
        sums[2] * scale,
        sums[3] * scale,
    ]
}

programs! {
    price { spot: val = 1.05, drift: val = 0.1, volatility: val = 0.3, strike: val = 1.0, paths: konst = 40_usize }
        exact [
            gradient(spot, drift, volatility, strike, paths)[0],
            gradient(spot, drift, volatility, strike, paths)[1],
            gradient(spot, drift, volatility, strike, paths)[2],
            gradient(spot, drift, volatility, strike, paths)[3],
        ];
}

#[test]
fn the_gradient_of_a_model() {
    let model = Model {
        spot: 1.05,
        drift: 0.1,
        volatility: 0.3,
    };
    let (by_model, by_strike) = asian_call::grad(&model, 1.0, 6, 40, 0x9e37_79b9_7f4a_7c15);
    let expected = gradient(1.05, 0.1, 0.3, 1.0, 40);
    let got = [
        by_model.spot,
        by_model.drift,
        by_model.volatility,
        by_strike,
    ];
    reference::assert_close(&got, &expected, 1e-13);
}
