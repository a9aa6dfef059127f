//! The crate under another name.
#![deny(warnings)]

use gradients::{Differentiable, Real, differentiable};

/// A generic function.
#[differentiable(crate = gradients)]
pub fn norm<T: Real>(x: &[T]) -> T {
    let mut squares = T::zero();
    for v in x {
        squares += *v * *v;
    }
    squares.sqrt()
}

/// A call of it, under a condition.
#[differentiable(crate = ::gradients)]
pub fn scaled(x: &[f64], k: f64) -> f64 {
    #[cfg(not(windows))]
    let k = k * 2.0;
    norm(x) * k
}

/// Passes no derivative on from its first parameter, as the callers of this crate are told.
#[differentiable(crate = gradients, detached = "allow")]
pub fn bucket(x: f64, size: f64) -> f64 {
    (x / size.abs()).floor() * size
}

/// A type with a method that cuts.
#[derive(Clone, Debug, Differentiable)]
#[tangent(crate = gradients)]
pub struct Gauge<T: Real> {
    /// What one step counts.
    pub step: T,
}

#[differentiable(crate = gradients, detached = "allow")]
impl<T: Real> Gauge<T> {
    /// Passes no derivative on from what is read.
    pub fn read(&self, x: T) -> T {
        self.step * x.round()
    }
}

#[test]
fn entries_find_their_crate() {
    let (x, k) = scaled::grad(&[3.0, 4.0], 0.5);
    assert!(
        (x[0] - 0.6).abs() < 1e-12 && (x[1] - 0.8).abs() < 1e-12,
        "{x:?}"
    );
    assert_eq!(k, 10.0);
}
