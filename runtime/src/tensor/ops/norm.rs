//! Normalisation to mean 0 and variance 1 along axes, with a scale and a shift, and dropout.

use super::super::broadcast::zip;
use super::super::rule::{one, plus, rules};
use super::super::{Element, Mask, Statistics, Tensor, shape};
use super::reductions;
use crate::Real;
use crate::prelude::*;
use ndarray::Dimension;

/// A tensor normalised along axes.
#[derive(Clone)]
struct Normal<T> {
    /// (x - mean) / deviation.
    x: Tensor<T>,
    /// 1 / deviation, with the axes at length 1.
    rate: Tensor<T>,
    mean: Tensor<T>,
    variance: Tensor<T>,
    axes: Vec<usize>,
    /// The shape in which scale and shift broadcast.
    scale: Vec<usize>,
}

/// The mean along axes, at length 1.
fn mean<T: Element>(x: &Tensor<T>, axes: &[usize]) -> Tensor<T> {
    reductions::mean(x, axes, reductions::count(x, axes))
}

impl<T: Element> Normal<T> {
    fn of(x: &Tensor<T>, axes: Vec<usize>, scale: Vec<usize>, eps: T) -> Normal<T> {
        let m = mean(x, &axes);
        let centred = x.zip_map("a norm", &m, |x, m| x - m);
        let variance = mean(&centred.map(|x| x * x), &axes);
        let rate = variance.map(|v| Real::recip(Real::sqrt(v + eps)));
        let x = centred.zip_owned("a norm", &rate, |x, r| x * r);
        Normal {
            x,
            rate,
            mean: m,
            variance,
            axes,
            scale,
        }
    }

    /// What the Jacobian of the normalisation, which is symmetric, makes of a cotangent or a tangent.
    fn through(&self, v: &Tensor<T>) -> Tensor<T> {
        let m = mean(v, &self.axes);
        let along = mean(&v.zip_map("a norm", &self.x, |v, x| v * x), &self.axes);
        let shift = self.x.zip_map("a norm", &along, |x, a| x * a);
        let out = shift.zip_owned("a norm", v, |s, v| v - s);
        out.zip_owned("a norm", &m, |v, m| v - m)
            .zip_owned("a norm", &self.rate, |v, r| v * r)
    }

    fn scaled(&self, x: &Tensor<T>, gamma: &Tensor<T>) -> Tensor<T> {
        x.zip_map("a norm", &gamma.shaped(&self.scale), |x, g| x * g)
    }

    /// What becomes of a cotangent or a tangent where the statistics are constants.
    fn pointwise(&self, v: &Tensor<T>, gamma: &Tensor<T>) -> Tensor<T> {
        self.scaled(v, gamma)
            .zip_owned("a norm", &self.rate, |v, r| v * r)
    }

    fn value(&self, gamma: &Tensor<T>, beta: &Tensor<T>) -> Tensor<T> {
        self.scaled(&self.x, gamma)
            .zip_owned("a norm", &beta.shaped(&self.scale), |x, b| x + b)
    }

    /// The cotangents of the tensor, the scale and the shift.
    fn pull(&self, gamma: &Tensor<T>, t: Tensor<T>, wanted: [bool; 3]) -> [Option<Tensor<T>>; 3] {
        let x = wanted[0].then(|| self.through(&self.scaled(&t, gamma)));
        let reduced = |t: Tensor<T>| t.reduced_to(&self.scale).shaped(gamma.shape());
        let scale = wanted[1].then(|| reduced(t.zip_map("a norm", &self.x, |t, x| t * x)));
        [x, scale, wanted[2].then(|| reduced(t))]
    }

    /// The tangent of the result.
    fn push(&self, gamma: &Tensor<T>, [d, dg, db]: [Option<&Tensor<T>>; 3]) -> Option<Tensor<T>> {
        let through = d.map(|d| self.scaled(&self.through(d), gamma));
        let scale = dg.map(|dg| self.scaled(&self.x, dg));
        let shift = db.map(|db| db.shaped(&self.scale).repeated_to("a norm", self.x.shape()));
        plus(plus(through, scale), shift)
    }
}

