//! Softmax and the losses that networks are trained with.

use super::super::rule::{each, one, rules};
use super::super::{Element, Tensor, reduce, rows, shape};
use super::arithmetic::gated;
use crate::Real;
use crate::prelude::*;

/// The largest element if it is finite, and 0 otherwise: what an exponential may be shifted by.
fn shift<T: Element>(row: &[T]) -> T {
    let largest = row
        .iter()
        .fold(T::neg_infinity(), |m, x| if *x > m { *x } else { m });
    if Real::is_finite(largest) {
        largest
    } else {
        T::zero()
    }
}

fn softmax_row<T: Element>(row: &[T], out: &mut [T]) {
    let m = shift(row);
    out.iter_mut().zip(row).for_each(|(y, x)| *y = *x - m);
    T::exponentials(out);
    let sum = reduce::total(out);
    out.iter_mut().for_each(|y| *y /= sum);
}

fn log_softmax_row<T: Element>(row: &[T], out: &mut [T]) {
    let m = shift(row);
    out.iter_mut().zip(row).for_each(|(y, x)| *y = *x - m);
    T::exponentials(out);
    let norm = Real::ln(reduce::total(out)) + m;
    out.iter_mut().zip(row).for_each(|(y, x)| *y = *x - norm);
}

/// The cotangent of what softmax took, and the tangent of what it gives: the same, since its Jacobian is symmetric.
fn through_softmax<T: Element>(t: &Tensor<T>, y: &Tensor<T>, axis: usize) -> Tensor<T> {
    rows::zip(t, y, &[axis], |t, y, out| {
        let mean = reduce::inner(t, y);
        out.iter_mut()
            .zip(t.iter().zip(y))
            .for_each(|(out, (t, y))| *out = *y * (*t - mean));
    })
}

impl<T: Element> Tensor<T> {
    /// Exponentials divided by their sum along an axis, so that they add up to 1.
    #[track_caller]
    pub fn softmax(&self, axis: isize) -> Tensor<T> {
        rows::map(
            self,
            &[shape::axis("softmax", axis, self.shape())],
            softmax_row,
        )
    }

    /// The logarithm of [`softmax`](Tensor::softmax), without overflow and without a logarithm of 0.
    #[track_caller]
    pub fn log_softmax(&self, axis: isize) -> Tensor<T> {
        rows::map(
            self,
            &[shape::axis("log_softmax", axis, self.shape())],
            log_softmax_row,
        )
    }

    /// The mean of -ln softmax(scores)\[label\] over all rows: the last axis are scores of classes, and each row has
    /// the number of its class.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let scores: Tensor<f64> = Tensor::zeros([2, 4]);
    /// assert_eq!(scores.cross_entropy(&[0, 3]), 4.0_f64.ln());
    /// ```
    ///
    /// # Panics
    /// If there are not as many labels as rows, no rows, or a label is not smaller than the number of classes.
    #[track_caller]
    pub fn cross_entropy(&self, labels: &[usize]) -> T {
        let classes = checked_labels(self, labels);
        let data = self.data();
        let mut sum = 0.0;
        for (row, label) in data.chunks_exact(classes).zip(labels) {
            let m = shift(row);
            let exps = row.iter().fold(T::zero(), |sum, x| sum + Real::exp(*x - m));
            sum += ((Real::ln(exps) + m) - row[*label]).to_f64();
        }
        T::from_f64(sum / labels.len() as f64)
    }

    /// The mean of the squares of the differences from a target of the same shape.
    #[track_caller]
    pub fn mse(&self, target: &Tensor<T>) -> T {
        let n = compared("mse", self, target);
        let (a, b) = (self.data(), target.data());
        let squares: Vec<T> = a
            .iter()
            .zip(&*b)
            .map(|(a, b)| (*a - *b) * (*a - *b))
            .collect();
        reduce::total(&squares) / n
    }

    /// The mean of Huber's loss of the differences from a target of the same shape: d²/2 up to `delta`, and
    /// `delta` · (|d| - `delta`/2) beyond.
    #[track_caller]
    pub fn huber(&self, target: &Tensor<T>, delta: T) -> T {
        let n = compared("huber", self, target);
        let half = T::from_f64(0.5);
        let loss = self.zip_map("huber", target, |a, b| {
            let d = Real::abs(a - b);
            if d <= delta {
                half * d * d
            } else {
                delta * (d - half * delta)
            }
        });
        loss.sum() / n
    }
}

/// The number of classes, if the labels fit the scores.
#[track_caller]
fn checked_labels<T: Element>(scores: &Tensor<T>, labels: &[usize]) -> usize {
    let [rows @ .., classes] = scores.shape() else {
        panic!("`cross_entropy`: scores of shape [] have no classes")
    };
    let n: usize = rows.iter().product();
    if n != labels.len() {
        panic!(
            "`cross_entropy`: scores of shape {:?} have {n} rows, and {} labels were given",
            scores.shape(),
            labels.len()
        );
    }
    if n == 0 || *classes == 0 {
        panic!(
            "`cross_entropy`: scores of shape {:?} are empty, and there is no mean of nothing",
            scores.shape()
        );
    }
    if let Some((row, label)) = labels
        .iter()
        .enumerate()
        .find(|(_, label)| *label >= classes)
    {
        panic!(
            "`cross_entropy`: the label {label} of row {row} is not one of the {classes} classes of scores of shape {:?}",
            scores.shape()
        );
    }
    *classes
}

