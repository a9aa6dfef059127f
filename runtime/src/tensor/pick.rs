//! Picking along an axis by index and its adjoint, adding along an axis by index: what slices, gathers, flips and pads
//! are made of.

use super::{Element, Tensor, shape};
use crate::prelude::*;

/// The index that picks a zero.
pub(super) const NOTHING: usize = usize::MAX;

/// The parts of `x` along an axis, in the order of `indices`, which are smaller than its length or `NOTHING`.
pub(super) fn pick<T: Element>(x: &Tensor<T>, axis: usize, indices: &[usize]) -> Tensor<T> {
    let mut to = x.shape().to_vec();
    to[axis] = indices.len();
    if x.is_zero() {
        return Tensor::zero_of(&to);
    }
    let (_, along, behind) = shape::around(x.shape(), axis);
    let mut out = Vec::with_capacity(shape::count(&to));
    if behind == 0 || indices.is_empty() {
        return Tensor::new(&to, out);
    }
    let data = x.data();
    let outer = to[..axis].iter().product::<usize>();
    for o in 0..outer {
        let block = &data[o * along * behind..(o + 1) * along * behind];
        for &i in indices {
            match i {
                NOTHING => out.resize(out.len() + behind, T::zero()),
                i => out.extend_from_slice(&block[i * behind..(i + 1) * behind]),
            }
        }
    }
    Tensor::new(&to, out)
}

/// Adds the parts of `t` along an axis to those of a block of shape `to` that `indices` name.
pub(super) fn add<T: Element>(
    into: &mut [T],
    to: &[usize],
    t: &Tensor<T>,
    axis: usize,
    indices: &[usize],
) {
    let (outer, along, behind) = shape::around(to, axis);
    if t.is_zero() || behind == 0 {
        return;
    }
    let data = t.data();
    for o in 0..outer {
        let block = &mut into[o * along * behind..(o + 1) * along * behind];
        for (k, &i) in indices.iter().enumerate() {
            if i == NOTHING {
                continue;
            }
            let from = (o * indices.len() + k) * behind;
            let part = &mut block[i * behind..(i + 1) * behind];
            part.iter_mut()
                .zip(&data[from..from + behind])
                .for_each(|(a, b)| *a += *b);
        }
    }
}

/// The adjoint of `pick` from a tensor of shape `to`.
pub(super) fn unpick<T: Element>(
    t: &Tensor<T>,
    to: &[usize],
    axis: usize,
    indices: &[usize],
) -> Tensor<T> {
    if t.is_zero() {
        return Tensor::zero_of(to);
    }
    let mut out = alloc::vec![T::zero(); shape::count(to)];
    add(&mut out, to, t, axis, indices);
    Tensor::new(to, out)
}

/// Requires that indices are smaller than the length of an axis.
#[track_caller]
pub(super) fn check(op: &str, indices: &[usize], shape: &[usize], axis: usize) {
    let len = shape[axis];
    if let Some((at, index)) = indices.iter().enumerate().find(|(_, i)| **i >= len) {
        panic!(
            "`{op}` on shape {shape:?}: the index {index} at place {at} is beyond the axis {axis} of length {len}"
        );
    }
}