/// Requires a scale and a shift of one shape.
#[track_caller]
fn fit<T: Element>(
    op: &str,
    x: &Tensor<T>,
    expected: &[usize],
    gamma: &Tensor<T>,
    beta: &Tensor<T>,
) {
    if gamma.shape() != expected || beta.shape() != expected {
        panic!(
            "`{op}` on shape {:?}: scale and shift have the shape {expected:?}, and not {:?} and {:?}",
            x.shape(),
            gamma.shape(),
            beta.shape()
        );
    }
}

/// Requires that there is something to take the mean of.
#[track_caller]
fn nonempty<T: Element>(op: &str, x: &Tensor<T>) {
    if x.is_empty() {
        panic!(
            "`{op}` on shape {:?}: there are no elements, and there is no mean of nothing",
            x.shape()
        );
    }
}

/// Along the last axes, which the scale has.
#[track_caller]
fn layer<T: Element>(x: &Tensor<T>, gamma: &Tensor<T>, beta: &Tensor<T>, eps: T) -> Normal<T> {
    let n = x.ndim();
    let first = n.saturating_sub(gamma.ndim());
    fit("layer_norm", x, &x.shape()[first..], gamma, beta);
    nonempty("layer_norm", x);
    Normal::of(x, (first..n).collect(), gamma.shape().to_vec(), eps)
}

/// Along all axes but that of the channels.
#[track_caller]
fn batch<T: Element>(
    x: &Tensor<T>,
    gamma: &Tensor<T>,
    beta: &Tensor<T>,
    axis: isize,
    eps: T,
) -> Normal<T> {
    let axis = shape::axis("batch_norm", axis, x.shape());
    fit("batch_norm", x, &[x.shape()[axis]], gamma, beta);
    nonempty("batch_norm", x);
    let axes = (0..x.ndim()).filter(|i| *i != axis).collect();
    Normal::of(x, axes, channels(x.shape(), axis), eps)
}

/// The shape in which one number for each channel broadcasts.
fn channels(shape: &[usize], axis: usize) -> Vec<usize> {
    (0..shape.len())
        .map(|i| if i == axis { shape[i] } else { 1 })
        .collect()
}

/// Along the channels of each group and what is behind them, in the shape that this is done in.
#[track_caller]
fn group<T: Element>(
    x: &Tensor<T>,
    gamma: &Tensor<T>,
    beta: &Tensor<T>,
    groups: usize,
    eps: T,
) -> Normal<T> {
    let [n, c, behind @ ..] = x.shape() else {
        panic!(
            "`group_norm` on shape {:?}: there are no axes for batch and channels",
            x.shape()
        )
    };
    if groups == 0 || c % groups != 0 {
        panic!(
            "`group_norm` on shape {:?}: {c} channels are not {groups} groups of one size",
            x.shape()
        );
    }
    fit("group_norm", x, &[*c], gamma, beta);
    nonempty("group_norm", x);
    let size: usize = behind.iter().product();
    let x = x.shaped(&[*n, groups, c / groups, size]);
    Normal::of(
        &x,
        alloc::vec![2, 3],
        alloc::vec![1, groups, c / groups, 1],
        eps,
    )
}

impl<T: Element> Tensor<T> {
    /// Each row normalised to mean 0 and variance 1 along the last axes, those of `gamma`'s shape; then times `gamma`
    /// plus `beta`. `eps` is added to the variance.
    #[track_caller]
    pub fn layer_norm(&self, gamma: &Tensor<T>, beta: &Tensor<T>, eps: T) -> Tensor<T> {
        layer(self, gamma, beta, eps).value(gamma, beta)
    }

    /// Each channel normalised by its mean and variance over all other axes; then times `gamma` plus `beta`. The
    /// channels are along `axis`: 1 for NCHW, -1 for NHWC. Gives the result and, for running statistics, the mean and
    /// the variance (that of the batch itself, divided by n) of each channel.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let x = Tensor::from([[1.0_f64, 10.0], [3.0, 10.0]]);
    /// let (y, mean, var) = x.batch_norm(&Tensor::ones([2]), &Tensor::zeros([2]), 1, 0.0001);
    /// assert!((y[[1, 0]] - 1.0).abs() < 1e-3);
    /// assert_eq!((mean.to_vec(), var.to_vec()), (vec![2.0, 10.0], vec![1.0, 0.0]));
    /// ```
    #[track_caller]
    pub fn batch_norm(
        &self,
        gamma: &Tensor<T>,
        beta: &Tensor<T>,
        axis: isize,
        eps: T,
    ) -> (Tensor<T>, Tensor<T>, Tensor<T>) {
        outputs(&batch(self, gamma, beta, axis, eps), gamma, beta)
    }