/// The derivative of the cross-entropy by the scores, times a factor.
fn through_cross_entropy<T: Element>(x: &Tensor<T>, labels: &[usize], t: T) -> Tensor<T> {
    let classes = x.shape()[x.ndim() - 1];
    let t = t / T::from_f64(labels.len() as f64);
    let data = x.data();
    let mut out = alloc::vec![T::zero(); data.len()];
    let rows = data
        .chunks_exact(classes)
        .zip(out.chunks_exact_mut(classes));
    for ((row, out), label) in rows.zip(labels) {
        softmax_row(row, out);
        out[*label] -= T::one();
        out.iter_mut().for_each(|y| *y *= t);
    }
    Tensor::new(x.shape(), out)
}

/// The number of elements, if both have the same shape and there are any.
#[track_caller]
fn compared<T: Element>(op: &str, a: &Tensor<T>, b: &Tensor<T>) -> T {
    shape::same(op, a.shape(), b.shape());
    if a.is_empty() {
        panic!(
            "`{op}` on shape {:?}: there are no elements, and there is no mean of nothing",
            a.shape()
        );
    }
    T::from_f64(a.len() as f64)
}

/// The derivative of a loss by the difference, times a factor.
fn by_difference<T: Element>(
    a: &Tensor<T>,
    b: &Tensor<T>,
    t: T,
    slope: impl Fn(T) -> T + Sync,
) -> Tensor<T> {
    let t = t / T::from_f64(a.len() as f64);
    a.zip_map("a loss", b, |a, b| gated(t, slope(a - b)))
}

fn huber_slope<T: Element>(d: T, delta: T) -> T {
    if Real::abs(d) <= delta {
        d
    } else if d > T::zero() {
        delta
    } else {
        -delta
    }
}

rules! {
    TensorSoftmaxEntry __differentiable_softmax __masked_softmax __jvp_softmax __keep_softmax [] (x; axis: isize) -> Tensor<T>,
        value x.softmax(axis),
        pull |y| {
            let (y, axis) = (y.clone(), shape::axis("softmax", axis, x.shape()));
            one(move |t: Tensor<T>| through_softmax(&t, &y, axis))
        },
        push |y, [d]| d.map(|d| through_softmax(d, y, shape::axis("softmax", axis, x.shape())));
    TensorLogSoftmaxEntry __differentiable_log_softmax __masked_log_softmax __jvp_log_softmax __keep_log_softmax
        [] (x; axis: isize) -> Tensor<T>,
        value x.log_softmax(axis),
        pull |y| {
            let (y, axis) = (y.clone(), shape::axis("log_softmax", axis, x.shape()));
            one(move |t: Tensor<T>| rows::zip(&t, &y, &[axis], |t, y, out| {
                let sum = reduce::total(t);
                out.iter_mut().zip(t.iter().zip(y)).for_each(|(out, (t, y))| *out = *t - Real::exp(*y) * sum);
            }))
        },
        push |y, [d]| d.map(|d| rows::zip(d, y, &[shape::axis("log_softmax", axis, x.shape())], |d, y, out| {
            out.iter_mut().zip(d.iter().zip(y)).for_each(|(out, (d, y))| *out = *d * Real::exp(*y));
            let mean = reduce::total(out);
            out.iter_mut().zip(d).for_each(|(out, d)| *out = *d - mean);
        }));
    TensorCrossEntropyEntry __differentiable_cross_entropy __masked_cross_entropy __jvp_cross_entropy
        __keep_cross_entropy [] (x; & labels: [usize]) -> T,
        value x.cross_entropy(labels),
        pull |_| {
            let (x, labels) = (x.clone(), labels.to_vec());
            one(move |t: T| through_cross_entropy(&x, &labels, t))
        },
        push |_, [d]| d.map(|d| {
            let by = through_cross_entropy(x, labels, T::one());
            reduce::inner(&by.data(), &d.data())
        });
    TensorMseEntry __differentiable_mse __masked_mse __jvp_mse __keep_mse [] (a, b) -> T,
        value a.mse(b),
        pull |_| {
            let (a, b) = (a.clone(), b.clone());
            each(move |t: &T, i| match i {
                0 => by_difference(&a, &b, *t, |d| d + d),
                _ => by_difference(&a, &b, *t, |d| -(d + d)),
            })
        },
        push |_, [da, db]| {
            let by = |d: &Tensor<T>| reduce::inner(&by_difference(a, b, T::one(), |d| d + d).data(), &d.data());
            Some(da.map_or(T::zero(), by) - db.map_or(T::zero(), by))
        };
    TensorHuberEntry __differentiable_huber __masked_huber __jvp_huber __keep_huber [] (a, b; delta: T) -> T,
        value a.huber(b, delta),
        pull |_| {
            let (a, b) = (a.clone(), b.clone());
            each(move |t: &T, i| match i {
                0 => by_difference(&a, &b, *t, |d| huber_slope(d, delta)),
                _ => by_difference(&a, &b, *t, |d| -huber_slope(d, delta)),
            })
        },
        push |_, [da, db]| {
            let by = |d: &Tensor<T>| reduce::inner(&by_difference(a, b, T::one(), |d| huber_slope(d, delta)).data(), &d.data());
            Some(da.map_or(T::zero(), by) - db.map_or(T::zero(), by))
        };
}
