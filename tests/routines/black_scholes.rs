//! Black and Scholes' prices, over a normal distribution by series and continued fraction.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Call,
    Put,
}

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Contract {
    #[constant]
    pub kind: Kind,
    pub strike: f64,
    pub expiry: f64,
}

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Market {
    pub spot: f64,
    pub rate: f64,
    pub volatility: f64,
}

/// The error function: a power series near zero, a continued fraction for the tail.
#[differentiable]
fn erf(x: f64) -> f64 {
    if x.abs() < 2.5 {
        let mut term = x;
        let mut sum = x;
        let mut n = 0.0;
        while term.abs() > 1e-17 * sum.abs() {
            n += 1.0;
            term *= -x * x / n;
            sum += term / (2.0 * n + 1.0);
        }
        2.0 / PI.sqrt() * sum
    } else {
        let z = x.abs();
        let tail = (1..=60).rev().fold(z, |f, k| z + 0.5 * f64::from(k) / f);
        (1.0 - (-z * z).exp() / (tail * PI.sqrt())).copysign(x)
    }
}

#[differentiable]
fn normal_cdf(x: f64) -> f64 {
    0.5 * (1.0 + erf(x * FRAC_1_SQRT_2))
}

#[differentiable]
impl Contract {
    pub fn price(&self, market: &Market) -> f64 {
        let Market {
            spot,
            rate,
            volatility,
        } = *market;
        let deviation = volatility * self.expiry.sqrt();
        let d1 = ((spot / self.strike).ln() + (rate + 0.5 * volatility.powi(2)) * self.expiry)
            / deviation;
        let d2 = d1 - deviation;
        let discounted = self.strike * (-rate * self.expiry).exp();
        match self.kind {
            Kind::Call => spot * normal_cdf(d1) - discounted * normal_cdf(d2),
            Kind::Put => discounted * normal_cdf(-d2) - spot * normal_cdf(-d1),
        }
    }
}

#[differentiable]
fn call(spot: f64, strike: f64, rate: f64, volatility: f64, expiry: f64) -> f64 {
    let market = Market {
        spot,
        rate,
        volatility,
    };
    let contract = Contract {
        kind: Kind::Call,
        strike,
        expiry,
    };
    contract.price(&market)
}

/// What a strategy of several contracts, each with its quantity, is worth.
#[differentiable]
fn portfolio(positions: &[(f64, f64)], spot: f64, volatility: f64) -> f64 {
    let market = Market {
        spot,
        rate: 0.03,
        volatility,
    };
    positions
        .iter()
        .map(|&(quantity, strike)| {
            let kind = if strike < market.spot {
                Kind::Put
            } else {
                Kind::Call
            };
            quantity
                * Contract {
                    kind,
                    strike,
                    expiry: 0.75,
                }
                .price(&market)
        })
        .sum()
}

#[test]
fn the_error_function() {
    for (x, expected) in [
        (0.0, 0.0),
        (0.5, 0.520_499_877_813_046_5),
        (1.0, 0.842_700_792_949_714_9),
        (-2.0, -0.995_322_265_018_952_7),
        (3.0, 0.999_977_909_503_001_4),
    ] {
        reference::assert_close(&[erf(x)], &[expected], 1e-14);
    }
}

#[test]
fn the_textbook_price() {
    let market = Market {
        spot: 42.0,
        rate: 0.1,
        volatility: 0.2,
    };
    let price = |kind| {
        Contract {
            kind,
            strike: 40.0,
            expiry: 0.5,
        }
        .price(&market)
    };
    let (call, put) = (price(Kind::Call), price(Kind::Put));
    reference::assert_close(
        &[call, put],
        &[4.759_422_392_871_532, 0.808_599_372_900_095_8],
        1e-12,
    );
    let parity = 42.0 - 40.0 * (-0.05_f64).exp();
    reference::assert_close(&[call - put], &[parity], 1e-13);
}

// The derivatives: the greeks.

fn greeks(spot: f64, strike: f64, rate: f64, volatility: f64, expiry: f64) -> [f64; 5] {
    let deviation = volatility * expiry.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * expiry) / deviation;
    let d2 = d1 - deviation;
    let density = (-0.5 * d1 * d1).exp() / (2.0 * PI).sqrt();
    let discount = (-rate * expiry).exp();
    let theta = spot * density * volatility / (2.0 * expiry.sqrt());
    [
        normal_cdf(d1),
        -discount * normal_cdf(d2),
        strike * expiry * discount * normal_cdf(d2),
        spot * density * expiry.sqrt(),
        theta + rate * strike * discount * normal_cdf(d2),
    ]
}

programs! {
    erf { x: val = 0.7 } exact [2.0 / PI.sqrt() * (-x * x).exp()];
    normal_cdf { x: val = -4.1 } exact [(-0.5 * x * x).exp() / (2.0 * PI).sqrt()];
    call { spot: val = 1.1, strike: val = 1.0, rate: val = 0.05, volatility: val = 0.3, expiry: val = 1.5 }
        exact [
            greeks(spot, strike, rate, volatility, expiry)[0],
            greeks(spot, strike, rate, volatility, expiry)[1],
            greeks(spot, strike, rate, volatility, expiry)[2],
            greeks(spot, strike, rate, volatility, expiry)[3],
            greeks(spot, strike, rate, volatility, expiry)[4],
        ];
    portfolio { positions: slice = vec![(1.0, 0.8), (-2.0, 1.0), (0.5, 1.3)], spot: val = 1.1, volatility: val = 0.4 };
}
