//! Broadcasting, and its adjoint, the sum over the copies. This is the one place where either is done.
//!
//! Operands are walked in runs: stretches of the result along which each operand advances by a fixed step. Adjacent
//! axes that can be one run become one, so that tensors of equal shape are a single loop over slices, and a row that is
//! added to a matrix is a loop over slices for each row.

use super::{Element, Repr, Tensor, reduce, shape};
use crate::parallel::{self, Writer};
use crate::pool::Pooled;
#[allow(unused_imports)]
use crate::prelude::*;
use core::slice;
use ndarray::{Dimension, IxDyn};

/// An operand as memory and one step for each axis of the result.
struct Operand<'a, A> {
    data: &'a [A],
    steps: Vec<usize>,
}

/// Memory of any element type that can be repeated.
pub(super) trait Strided {
    /// The element.
    type Elem: Copy + Sync;
    /// The memory, the shape, and the step along each axis.
    fn strided(&self) -> (&[Self::Elem], &[usize], Vec<usize>);
}

impl<T: Element> Strided for Tensor<T> {
    type Elem = T;
    fn strided(&self) -> (&[T], &[usize], Vec<usize>) {
        match &self.repr {
            Repr::Dense(a) => match a.as_slice_memory_order() {
                Some(data) => (
                    data,
                    a.shape(),
                    a.strides().iter().map(|s| *s as usize).collect(),
                ),
                // ndarray finds gaps in memory without elements.
                None if a.is_empty() => (&[], a.shape(), alloc::vec![0; self.ndim()]),
                None => unreachable!("a tensor is a block of memory without gaps"),
            },
            _ => (
                slice::from_ref(T::ZERO),
                self.shape(),
                alloc::vec![0; self.ndim()],
            ),
        }
    }
}

/// An operand repeated to the shape of the result, which it is known to fit.
fn repeated<'a, S: Strided + ?Sized>(x: &'a S, to: &[usize]) -> Operand<'a, S::Elem> {
    let (data, shape, own) = x.strided();
    let n = to.len();
    let steps = (0..n).map(|axis| match (axis + shape.len()).checked_sub(n) {
        Some(axis) if shape[axis] != 1 => own[axis],
        _ => 0,
    });
    Operand {
        data,
        steps: steps.collect(),
    }
}

/// Calls `visit` for each run, in the order of the result: its length, and where each operand begins and what its step is.
fn runs<const N: usize>(
    to: &[usize],
    steps: [&[usize]; N],
    mut visit: impl FnMut(usize, [usize; N], [usize; N]),
) {
    if to.contains(&0) {
        return;
    }
    // Axes of length 1 go, and an axis that continues the one before becomes part of it.
    let mut axes: Vec<(usize, [usize; N])> = Vec::with_capacity(to.len());
    for (axis, &len) in to.iter().enumerate() {
        if len == 1 {
            continue;
        }
        let step: [usize; N] = core::array::from_fn(|k| steps[k][axis]);
        match axes.last_mut() {
            Some((n, before)) if (0..N).all(|k| before[k] == step[k] * len) => {
                *n *= len;
                *before = step;
            }
            _ => axes.push((len, step)),
        }
    }
    let (run, step) = axes.pop().unwrap_or((1, [0; N]));
    let mut at = [0; N];
    let mut index = alloc::vec![0; axes.len()];
    loop {
        visit(run, at, step);
        let mut axis = axes.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            let (len, step) = &axes[axis];
            index[axis] += 1;
            (0..N).for_each(|k| at[k] += step[k]);
            if index[axis] < *len {
                break;
            }
            index[axis] = 0;
            (0..N).for_each(|k| at[k] -= step[k] * len);
        }
    }
}

