//! Reductions to a number, or along axes.

use super::super::rule::rules;
use super::super::{Axes, Element, Tensor, reduce, shape};
#[allow(unused_imports)]
use crate::prelude::*;
use ndarray::Dimension;

impl<T: Element> Tensor<T> {
    /// The sum of all elements.
    pub fn sum(&self) -> T {
        reduce::total(&self.data())
    }

    /// The sum along axes, which go, or stay with length 1 if `keep`.
    #[track_caller]
    pub fn sum_axis(&self, axes: impl Axes, keep: bool) -> Tensor<T> {
        let axes = shape::sorted_axes("sum_axis", &axes, self.shape());
        let to = shape::without(self.shape(), &axes, keep);
        Tensor::new(to.slice(), reduce::sum(self, &axes))
    }
}

rules! {
    TensorSumEntry __differentiable_sum __masked_sum __jvp_sum __keep_sum [] (x) -> T,
        value x.sum(),
        pull |_| { let shape = x.shape().to_vec(); move |t: T, _: [bool; 1]| [Some(Tensor::full(&shape, t))] },
        push |_, [d]| d.map(|d| d.sum());
    TensorSumAxisEntry __differentiable_sum_axis __masked_sum_axis __jvp_sum_axis __keep_sum_axis
        [A: Axes] (x; axes: A, keep: bool) -> Tensor<T>,
        value x.sum_axis(&axes, keep),
        pull |_| {
            let shape = x.shape().to_vec();
            let axes = shape::sorted_axes("sum_axis", &axes, &shape);
            move |t: Tensor<T>, _: [bool; 1]| [Some(respread(&t, &shape, &axes))]
        },
        push |_, [d]| d.map(|d| d.sum_axis(&axes, keep));
}

/// A tensor from which axes were reduced away, repeated along these.
fn respread<T: Element>(t: &Tensor<T>, shape: &[usize], axes: &[usize]) -> Tensor<T> {
    let kept = shape::without(shape, axes, true);
    Tensor::new(kept.slice(), t.to_vec()).repeated_to("sum_axis", shape)
}
