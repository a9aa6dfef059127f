//! The same elements in another shape or order, and parts of them.

use super::super::pick::{self, NOTHING};
use super::super::rule::{one, rules};
use super::super::{Element, Integers, Tensor, rows, shape};
use crate::prelude::*;
use core::ops::{Bound, Range, RangeBounds};

/// A range of indices: `2..5`, `..3`, `4..`, `..`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no range of indices",
    note = "write a range of `usize` such as `2..5`, `..n` or `..`"
)]
pub trait Span: RangeBounds<usize> + Clone {}
impl<R: RangeBounds<usize> + Clone> Span for R {}

/// How many elements are added before and behind each axis; of fewer pairs than axes, those of the last axes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of widths",
    note = "write an array of pairs by value such as `[(1, 1), (2, 2)]`"
)]
pub trait Widths: Clone {
    /// The pairs.
    fn pairs(&self) -> &[(usize, usize)];
}

impl<const N: usize> Widths for [(usize, usize); N] {
    fn pairs(&self) -> &[(usize, usize)] {
        self
    }
}

impl Widths for Vec<(usize, usize)> {
    fn pairs(&self) -> &[(usize, usize)] {
        self
    }
}

/// What [`Tensor::pad`] adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pad {
    /// Zeros.
    #[default]
    Zero,
    /// What stands as far on the other side of the element at the edge.
    Reflect,
    /// The element at the edge.
    Edge,
}

