//! Tensors as flat lists of numbers.

use crate::harness::Flat;
use pullback::Tensor;
use pullback::tensor::Element;

impl<T: Element + Flat> Flat for Tensor<T> {
    fn flatten(&self, out: &mut Vec<f64>) {
        self.to_vec().flatten(out);
    }

    fn rebuild(&self, source: &mut dyn Iterator<Item = f64>) -> Self {
        Tensor::from_vec(self.shape(), self.to_vec().rebuild(source))
    }
}
