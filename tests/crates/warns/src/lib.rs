//! Inputs without a gradient of many kinds. `tests/crates.rs` reads the warnings as an editor does.

use pullback::{Differentiable, Real, differentiable};

/// More modes, and still one warning.
#[differentiable(order = 2)]
pub fn tiled(width: f64, height: f64) -> f64 {
    let rows = height as i64;
    width * rows as f64
}

/// Used with two types below.
#[differentiable]
pub fn stepped<T: Real>(x: T, y: T) -> T {
    x * y.floor()
}

/// Instantiates it.
pub fn both() -> (f64, f32) {
    let wide = stepped::gradients(1.5_f64, 2.5).x.unwrap_or_default();
    (wide, stepped::grad(1.5_f32, 2.5).0)
}

/// Has a method.
#[derive(Clone, Debug, Differentiable)]
pub struct Meter {
    /// How much of the reading counts.
    pub gain: f64,
}

#[differentiable]
impl Meter {
    /// Rounds what it reads.
    pub fn reading(&self, volts: f64) -> f64 {
        self.gain * volts.round()
    }
}

/// Calls what cuts.
#[differentiable]
pub fn house(width: f64, storeys: f64) -> f64 {
    2.0 * tiled(width, storeys)
}

/// Two inputs that end at one place.
#[differentiable]
pub fn larger(left: f64, right: f64, scale: f64) -> f64 {
    if left > right { scale } else { -scale }
}

/// A local that is watched in vain.
#[differentiable]
pub fn peak(signal: f64) -> f64 {
    #[watch]
    let square: f64 = signal * signal;
    signal * square.ceil()
}

/// A whole module that wants no warnings.
pub mod quiet {
    #![allow(deprecated)]

    use pullback::differentiable;

    /// Is silent.
    #[differentiable]
    pub fn rounded(x: f64, y: f64) -> f64 {
        x * y.round()
    }
}