/// The indices that a range names.
#[track_caller]
fn spanned(op: &str, span: &impl Span, shape: &[usize], axis: usize) -> Range<usize> {
    let len = shape[axis];
    let begin = match span.start_bound() {
        Bound::Included(i) => *i,
        Bound::Excluded(i) => i.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match span.end_bound() {
        Bound::Included(i) => i.saturating_add(1),
        Bound::Excluded(i) => *i,
        Bound::Unbounded => len,
    };
    if begin > end || end > len {
        panic!(
            "`{op}` on shape {shape:?}: the range {begin}..{end} does not fit the axis {axis} of length {len}"
        );
    }
    begin..end
}

/// For each axis the indices that padding picks; `None` where nothing is added.
#[track_caller]
fn padding(x: &[usize], widths: &impl Widths, mode: Pad) -> Vec<Option<Vec<usize>>> {
    let widths = widths.pairs();
    let Some(first) = x.len().checked_sub(widths.len()) else {
        panic!(
            "`pad` on shape {x:?}: {} pairs of widths were given",
            widths.len()
        );
    };
    let mut out = Vec::with_capacity(x.len());
    for (axis, &len) in x.iter().enumerate() {
        let (before, behind) = match axis.checked_sub(first) {
            Some(i) if widths[i] != (0, 0) => widths[i],
            _ => {
                out.push(None);
                continue;
            }
        };
        let fits = match mode {
            Pad::Zero => true,
            Pad::Reflect => before < len && behind < len,
            Pad::Edge => len > 0,
        };
        if !fits {
            panic!(
                "`pad` on shape {x:?}: ({before}, {behind}) elements cannot be taken from the axis {axis} of length {len} by {mode:?}"
            );
        }
        let at = |i: usize| match (i.checked_sub(before), mode) {
            (Some(i), _) if i < len => i,
            (_, Pad::Zero) => NOTHING,
            (None, Pad::Edge) => 0,
            (Some(_), Pad::Edge) => len - 1,
            (None, Pad::Reflect) => before - i,
            (Some(i), Pad::Reflect) => 2 * (len - 1) - i,
        };
        out.push(Some((0..before + len + behind).map(at).collect()));
    }
    out
}

impl<T: Element> Tensor<T> {
    /// The same elements in row-major order in another shape, without a copy unless the axes were reordered. One length
    /// may be -1: what is left.
    #[track_caller]
    pub fn reshape(&self, shape: impl Integers) -> Tensor<T> {
        self.shaped(&shape::completed("reshape", &shape, self.shape()))
    }

    /// The same elements in row-major order in the shape of another tensor.
    #[track_caller]
    pub fn reshape_as(&self, other: &Tensor<T>) -> Tensor<T> {
        self.shaped(&shape::completed(
            "reshape_as",
            &other.shape().to_vec(),
            self.shape(),
        ))
    }

    /// Repeated to the shape of another tensor, as an operator would.
    #[track_caller]
    pub fn broadcast_as(&self, other: &Tensor<T>) -> Tensor<T> {
        self.repeated_to("broadcast_as", other.shape())
    }

    /// All elements along one axis.
    pub fn flatten(&self) -> Tensor<T> {
        self.shaped(&[self.len()])
    }

    /// With an axis of length 1 put in front of `axis`; -1 puts it last.
    #[track_caller]
    pub fn unsqueeze(&self, axis: isize) -> Tensor<T> {
        let mut to = self.shape().to_vec();
        to.push(1);
        let at = shape::axis("unsqueeze", axis, &to);
        to.pop();
        to.insert(at, 1);
        self.shaped(&to)
    }

    /// Without the given axes, which have length 1.
    #[track_caller]
    pub fn squeeze(&self, axes: impl Integers) -> Tensor<T> {
        let axes = shape::sorted_axes("squeeze", &axes, self.shape());
        if let Some(axis) = axes.iter().find(|axis| self.shape()[**axis] != 1) {
            panic!(
                "`squeeze` on shape {:?}: the axis {axis} has not the length 1",
                self.shape()
            );
        }
        self.shaped(ndarray::Dimension::slice(&shape::without(
            self.shape(),
            &axes,
            false,
        )))
    }

    /// The axes in another order, without a copy: the axis `axes[i]` becomes the axis `i`.
    #[track_caller]
    pub fn permute(&self, axes: impl Integers) -> Tensor<T> {
        self.reordered(&order(self.shape(), &axes))
    }

    /// Two axes exchanged, without a copy.
    #[track_caller]
    pub fn transpose(&self, a: isize, b: isize) -> Tensor<T> {
        let (a, b) = (
            shape::axis("transpose", a, self.shape()),
            shape::axis("transpose", b, self.shape()),
        );
        let mut order: Vec<usize> = (0..self.ndim()).collect();
        order.swap(a, b);
        self.reordered(&order)
    }

    /// The last two axes exchanged, without a copy; the same tensor if it has fewer.
    pub fn t(&self) -> Tensor<T> {
        if self.ndim() < 2 {
            self.clone()
        } else {
            self.swapped()
        }
    }

    /// Repeated to a shape, as an operator would.
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Integers) -> Tensor<T> {
        self.repeated_to("broadcast_to", &shape::lengths("broadcast_to", &shape))
    }

    /// A part along one axis, which a range names. Along the first axis it shares the elements with the whole.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let x: Tensor = Tensor::arange(12).reshape([3, 4]);
    /// assert_eq!(x.slice(0, 1..).slice(1, 1..3).to_vec(), [5.0, 6.0, 9.0, 10.0]);
    /// ```
    #[track_caller]
    pub fn slice(&self, axis: isize, range: impl Span) -> Tensor<T> {
        let axis = shape::axis("slice", axis, self.shape());
        let range = spanned("slice", &range, self.shape(), axis);
        self.part(axis, range)
    }

    /// The part at one index of an axis, which goes.
    #[track_caller]
    pub fn select(&self, axis: isize, index: usize) -> Tensor<T> {
        let axis = shape::axis("select", axis, self.shape());
        pick::check("select", &[index], self.shape(), axis);
        let part = self.part(axis, index..index + 1);
        part.shaped(ndarray::Dimension::slice(&shape::without(
            part.shape(),
            &[axis],
            false,
        )))
    }

    /// Backwards along axes.
    #[track_caller]
    pub fn flip(&self, axes: impl Integers) -> Tensor<T> {
        flipped(self, &shape::sorted_axes("flip", &axes, self.shape()))
    }

    /// With elements added around it.
    ///
    /// ```
    /// use pullback_runtime::{Tensor, tensor::Pad};
    ///
    /// let x = Tensor::from([1.0_f32, 2.0, 3.0]);
    /// assert_eq!(x.pad([(1, 2)], Pad::Zero).to_vec(), [0.0, 1.0, 2.0, 3.0, 0.0, 0.0]);
    /// assert_eq!(x.pad([(1, 2)], Pad::Reflect).to_vec(), [2.0, 1.0, 2.0, 3.0, 2.0, 1.0]);
    /// assert_eq!(x.pad([(1, 2)], Pad::Edge).to_vec(), [1.0, 1.0, 2.0, 3.0, 3.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn pad(&self, widths: impl Widths, mode: Pad) -> Tensor<T> {
        let mut x = self.clone();
        for (axis, indices) in padding(self.shape(), &widths, mode).iter().enumerate() {
            if let Some(indices) = indices {
                x = pick::pick(&x, axis, indices);
            }
        }
        x
    }

    /// Cut in parts of the given lengths along an axis, of which the last one takes what is left if it is -1.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let parts = Tensor::<f32>::arange(6).split(0, [1, 3, -1]);
    /// assert_eq!(parts[1].to_vec(), [1.0, 2.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn split(&self, axis: isize, lengths: impl Integers) -> Vec<Tensor<T>> {
        let axis = shape::axis("split", axis, self.shape());
        let mut at = 0;
        let ends = cuts(&lengths, self.shape(), axis).into_iter().map(|len| {
            at += len;
            self.part(axis, at - len..at)
        });
        ends.collect()
    }

    /// A part along an axis, in the same memory if that has no gaps.
    fn part(&self, axis: usize, range: Range<usize>) -> Tensor<T> {
        if let Some(whole) = self.leading(axis, &range) {
            return whole;
        }
        pick::pick(self, axis, &range.collect::<Vec<usize>>())
    }
}

