//! Running statistics of batches, which a trained network is normalised by.

use super::{Element, Tensor};

/// The mean and the variance of each channel, for [`Tensor::batch_norm_by`]. They carry no derivative.
///
/// ```
/// use pullback_runtime::{Tensor, tensor::Statistics};
///
/// let mut running = Statistics::new(2);
/// let x = Tensor::from([[1.0_f32, 10.0], [3.0, 10.0]]);
/// let (_, mean, var) = x.batch_norm(&Tensor::ones([2]), &Tensor::zeros([2]), 1, 1e-5);
/// running.update(&mean, &var, 0.5);
/// assert_eq!(running.mean.to_vec(), [1.0, 5.0]);
/// assert_eq!(running.var.to_vec(), [1.0, 0.5]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics<T: Element = f32> {
    /// The mean of each channel.
    pub mean: Tensor<T>,
    /// The variance of each channel.
    pub var: Tensor<T>,
}

impl<T: Element> Statistics<T> {
    /// Mean 0 and variance 1 for a number of channels.
    pub fn new(channels: usize) -> Statistics<T> {
        Statistics {
            mean: Tensor::zeros([channels]),
            var: Tensor::ones([channels]),
        }
    }

    /// Moves towards the statistics of a batch by a `rate` between 0 and 1.
    ///
    /// # Panics
    /// If the numbers of channels are not the same.
    #[track_caller]
    pub fn update(&mut self, mean: &Tensor<T>, var: &Tensor<T>, rate: T) {
        super::shape::same("update", self.mean.shape(), mean.shape());
        super::shape::same("update", self.var.shape(), var.shape());
        let keep = T::one() - rate;
        self.mean
            .zip_assign("update", mean, |a, b| *a = keep * *a + rate * b);
        self.var
            .zip_assign("update", var, |a, b| *a = keep * *a + rate * b);
    }
}
