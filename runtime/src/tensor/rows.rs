//! Operations along an axis, on rows that are slices: an axis that is not the last is brought there and back.

use super::{Element, Repr, Tensor};
use crate::prelude::*;
use crate::{parallel, pool};
use ndarray::IxDyn;

/// The order of axes in which those given come last.
fn to_back(n: usize, axes: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).filter(|axis| !axes.contains(axis)).collect();
    order.extend_from_slice(axes);
    order
}

/// The order of axes that undoes another.
pub(super) fn inverse(order: &[usize]) -> Vec<usize> {
    let mut back = alloc::vec![0; order.len()];
    order
        .iter()
        .enumerate()
        .for_each(|(to, from)| back[*from] = to);
    back
}

impl<T: Element> Tensor<T> {
    /// The axes in another order, in the same memory.
    pub(super) fn reordered(&self, order: &[usize]) -> Tensor<T> {
        match &self.repr {
            Repr::Dense(a) => Tensor::held(a.shared().permuted_axes(IxDyn(order))),
            _ => {
                let shape: Vec<usize> = order.iter().map(|axis| self.shape()[*axis]).collect();
                Tensor::zero_of(&shape)
            }
        }
    }

    /// With the given axes last.
    pub(super) fn brought_to_back(&self, axes: &[usize]) -> Tensor<T> {
        self.reordered(&to_back(self.ndim(), axes))
    }

    /// With the last axes where `axes` says.
    pub(super) fn brought_from_back(&self, axes: &[usize]) -> Tensor<T> {
        self.reordered(&inverse(&to_back(self.ndim(), axes)))
    }
}

/// Rows to rows of the same length: `f` of each row of `x` along the axes.
pub(super) fn map<T: Element>(
    x: &Tensor<T>,
    axes: &[usize],
    f: impl Fn(&[T], &mut [T]) + Sync,
) -> Tensor<T> {
    let back = x.brought_to_back(axes);
    let mut out = pool::any(back.len());
    let len = length(x, axes);
    let data = back.data();
    parallel::change(&mut out, len, |at, out| {
        let rows = data[at..].chunks_exact(len);
        rows.zip(out.chunks_exact_mut(len))
            .for_each(|(row, out)| f(row, out));
    });
    Tensor::new(back.shape(), out).brought_from_back(axes)
}

/// The same from the rows of two tensors of one shape.
pub(super) fn zip<T: Element>(
    x: &Tensor<T>,
    y: &Tensor<T>,
    axes: &[usize],
    f: impl Fn(&[T], &[T], &mut [T]) + Sync,
) -> Tensor<T> {
    let (x_back, y_back) = (x.brought_to_back(axes), y.brought_to_back(axes));
    let mut out = pool::any(x_back.len());
    let len = length(x, axes);
    let (xs, ys) = (x_back.data(), y_back.data());
    parallel::change(&mut out, len, |at, out| {
        let rows = xs[at..].chunks_exact(len).zip(ys[at..].chunks_exact(len));
        rows.zip(out.chunks_exact_mut(len))
            .for_each(|((x, y), out)| f(x, y, out));
    });
    Tensor::new(x_back.shape(), out).brought_from_back(axes)
}

/// The length of a row; 1 where there is none, since slices are not cut in rows of 0.
fn length<T: Element>(x: &Tensor<T>, axes: &[usize]) -> usize {
    axes.iter()
        .map(|axis| x.shape()[*axis])
        .product::<usize>()
        .max(1)
}

impl<T: Element> Tensor<T> {
    /// A part along the first axis, or the whole along any, in the same memory.
    pub(super) fn leading(
        &self,
        axis: usize,
        range: &core::ops::Range<usize>,
    ) -> Option<Tensor<T>> {
        if *range == (0..self.shape()[axis]) {
            return Some(self.clone());
        }
        match &self.repr {
            Repr::Dense(a) if axis == 0 && a.is_standard_layout() => {
                let mut part = a.shared();
                part.slice_axis_inplace(ndarray::Axis(0), ndarray::Slice::from(range.clone()));
                part.is_standard_layout().then(|| Tensor::held(part))
            }
            _ => None,
        }
    }
}
