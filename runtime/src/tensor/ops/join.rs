//! Tensors put together along an axis.

use super::super::rule::Seed;
use super::super::{Element, Tensor, shape};
use crate::prelude::*;
use crate::rt::{Constant, Owned};
use crate::third_party::constructor;
use crate::{Differentiable, Tangent};

impl<T: Element> Tensor<T> {
    /// The tensors one after the other along an axis; in the others their shapes are the same.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let (a, b): (Tensor, Tensor) = (Tensor::ones([2, 1]), Tensor::zeros([2, 2]));
    /// assert_eq!(Tensor::concat(&[a, b], 1).to_vec(), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    pub fn concat(parts: &[Tensor<T>], axis: isize) -> Tensor<T> {
        let (axis, to) = joined(parts, axis);
        if parts.iter().all(Tensor::is_zero) {
            return Tensor::zero_of(&to);
        }
        let outer: usize = to[..axis].iter().product();
        let data: Vec<_> = parts.iter().map(Tensor::data).collect();
        let mut out = Vec::with_capacity(shape::count(&to));
        for o in 0..outer {
            for part in &data {
                let len = part.len() / outer;
                out.extend_from_slice(&part[o * len..(o + 1) * len]);
            }
        }
        Tensor::new(&to, out)
    }

    /// The tensors, which have the same shape, along a new axis.
    #[track_caller]
    pub fn stack(parts: &[Tensor<T>], axis: isize) -> Tensor<T> {
        let axis = stacked(parts, axis);
        Tensor::concat(&opened(parts, axis), axis)
    }
}

/// The axis along which parts are joined, and the shape of the whole.
#[track_caller]
fn joined<T: Element>(parts: &[Tensor<T>], axis: isize) -> (usize, Vec<usize>) {
    let Some(first) = parts.first() else {
        panic!("`concat`: there are no tensors to put together")
    };
    let axis = shape::axis("concat", axis, first.shape());
    let mut to = first.shape().to_vec();
    to[axis] = 0;
    for part in parts {
        let same =
            part.ndim() == to.len() && (0..to.len()).all(|i| i == axis || part.shape()[i] == to[i]);
        if !same {
            panic!(
                "`concat` along the axis {axis}: the shapes {:?} and {:?} differ in another axis",
                first.shape(),
                part.shape()
            );
        }
        to[axis] += part.shape()[axis];
    }
    (axis, to)
}

/// The new axis that tensors of one shape are stacked along.
#[track_caller]
fn stacked<T: Element>(parts: &[Tensor<T>], axis: isize) -> isize {
    let Some(first) = parts.first() else {
        panic!("`stack`: there are no tensors to put together")
    };
    for part in parts {
        shape::same("stack", first.shape(), part.shape());
    }
    let mut to = first.shape().to_vec();
    to.push(parts.len());
    shape::axis("stack", axis, &to) as isize
}

/// With a new axis of length 1 each.
fn opened<T: Element>(parts: &[Tensor<T>], axis: isize) -> Vec<Tensor<T>> {
    parts.iter().map(|part| part.unsqueeze(axis)).collect()
}

/// The tangents of parts, of which those that are left out are zero.
fn tangents<T: Element>(parts: &[Tensor<T>], dots: &[Tensor<T>]) -> Vec<Tensor<T>> {
    let of = |(part, dot): (&Tensor<T>, Option<&Tensor<T>>)| match dot {
        Some(dot) if dot.shape() == part.shape() => dot.clone(),
        _ => part.zero_tangent(),
    };
    let dots = dots.iter().map(Some).chain(core::iter::repeat(None));
    parts.iter().zip(dots).map(of).collect()
}

constructor! {
    /// `Tensor::concat(&parts, axis)`.
    TensorConcatEntry [T: [Element]] for Tensor<T>;
    __differentiable_concat __masked_concat __jvp_concat;
    (
        parts: &[Tensor<T>], again &[Tensor<T>], slot Option<&mut [Tensor<T>]>, dot Option<&[Tensor<T>]>;
        axis: isize, again Owned, slot Constant, dot Constant;
    ) -> Tensor<T>, seed Tensor<T>;
    bits 0b1;
    call {
        let y = Tensor::concat(parts, axis);
        let like = y.like();
        let (axis, _) = joined(parts, axis);
        let lengths: Vec<usize> = parts.iter().map(|part| part.shape()[axis]).collect();
        (y, move |t: Tensor<T>, _: (&[Tensor<T>], Owned), (bars, _): (Option<&mut [Tensor<T>]>, Constant), _: &mut crate::Tape| {
            if t.is_nothing(&like) {
                return;
            }
            let mut at = 0;
            for (bar, len) in bars.into_iter().flatten().zip(lengths) {
                bar.absorb(t.slice(axis as isize, at..at + len));
                at += len;
            }
        })
    }
    jvp |(dots, _)| {
        let y = Tensor::concat(parts, axis);
        let tangent = dots.map_or_else(|| y.zero_tangent(), |dots| Tensor::concat(&tangents(parts, dots), axis));
        (y, tangent)
    }
}

constructor! {
    /// `Tensor::stack(&parts, axis)`.
    TensorStackEntry [T: [Element]] for Tensor<T>;
    __differentiable_stack __masked_stack __jvp_stack;
    (
        parts: &[Tensor<T>], again &[Tensor<T>], slot Option<&mut [Tensor<T>]>, dot Option<&[Tensor<T>]>;
        axis: isize, again Owned, slot Constant, dot Constant;
    ) -> Tensor<T>, seed Tensor<T>;
    bits 0b1;
    call {
        let y = Tensor::stack(parts, axis);
        let like = y.like();
        let axis = stacked(parts, axis);
        (y, move |t: Tensor<T>, _: (&[Tensor<T>], Owned), (bars, _): (Option<&mut [Tensor<T>]>, Constant), _: &mut crate::Tape| {
            if t.is_nothing(&like) {
                return;
            }
            for (i, bar) in bars.into_iter().flatten().enumerate() {
                bar.absorb(t.select(axis, i));
            }
        })
    }
    jvp |(dots, _)| {
        let y = Tensor::stack(parts, axis);
        let tangent = dots.map_or_else(|| y.zero_tangent(), |dots| Tensor::stack(&tangents(parts, dots), axis));
        (y, tangent)
    }
}

/// The entries, which generated code brings into scope under no name.
pub mod entries {
    pub use super::{TensorConcatEntry as _, TensorStackEntry as _};
}