    /// The same by statistics that are given, as when a trained network is used. They carry no derivative.
    #[track_caller]
    pub fn batch_norm_by(
        &self,
        gamma: &Tensor<T>,
        beta: &Tensor<T>,
        axis: isize,
        eps: T,
        by: &Statistics<T>,
    ) -> Tensor<T> {
        given(self, gamma, beta, axis, eps, by).value(gamma, beta)
    }

    /// Each group of channels of each example normalised to mean 0 and variance 1; then each channel times `gamma`
    /// plus `beta`. The channels are along the axis 1, and `groups` divides their number.
    #[track_caller]
    pub fn group_norm(
        &self,
        gamma: &Tensor<T>,
        beta: &Tensor<T>,
        groups: usize,
        eps: T,
    ) -> Tensor<T> {
        group(self, gamma, beta, groups, eps)
            .value(gamma, beta)
            .shaped(self.shape())
    }

    /// 0 where `kept` is false, and each other element divided by 1 - `p`, the probability of being kept, so that the
    /// expectation stays.
    ///
    /// # Panics
    /// If the shapes are not the same, or `p` is not in 0 ≤ p < 1.
    #[track_caller]
    pub fn dropout(&self, p: T, kept: &Mask) -> Tensor<T> {
        dropped(self, p, kept)
    }
}

fn outputs<T: Element>(
    normal: &Normal<T>,
    gamma: &Tensor<T>,
    beta: &Tensor<T>,
) -> (Tensor<T>, Tensor<T>, Tensor<T>) {
    let flat = |x: &Tensor<T>| x.shaped(gamma.shape());
    (
        normal.value(gamma, beta),
        flat(&normal.mean),
        flat(&normal.variance),
    )
}

/// The normalisation by given statistics: along no axes, since nothing depends on the others.
#[track_caller]
fn given<T: Element>(
    x: &Tensor<T>,
    gamma: &Tensor<T>,
    beta: &Tensor<T>,
    axis: isize,
    eps: T,
    by: &Statistics<T>,
) -> Normal<T> {
    let axis = shape::axis("batch_norm_by", axis, x.shape());
    fit("batch_norm_by", x, &[x.shape()[axis]], gamma, beta);
    fit("batch_norm_by", x, &[x.shape()[axis]], &by.mean, &by.var);
    let scale = channels(x.shape(), axis);
    let (mean, variance) = (by.mean.shaped(&scale), by.var.shaped(&scale));
    let rate = variance.map(|v| Real::recip(Real::sqrt(v + eps)));
    let x = x
        .zip_map("a norm", &mean, |x, m| x - m)
        .zip_owned("a norm", &rate, |x, r| x * r);
    Normal {
        x,
        rate,
        mean,
        variance,
        axes: Vec::new(),
        scale,
    }
}

#[track_caller]
fn dropped<T: Element>(x: &Tensor<T>, p: T, kept: &Mask) -> Tensor<T> {
    if !(p >= T::zero() && p < T::one()) {
        panic!("`dropout`: the probability {p} is not at least 0 and below 1");
    }
    shape::same("dropout", x.shape(), kept.shape());
    let scale = Real::recip(T::one() - p);
    let (shape, data) = zip(
        "dropout",
        x,
        kept,
        |x, kept| if kept { x * scale } else { T::zero() },
    );
    Tensor::new(shape.slice(), data)
}

