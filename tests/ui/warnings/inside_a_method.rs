//! The way ends in a method of a type that the signature names.

#![deny(deprecated)]

use pullback::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Meter {
    gain: f64,
}

#[differentiable]
impl Meter {
    #[allow(deprecated)]
    fn reading(&self, volts: f64) -> f64 {
        self.gain * volts.round()
    }
}

#[differentiable]
fn display(meter: &Meter, volts: f64, shift: f64) -> f64 {
    meter.reading(volts) + shift
}

fn main() {
    let _ = display(&Meter { gain: 2.0 }, 1.0, 0.5);
}
