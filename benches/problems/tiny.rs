//! A small function called a million times: what a call costs.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::Problem;

const CALLS: usize = 1_000_000;

/// A bump at `centre`.
#[differentiable]
fn bump(t: f64, centre: f64, width: f64) -> f64 {
    let u = (t - centre) / width;
    1.0 / (1.0 + u * u)
}

/// The mean over 0 … 1 of the bump.
#[differentiable]
fn mean(centre: f64, width: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..CALLS {
        sum += bump(i as f64 / CALLS as f64, centre, width);
    }
    sum / CALLS as f64
}

/// Value and derivatives in one loop.
fn mean_by_hand(centre: f64, width: f64) -> (f64, (f64, f64)) {
    let (mut sum, mut centre_bar, mut width_bar) = (0.0, 0.0, 0.0);
    let scale = 1.0 / CALLS as f64;
    for i in 0..CALLS {
        let u = (i as f64 / CALLS as f64 - centre) / width;
        let value = 1.0 / (1.0 + u * u);
        sum += value;
        let u_bar = -2.0 * u * value * value / width;
        centre_bar -= u_bar;
        width_bar -= u_bar * u;
    }
    (sum * scale, (centre_bar * scale, width_bar * scale))
}

/// A bump in the middle.
pub fn tiny() -> impl Problem {
    Flat::new(
        "a million tiny calls",
        vec![0.4, 0.15],
        |x| mean(x[0], x[1]),
        |x| mean::value_and_grad(x[0], x[1]),
        |x| mean_by_hand(x[0], x[1]),
    )
}