rules! {
    TensorLayerNormEntry __differentiable_layer_norm __masked_layer_norm __jvp_layer_norm __keep_layer_norm
        [] (x, gamma, beta; eps: T) -> Tensor<T>,
        with normal = layer(x, gamma, beta, eps),
        value normal.value(gamma, beta),
        pull |_| {
            let gamma = gamma.clone();
            move |t: Tensor<T>, wanted: [bool; 3]| normal.pull(&gamma, t, wanted)
        },
        push |_, dots| normal.push(gamma, dots);
    TensorBatchNormEntry __differentiable_batch_norm __masked_batch_norm __jvp_batch_norm __keep_batch_norm
        [] (x, gamma, beta; axis: isize, eps: T) -> (Tensor<T>, Tensor<T>, Tensor<T>),
        with normal = batch(x, gamma, beta, axis, eps),
        value outputs(&normal, gamma, beta),
        pull |_| {
            let (gamma, from) = (gamma.clone(), x.shape().to_vec());
            move |(t, t_mean, t_var): (Tensor<T>, Tensor<T>, Tensor<T>), wanted: [bool; 3]| {
                let t = t.repeated_to("batch_norm", &from);
                let [mut bar, scale, shift] = normal.pull(&gamma, t, wanted);
                if wanted[0] {
                    // Through the statistics: 1/n for the mean, 2 (x - mean)/n for the variance.
                    let n = T::from_f64((normal.x.len() / gamma.len()) as f64);
                    let through_mean = (!t_mean.is_zero()).then(|| {
                        t_mean.map(|t| t / n).shaped(&normal.scale).repeated_to("batch_norm", &from)
                    });
                    let through_var = (!t_var.is_zero()).then(|| {
                        let by = t_var.shaped(&normal.scale).zip_owned("batch_norm", &normal.rate, |t, r| T::from_f64(2.0) * t / (n * r));
                        normal.x.zip_map("batch_norm", &by, |x, by| x * by)
                    });
                    bar = plus(bar, plus(through_mean, through_var));
                }
                [bar, scale, shift]
            }
        },
        push |_, [d, dg, db]| {
            let flat = |x: Tensor<T>| x.shaped(gamma.shape());
            let zero = || Tensor::zero_of(gamma.shape());
            let dm = d.map_or_else(zero, |d| flat(mean(d, &normal.axes)));
            let dv = d.map_or_else(zero, |d| {
                let products = d.zip_map("batch_norm", &normal.x, |d, x| d * x);
                let along = mean(&products, &normal.axes);
                flat(along.zip_owned("batch_norm", &normal.rate, |a, r| T::from_f64(2.0) * a / r))
            });
            let dy = normal.push(gamma, [d, dg, db]).unwrap_or_else(|| Tensor::zero_of(x.shape()));
            Some((dy, dm, dv))
        };
    TensorBatchNormByEntry __differentiable_batch_norm_by __masked_batch_norm_by __jvp_batch_norm_by
        __keep_batch_norm_by [] (x, gamma, beta; axis: isize, eps: T; & by: Statistics<T>) -> Tensor<T>,
        with normal = given(x, gamma, beta, axis, eps, by),
        value normal.value(gamma, beta),
        pull |_| {
            let gamma = gamma.clone();
            move |t: Tensor<T>, [x, scale, shift]: [bool; 3]| {
                let bar = x.then(|| normal.pointwise(&t, &gamma));
                let [_, scale, shift] = normal.pull(&gamma, t, [false, scale, shift]);
                [bar, scale, shift]
            }
        },
        push |_, [d, dg, db]| {
            plus(d.map(|d| normal.pointwise(d, gamma)), normal.push(gamma, [None, dg, db]))
        };
    TensorGroupNormEntry __differentiable_group_norm __masked_group_norm __jvp_group_norm __keep_group_norm
        [] (x, gamma, beta; groups: usize, eps: T) -> Tensor<T>,
        with normal = group(x, gamma, beta, groups, eps),
        value normal.value(gamma, beta).shaped(x.shape()),
        pull |_| {
            let (gamma, from) = (gamma.clone(), x.shape().to_vec());
            move |t: Tensor<T>, wanted: [bool; 3]| {
                let t = t.shaped(normal.x.shape());
                let [x, scale, shift] = normal.pull(&gamma, t, wanted);
                [x.map(|x| x.shaped(&from)), scale, shift]
            }
        },
        push |_, [d, dg, db]| {
            let d = d.map(|d| d.shaped(normal.x.shape()));
            normal.push(gamma, [d.as_ref(), dg, db]).map(|y| y.shaped(x.shape()))
        };
    TensorDropoutEntry __differentiable_dropout __masked_dropout __jvp_dropout __keep_dropout
        [] (x; p: T; & kept: Mask) -> Tensor<T>,
        value x.dropout(p, kept),
        pull |_| { let kept = kept.clone(); one(move |t: Tensor<T>| dropped(&t, p, &kept)) },
        push |_, [d]| d.map(|d| dropped(d, p, kept));
}