/// The lengths of parts, which add up to that of the axis.
#[track_caller]
fn cuts(lengths: &impl Integers, shape: &[usize], axis: usize) -> Vec<usize> {
    let mut given = Vec::new();
    lengths.each(&mut |len| given.push(len));
    let known: isize = given.iter().filter(|len| **len >= 0).sum();
    let left = shape[axis] as isize - known;
    let open = given.iter().filter(|len| **len < 0).count();
    if left < 0 || open > 1 || open == 0 && left != 0 || given.iter().any(|len| *len < -1) {
        panic!(
            "`split` on shape {shape:?}: the lengths {given:?} are not those of parts of the axis {axis}"
        );
    }
    given
        .iter()
        .map(|len| {
            if *len < 0 {
                left as usize
            } else {
                *len as usize
            }
        })
        .collect()
}

/// The order of axes, each of them once.
#[track_caller]
fn order(shape: &[usize], axes: &impl Integers) -> Vec<usize> {
    let order = shape::ordered_axes("permute", axes, shape);
    if order.len() != shape.len() {
        panic!(
            "`permute` on shape {shape:?}: {} axes were named of {}",
            order.len(),
            shape.len()
        );
    }
    order
}

fn flipped<T: Element>(x: &Tensor<T>, axes: &[usize]) -> Tensor<T> {
    let mut x = x.clone();
    for &axis in axes {
        x = pick::pick(
            &x,
            axis,
            &(0..x.shape()[axis]).rev().collect::<Vec<usize>>(),
        );
    }
    x
}

