//! Random tensors and masks. The same seed gives the same numbers on every machine and in every version, by the
//! generator xoshiro256++ (Blackman and Vigna, 2018).

use super::{Element, Mask, Tensor, shape};
use crate::prelude::*;
use ndarray::IxDyn;
use rand_distr::Distribution;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Numbers at equal probability from 0 to 1, without 1.
fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    // The upper 53 bits are the fraction of a number.
    move || (generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

impl<T: Element> Tensor<T> {
    /// Independent random numbers, evenly from `low` to `high`.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let x: Tensor = Tensor::uniform([1000], -1.0, 1.0, 7);
    /// assert!(x.max() < 1.0 && x.min() >= -1.0 && x.mean().abs() < 0.1);
    /// assert_eq!(x, Tensor::uniform([1000], -1.0, 1.0, 7));
    /// ```
    #[track_caller]
    pub fn uniform(shape: impl AsRef<[usize]>, low: T, high: T, seed: u64) -> Tensor<T> {
        let shape = shape.as_ref();
        let (low, width, mut unit) = (low.to_f64(), high.to_f64() - low.to_f64(), units(seed));
        let numbers = (0..shape::count(shape)).map(|_| T::from_f64(low + width * unit()));
        Tensor::new(shape, numbers.collect())
    }

    /// Independent random numbers from the normal distribution of a mean and a standard deviation.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let w: Tensor = Tensor::normal([784, 128], 0.0, (2.0_f32 / 784.0).sqrt(), 1);
    /// assert!(w.mean().abs() < 1e-3);
    /// ```
    #[track_caller]
    pub fn normal(shape: impl AsRef<[usize]>, mean: T, deviation: T, seed: u64) -> Tensor<T> {
        let shape = shape.as_ref();
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        let (mean, deviation) = (mean.to_f64(), deviation.to_f64());
        let mut draw = || -> f64 { StandardNormal.sample(&mut generator) };
        let numbers = (0..shape::count(shape)).map(|_| T::from_f64(mean + deviation * draw()));
        Tensor::new(shape, numbers.collect())
    }
}

impl Mask {
    /// Independent random values, true with a probability.
    ///
    /// ```
    /// use pullback_runtime::{Tensor, tensor::Mask};
    ///
    /// let x: Tensor = Tensor::ones([1000]);
    /// let y = x.dropout(0.25, &Mask::random([1000], 0.75, 42));
    /// assert!((y.mean() - 1.0).abs() < 0.1);
    /// ```
    #[track_caller]
    pub fn random(shape: impl AsRef<[usize]>, probability: f64, seed: u64) -> Mask {
        let shape = shape.as_ref();
        let mut unit = units(seed);
        let values: Vec<bool> = (0..shape::count(shape))
            .map(|_| unit() < probability)
            .collect();
        Mask::new(IxDyn(shape), values)
    }
}