/// A vector in the shape `to`, which `f` writes in parts along the first axis: those whose operands begin at the given
/// places.
fn by_parts<U: Pooled, const N: usize>(
    to: &[usize],
    steps: [&[usize]; N],
    f: impl Fn(&[usize], [usize; N], &mut Writer<'_, U>) + Sync,
) -> Vec<U> {
    let len = shape::count(to);
    let Some((_, behind)) = to.split_first() else {
        return parallel::build(len, 1, len, |_, out| f(to, [0; N], out));
    };
    let grain = behind.iter().product::<usize>().max(1);
    parallel::build(len, grain, len, |range, out| {
        let mut part = to.to_vec();
        part[0] = range.len() / grain;
        f(&part, steps.map(|step| range.start / grain * step[0]), out);
    })
}

/// `f` of each two elements, in the shape of both together.
#[track_caller]
pub(super) fn zip<A: Strided, B: Strided, U: Pooled>(
    op: &str,
    a: &A,
    b: &B,
    f: impl Fn(A::Elem, B::Elem) -> U + Sync,
) -> (IxDyn, Vec<U>) {
    let to = shape::broadcast(op, a.strided().1, b.strided().1);
    let (a, b) = (repeated(a, to.slice()), repeated(b, to.slice()));
    let steps: [&[usize]; 2] = [&a.steps, &b.steps];
    let out = by_parts(to.slice(), steps, |to, [first, other], out| {
        runs(to, steps, |n, [i, j], step| {
            let (i, j) = (first + i, other + j);
            match step {
                [1, 1] => {
                    let (a, b) = (&a.data[i..i + n], &b.data[j..j + n]);
                    out.extend(a.iter().zip(b).map(|(a, b)| f(*a, *b)));
                }
                [1, 0] => {
                    let b = b.data[j];
                    out.extend(a.data[i..i + n].iter().map(|a| f(*a, b)));
                }
                [0, 1] => {
                    let a = a.data[i];
                    out.extend(b.data[j..j + n].iter().map(|b| f(a, *b)));
                }
                [p, q] => out.extend((0..n).map(|k| f(a.data[i + k * p], b.data[j + k * q]))),
            }
        });
    });
    (to, out)
}

/// `f` of each three elements, in the shape of all together.
#[track_caller]
pub(super) fn zip3<A: Strided, B: Strided, C: Strided, U: Pooled>(
    op: &str,
    a: &A,
    b: &B,
    c: &C,
    f: impl Fn(A::Elem, B::Elem, C::Elem) -> U + Sync,
) -> (IxDyn, Vec<U>) {
    let to = shape::broadcast(op, a.strided().1, b.strided().1);
    let to = shape::broadcast(op, to.slice(), c.strided().1);
    let (a, b, c) = (
        repeated(a, to.slice()),
        repeated(b, to.slice()),
        repeated(c, to.slice()),
    );
    let steps: [&[usize]; 3] = [&a.steps, &b.steps, &c.steps];
    let out = by_parts(to.slice(), steps, |to, first, out| {
        runs(to, steps, |n, at, step| {
            let [i, j, l] = core::array::from_fn(|k| first[k] + at[k]);
            match step {
                [1, 1, 1] => {
                    let (a, b, c) = (&a.data[i..i + n], &b.data[j..j + n], &c.data[l..l + n]);
                    out.extend(a.iter().zip(b).zip(c).map(|((a, b), c)| f(*a, *b, *c)));
                }
                [p, q, r] => {
                    let each = |k| f(a.data[i + k * p], b.data[j + k * q], c.data[l + k * r]);
                    out.extend((0..n).map(each));
                }
            }
        });
    });
    (to, out)
}

/// Changes each element of a row-major block by one of `b`, repeated to its shape.
fn zip_into<T: Element>(
    out: &mut [T],
    shape: &[usize],
    b: &Tensor<T>,
    f: impl Fn(&mut T, T) + Sync,
) {
    let b = repeated(b, shape);
    let change = |shape: &[usize], first: usize, out: &mut [T]| {
        let mut done = 0;
        runs(shape, [&b.steps], |n, [j], [step]| {
            let (out, j) = (&mut out[done..done + n], first + j);
            done += n;
            match step {
                1 => {
                    let b = &b.data[j..j + n];
                    out.iter_mut().zip(b).for_each(|(a, b)| f(a, *b));
                }
                0 => {
                    let b = b.data[j];
                    out.iter_mut().for_each(|a| f(a, b));
                }
                q => {
                    let with = out.iter_mut().enumerate();
                    with.for_each(|(k, a)| f(a, b.data[j + k * q]));
                }
            }
        });
    };
    match shape.split_first() {
        Some((_, behind)) if !out.is_empty() => {
            let grain = behind.iter().product::<usize>();
            parallel::change(out, grain, |at, out| {
                let mut part = shape.to_vec();
                part[0] = out.len() / grain;
                change(&part, at / grain * b.steps[0], out);
            });
        }
        _ => change(shape, 0, out),
    }
}

impl<T: Element> Tensor<T> {
    /// `f` of each element.
    pub(crate) fn map(&self, f: impl Fn(T) -> T + Sync) -> Tensor<T> {
        let data = self.data();
        let out = parallel::build(data.len(), 1, data.len(), |range, out| {
            out.extend(data[range].iter().map(|x| f(*x)));
        });
        Tensor::new(self.shape(), out)
    }

    /// The exponential of each element, in the same memory if nobody else has it.
    pub(crate) fn exponentials(mut self) -> Tensor<T> {
        if self.reusable().is_none() {
            self = Tensor::new(self.shape(), self.to_vec());
        }
        if let Some(data) = self.reusable() {
            parallel::change(data, 1, |_, part| T::exponentials(part));
        }
        self
    }

    /// `f` of each element, in the same memory if nobody else has it.
    pub(crate) fn map_owned(mut self, f: impl Fn(T) -> T + Sync) -> Tensor<T> {
        match self.reusable() {
            Some(data) => parallel::change(data, 1, |_, part| {
                part.iter_mut().for_each(|x| *x = f(*x));
            }),
            None => return self.map(f),
        }
        self
    }

    /// `f` of each two elements.
    #[track_caller]
    pub(crate) fn zip_map(
        &self,
        op: &str,
        b: &Tensor<T>,
        f: impl Fn(T, T) -> T + Sync,
    ) -> Tensor<T> {
        if let (Some(x), Some(y)) = (self.as_slice(), b.as_slice())
            && self.shape() == b.shape()
        {
            let data = parallel::build(x.len(), 1, x.len(), |range, out| {
                let both = x[range.clone()].iter().zip(&y[range]);
                out.extend(both.map(|(x, y)| f(*x, *y)));
            });
            return Tensor::new(self.shape(), data);
        }
        let (shape, data) = zip(op, self, b, f);
        Tensor::new(shape.slice(), data)
    }

    /// `f` of each two elements, in the memory of this one if it fits and nobody else has it.
    #[track_caller]
    pub(crate) fn zip_owned(
        mut self,
        op: &str,
        b: &Tensor<T>,
        f: impl Fn(T, T) -> T + Sync,
    ) -> Tensor<T> {
        let shape = shape::broadcast(op, self.shape(), b.shape());
        if shape.slice() == self.shape()
            && let Some(data) = self.reusable()
        {
            zip_into(data, shape.slice(), b, |x, y| *x = f(*x, y));
            return self;
        }
        self.zip_map(op, b, f)
    }

    /// Changes each element by one of `b`, which is repeated to this shape.
    #[track_caller]
    pub(crate) fn zip_assign(&mut self, op: &str, b: &Tensor<T>, f: impl Fn(&mut T, T) + Sync) {
        let shape = shape::broadcast(op, self.shape(), b.shape());
        if shape.slice() != self.shape() {
            panic!(
                "`{op}`: the right side of shape {:?} does not fit into the left of shape {:?}",
                b.shape(),
                self.shape()
            );
        }
        zip_into(self.as_mut_slice(), shape.slice(), b, f);
    }

    /// The tensor repeated to a shape.
    #[track_caller]
    pub(crate) fn repeated_to(&self, op: &str, to: &[usize]) -> Tensor<T> {
        if self.shape() == to {
            return self.clone();
        }
        if matches!(self.repr, Repr::Neutral) {
            return Tensor::zero_of(to);
        }
        if shape::broadcast(op, self.shape(), to).slice() != to {
            panic!(
                "`{op}`: the shape {:?} cannot be repeated to {to:?}",
                self.shape()
            );
        }
        if self.is_zero() {
            return Tensor::zero_of(to);
        }
        let mut out = T::room(shape::count(to));
        out.clear();
        let x = repeated(self, to);
        runs(to, [&x.steps], |n, [i], [step]| match step {
            1 => out.extend_from_slice(&x.data[i..i + n]),
            0 => out.resize(out.len() + n, x.data[i]),
            p => out.extend((0..n).map(|k| x.data[i + k * p])),
        });
        Tensor::new(to, out)
    }

    /// The cotangent of a tensor of shape `to` that was repeated to this cotangent's: the sum over the copies.
    pub(crate) fn reduced_to(&self, to: &[usize]) -> Tensor<T> {
        let from = self.shape();
        if from == to || matches!(self.repr, Repr::Neutral) {
            return self.clone();
        }
        if self.is_zero() {
            return Tensor::zero_of(to);
        }
        let n = from.len();
        let summed: Vec<usize> = (0..n)
            .filter(|&axis| axis + to.len() < n || shape::at(to, axis, n) == 1 && from[axis] != 1)
            .collect();
        Tensor::new(to, reduce::sum(self, &summed))
    }
}