rules! {
    TensorItemEntry __differentiable_item __masked_item __jvp_item __keep_item [] (x) -> T,
        value x.item(),
        pull |_| { let from = x.shape().to_vec(); one(move |t: T| Tensor::full(&from, t)) },
        push |_, [d]| d.map(|d| d.item());
    TensorReshapeEntry __differentiable_reshape __masked_reshape __jvp_reshape __keep_reshape
        [S: Integers] (x; to: S) -> Tensor<T>,
        value x.reshape(to.clone()),
        pull |_| { let from = x.shape().to_vec(); one(move |t: Tensor<T>| t.shaped(&from)) },
        push |_, [d]| d.map(|d| d.reshape(to.clone()));
    TensorReshapeAsEntry __differentiable_reshape_as __masked_reshape_as __jvp_reshape_as __keep_reshape_as
        [] (x, other) -> Tensor<T>,
        value x.reshape_as(other),
        pull |_| { let from = x.shape().to_vec(); move |t: Tensor<T>, _: [bool; 2]| [Some(t.shaped(&from)), None] },
        push |_, [d, _]| d.map(|d| d.reshape_as(other));
    TensorBroadcastAsEntry __differentiable_broadcast_as __masked_broadcast_as __jvp_broadcast_as __keep_broadcast_as
        [] (x, other) -> Tensor<T>,
        value x.broadcast_as(other),
        pull |_| { let from = x.shape().to_vec(); move |t: Tensor<T>, _: [bool; 2]| [Some(t.reduced_to(&from)), None] },
        push |_, [d, _]| d.map(|d| d.broadcast_as(other));
    TensorFlattenEntry __differentiable_flatten __masked_flatten __jvp_flatten __keep_flatten [] (x) -> Tensor<T>,
        value x.flatten(),
        pull |_| { let from = x.shape().to_vec(); one(move |t: Tensor<T>| t.shaped(&from)) },
        push |_, [d]| d.map(|d| d.flatten());
    TensorUnsqueezeEntry __differentiable_unsqueeze __masked_unsqueeze __jvp_unsqueeze __keep_unsqueeze
        [] (x; axis: isize) -> Tensor<T>,
        value x.unsqueeze(axis),
        pull |_| { let from = x.shape().to_vec(); one(move |t: Tensor<T>| t.shaped(&from)) },
        push |_, [d]| d.map(|d| d.unsqueeze(axis));
    TensorSqueezeEntry __differentiable_squeeze __masked_squeeze __jvp_squeeze __keep_squeeze
        [A: Integers] (x; axes: A) -> Tensor<T>,
        value x.squeeze(axes.clone()),
        pull |_| { let from = x.shape().to_vec(); one(move |t: Tensor<T>| t.shaped(&from)) },
        push |_, [d]| d.map(|d| d.squeeze(axes.clone()));
    TensorPermuteEntry __differentiable_permute __masked_permute __jvp_permute __keep_permute
        [A: Integers] (x; axes: A) -> Tensor<T>,
        value x.permute(axes.clone()),
        pull |_| { let back = rows::inverse(&order(x.shape(), &axes)); one(move |t: Tensor<T>| t.reordered(&back)) },
        push |_, [d]| d.map(|d| d.permute(axes.clone()));
    TensorTransposeEntry __differentiable_transpose __masked_transpose __jvp_transpose __keep_transpose
        [] (x; a: isize, b: isize) -> Tensor<T>,
        value x.transpose(a, b),
        pull |_| one(move |t: Tensor<T>| t.transpose(a, b)),
        push |_, [d]| d.map(|d| d.transpose(a, b));
    TensorTEntry __differentiable_t __masked_t __jvp_t __keep_t [] (x) -> Tensor<T>,
        value x.t(),
        pull |_| one(move |t: Tensor<T>| t.t()),
        push |_, [d]| d.map(|d| d.t());
    TensorBroadcastToEntry __differentiable_broadcast_to __masked_broadcast_to __jvp_broadcast_to __keep_broadcast_to
        [S: Integers] (x; to: S) -> Tensor<T>,
        value x.broadcast_to(to.clone()),
        pull |_| { let from = x.shape().to_vec(); one(move |t: Tensor<T>| t.reduced_to(&from)) },
        push |_, [d]| d.map(|d| d.broadcast_to(to.clone()));
    TensorSliceEntry __differentiable_slice __masked_slice __jvp_slice __keep_slice
        [R: Span] (x; axis: isize, range: R) -> Tensor<T>,
        value x.slice(axis, range.clone()),
        pull |_| {
            let axis = shape::axis("slice", axis, x.shape());
            let range = spanned("slice", &range, x.shape(), axis);
            let from = x.shape().to_vec();
            one(move |t: Tensor<T>| pick::unpick(&t, &from, axis, &range.collect::<Vec<usize>>()))
        },
        push |_, [d]| d.map(|d| d.slice(axis, range.clone()));
    TensorSelectEntry __differentiable_select __masked_select __jvp_select __keep_select
        [] (x; axis: isize, index: usize) -> Tensor<T>,
        value x.select(axis, index),
        pull |_| {
            let axis = shape::axis("select", axis, x.shape());
            let from = x.shape().to_vec();
            one(move |t: Tensor<T>| {
                let t = t.unsqueeze(axis as isize);
                pick::unpick(&t, &from, axis, &[index])
            })
        },
        push |_, [d]| d.map(|d| d.select(axis, index));
    TensorFlipEntry __differentiable_flip __masked_flip __jvp_flip __keep_flip [A: Integers] (x; axes: A) -> Tensor<T>,
        value x.flip(axes.clone()),
        pull |_| { let axes = shape::sorted_axes("flip", &axes, x.shape()); one(move |t: Tensor<T>| flipped(&t, &axes)) },
        push |_, [d]| d.map(|d| d.flip(axes.clone()));
    TensorPadEntry __differentiable_pad __masked_pad __jvp_pad __keep_pad
        [W: Widths] (x; widths: W, mode: Pad) -> Tensor<T>,
        value x.pad(widths.clone(), mode),
        pull |_| {
            let (from, indices) = (x.shape().to_vec(), padding(x.shape(), &widths, mode));
            one(move |mut t: Tensor<T>| {
                for (axis, indices) in indices.iter().enumerate().rev() {
                    if let Some(indices) = indices {
                        let mut to = t.shape().to_vec();
                        to[axis] = from[axis];
                        t = pick::unpick(&t, &to, axis, indices);
                    }
                }
                t
            })
        },
        push |_, [d]| d.map(|d| d.pad(widths.clone(), mode));
    TensorSplitEntry __differentiable_split __masked_split __jvp_split __keep_split
        [L: Integers] (x; axis: isize, lengths: L) -> Vec<Tensor<T>>,
        value x.split(axis, lengths.clone()),
        pull |_| {
            let axis = shape::axis("split", axis, x.shape());
            let (from, lengths) = (x.shape().to_vec(), cuts(&lengths, x.shape(), axis));
            one(move |parts: Vec<Tensor<T>>| {
                let mut out = alloc::vec![T::zero(); shape::count(&from)];
                let mut at = 0;
                for (t, len) in parts.iter().zip(lengths) {
                    pick::add(&mut out, &from, t, axis, &(at..at + len).collect::<Vec<usize>>());
                    at += len;
                }
                Tensor::new(&from, out)
            })
        },
        push |_, [d]| d.map(|d| d.split(axis, lengths.clone()));
}
