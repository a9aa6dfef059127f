//! A method's parameter, and the method that hands its own to it.

#![deny(deprecated)]

use pullback::{Differentiable, differentiable};

#[derive(Differentiable)]
struct Meter {
    gain: f64,
}

#[differentiable]
impl Meter {
    fn reading(&self, x: f64) -> f64 {
        self.gain * (x * 10.0).round()
    }

    fn twice(&self, x: f64) -> f64 {
        self.reading(x) + self.reading(2.0 * x)
    }
}

fn main() {
    let meter = Meter { gain: 2.0 };
    assert_eq!(meter.twice(0.5), 30.0);
}
