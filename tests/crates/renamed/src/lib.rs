//! The crate under another name.
#![deny(warnings)]

use gradients::{Real, differentiable};

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

#[test]
fn entries_find_their_crate() {
    assert_eq!(scaled::grad(&[3.0, 4.0], 0.5), (vec![0.6, 0.8], 10.0));
}
