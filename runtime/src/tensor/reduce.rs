//! Reductions along axes, as loops over slices.

use super::{Element, Tensor};
use crate::parallel;
#[allow(unused_imports)]
use crate::prelude::*;

/// How many sums run beside each other, so that they become vector instructions whatever the machine's width.
const LANES: usize = 16;
/// How many elements one sum takes in turn, before sums are added in pairs.
const BLOCK: usize = 1024;

/// The sum, in pairs of blocks, whose rounding error grows with the logarithm of the length.
pub(super) fn total<T: Element>(data: &[T]) -> T {
    if data.len() > BLOCK {
        let (left, right) = data.split_at(
            data.len()
                .div_ceil(2)
                .next_multiple_of(BLOCK)
                .min(data.len()),
        );
        if !right.is_empty() {
            let (left, right) = parallel::both(data.len(), || total(left), || total(right));
            return left + right;
        }
    }
    let mut lanes = [T::zero(); LANES];
    let chunks = data.chunks_exact(LANES);
    let mut rest = T::zero();
    chunks.remainder().iter().for_each(|x| rest += *x);
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += *x);
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            let other = lanes[i + width];
            lanes[i] += other;
        }
    }
    rest + lanes[0]
}

/// The sum of products.
pub(super) fn inner<T: Element>(a: &[T], b: &[T]) -> T {
    if a.len() > BLOCK {
        let at = a.len().div_ceil(2).next_multiple_of(BLOCK).min(a.len());
        if at < a.len() {
            let (left, right) = parallel::both(
                a.len(),
                || inner(&a[..at], &b[..at]),
                || inner(&a[at..], &b[at..]),
            );
            return left + right;
        }
    }
    let mut lanes = [T::zero(); LANES];
    let (chunks, others) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let mut rest = T::zero();
    let tails = chunks.remainder().iter().zip(others.remainder());
    tails.for_each(|(x, y)| rest += *x * *y);
    for (a, b) in chunks.zip(others) {
        for i in 0..LANES {
            lanes[i] += a[i] * b[i];
        }
    }
    lanes.iter().fold(rest, |sum, lane| sum + *lane)
}

/// Folds along axes: `whole` folds a slice, `join` two results.
fn fold<T: Element>(
    x: &Tensor<T>,
    axes: &[usize],
    empty: T,
    whole: impl Fn(&[T]) -> T + Sync,
    join: impl Fn(T, T) -> T + Sync,
) -> Vec<T> {
    let mut lens: Vec<usize> = x.shape().to_vec();
    let mut data = x.data();
    // From the last axis to the first, those that stand beside each other at once.
    let mut end = axes.len();
    while end > 0 {
        let mut begin = end - 1;
        while begin > 0 && axes[begin - 1] + 1 == axes[begin] {
            begin -= 1;
        }
        let (first, last) = (axes[begin], axes[end - 1]);
        let outer: usize = lens[..first].iter().product();
        let along: usize = lens[first..=last].iter().product();
        let behind: usize = lens[last + 1..].iter().product();
        data = along_one(&data, outer, along, behind, empty, &whole, &join).into();
        lens[first..=last].fill(1);
        end = begin;
    }
    data.into_owned()
}

/// How many rows are folded one after the other, before what they give is folded in turn.
const ROWS: usize = 256;

/// Folds the middle one of three axes.
fn along_one<T: Element>(
    data: &[T],
    outer: usize,
    along: usize,
    behind: usize,
    empty: T,
    whole: &(impl Fn(&[T]) -> T + Sync),
    join: &(impl Fn(T, T) -> T + Sync),
) -> Vec<T> {
    if along == 0 || behind == 0 {
        return alloc::vec![empty; outer * behind];
    }
    if behind == 1 {
        return parallel::build(outer, 1, data.len(), |range, out| {
            let rows = &data[range.start * along..range.end * along];
            out.extend(rows.chunks_exact(along).map(whole));
        });
    }
    let blocks = along.div_ceil(ROWS);
    let mut out = alloc::vec![empty; outer * blocks * behind];
    parallel::chunks(
        &mut out,
        behind,
        data.len(),
        || (),
        |(), i, sums| {
            let (o, block) = (i / blocks, i % blocks * ROWS);
            let rows = o * along + block..o * along + along.min(block + ROWS);
            let (first, rest) = data[rows.start * behind..rows.end * behind].split_at(behind);
            sums.copy_from_slice(first);
            for row in rest.chunks_exact(behind) {
                let both = sums.iter_mut().zip(row);
                both.for_each(|(sum, x)| *sum = join(*sum, *x));
            }
        },
    );
    match blocks {
        1 => out,
        _ => along_one(&out, outer, blocks, behind, empty, whole, join),
    }
}

/// The sum along axes.
pub(super) fn sum<T: Element>(x: &Tensor<T>, axes: &[usize]) -> Vec<T> {
    fold(x, axes, T::zero(), total, |a, b| a + b)
}

/// The element that comes first in an order, along axes; NaN if there is one.
pub(super) fn extreme<T: Element>(
    x: &Tensor<T>,
    axes: &[usize],
    before: impl Fn(T, T) -> bool + Copy + Sync,
) -> Vec<T> {
    let join = move |a: T, b: T| if before(b, a) || b.is_nan() { b } else { a };
    let whole = move |row: &[T]| {
        let mut lanes = [row[0]; LANES];
        let chunks = row.chunks_exact(LANES);
        let rest = chunks.remainder().iter().fold(row[0], |m, x| join(m, *x));
        for chunk in chunks {
            lanes
                .iter_mut()
                .zip(chunk)
                .for_each(|(m, x)| *m = join(*m, *x));
        }
        lanes.iter().fold(rest, |m, x| join(m, *x))
    };
    fold(x, axes, T::nan(), whole, join)
}

/// The product along axes.
pub(super) fn product<T: Element>(x: &Tensor<T>, axes: &[usize]) -> Vec<T> {
    let whole = |row: &[T]| row.iter().fold(T::one(), |p, x| p * *x);
    fold(x, axes, T::one(), whole, |a, b| a * b)
}
