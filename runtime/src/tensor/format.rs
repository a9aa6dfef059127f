//! How tensors are shown and compared.

use super::{Element, Tensor};
#[allow(unused_imports)]
use crate::prelude::*;
use core::fmt;

/// As `ndarray` shows arrays, long axes shortened.
impl<T: Element> fmt::Display for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.view(), f)
    }
}

/// The elements and the shape.
impl<T: Element> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.view(), f)?;
        write!(f, ", shape={:?}", self.shape())
    }
}

/// Equal shapes and equal elements; NaN is not equal to itself.
impl<T: Element> PartialEq for Tensor<T> {
    fn eq(&self, other: &Tensor<T>) -> bool {
        self.shape() == other.shape()
            && (self.is_zero() && other.is_zero() || *self.data() == *other.data())
    }
}
