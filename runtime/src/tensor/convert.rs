//! From and to the arrays of `ndarray`, vectors and slices.

use super::{Element, Repr, Tensor};
#[allow(unused_imports)]
use crate::prelude::*;
use ndarray::{
    ArcArray, Array, ArrayBase, ArrayD, ArrayView, Dimension, IxDyn, OwnedArcRepr, OwnedRepr,
};

/// A tensor of an array whose memory has no gaps; others are copied.
fn packed<T: Element>(a: ArcArray<T, IxDyn>) -> Tensor<T> {
    let without_gaps = a.as_slice_memory_order().is_some() && a.strides().iter().all(|s| *s >= 0);
    if without_gaps {
        return Tensor::held(a);
    }
    Tensor::new(a.shape(), a.iter().copied().collect())
}

/// Without a copy, if the array has its elements in one block.
impl<T: Element, D: Dimension> From<ArrayBase<OwnedRepr<T>, D>> for Tensor<T> {
    fn from(a: Array<T, D>) -> Tensor<T> {
        packed(a.into_dyn().into_shared())
    }
}

/// Without a copy, if the array has its elements in one block.
impl<T: Element, D: Dimension> From<ArrayBase<OwnedArcRepr<T>, D>> for Tensor<T> {
    fn from(a: ArcArray<T, D>) -> Tensor<T> {
        packed(a.into_dyn())
    }
}

/// A copy of what is viewed.
impl<T: Element, D: Dimension> From<ArrayView<'_, T, D>> for Tensor<T> {
    fn from(a: ArrayView<'_, T, D>) -> Tensor<T> {
        Tensor::new(a.shape(), a.iter().copied().collect())
    }
}

/// One axis, without a copy.
impl<T: Element> From<Vec<T>> for Tensor<T> {
    fn from(data: Vec<T>) -> Tensor<T> {
        Tensor::new(&[data.len()], data)
    }
}

/// One axis, a copy.
impl<T: Element> From<&[T]> for Tensor<T> {
    fn from(data: &[T]) -> Tensor<T> {
        Tensor::from(data.to_vec())
    }
}

/// One axis.
impl<T: Element, const N: usize> From<[T; N]> for Tensor<T> {
    fn from(data: [T; N]) -> Tensor<T> {
        Tensor::from(Vec::from(data))
    }
}

/// Two axes.
impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor<T> {
    fn from(data: [[T; M]; N]) -> Tensor<T> {
        Tensor::new(&[N, M], data.into_iter().flatten().collect())
    }
}

/// Without a copy, if nobody else has the elements.
impl<T: Element> From<Tensor<T>> for ArrayD<T> {
    fn from(x: Tensor<T>) -> ArrayD<T> {
        match x.repr {
            Repr::Dense(a) => a.into_inner().into_owned(),
            _ => x.view().into_owned(),
        }
    }
}

impl<T: Element> Tensor<T> {
    /// The elements as an array of `ndarray`'s with a known number of axes, without a copy if nobody else has them.
    ///
    /// ```
    /// use ndarray::Array2;
    /// use pullback_runtime::Tensor;
    ///
    /// let x: Array2<f64> = Tensor::eye(2).into_array();
    /// assert_eq!(x, ndarray::array![[1.0, 0.0], [0.0, 1.0]]);
    /// ```
    ///
    /// # Panics
    /// If the tensor has another number of axes.
    #[track_caller]
    pub fn into_array<D: Dimension>(self) -> Array<T, D> {
        let a = ArrayD::from(self);
        let n = a.ndim();
        match a.into_dimensionality::<D>() {
            Ok(a) => a,
            Err(_) => panic!(
                "`into_array`: a tensor with {n} axes was asked for as an array with {}",
                D::NDIM.unwrap_or(n)
            ),
        }
    }
}
