//! Reductions to a number, or along axes.

use super::super::rule::{one, rules};
use super::super::{Element, Integers, Tensor, reduce, rows, shape};
use crate::Real;
use crate::prelude::*;
use ndarray::Dimension;

/// The tensor with what was reduced at length 1.
fn kept<T: Element>(x: &Tensor<T>, axes: &[usize], data: Vec<T>) -> Tensor<T> {
    Tensor::new(shape::without(x.shape(), axes, true).slice(), data)
}

/// A reduced tensor with what was reduced at length 1, whether it was kept or not.
fn opened<T: Element>(y: &Tensor<T>, shape: &[usize], axes: &[usize]) -> Tensor<T> {
    y.shaped(shape::without(shape, axes, true).slice())
}

/// Every axis.
fn all<T: Element>(x: &Tensor<T>) -> Vec<usize> {
    (0..x.ndim()).collect()
}

/// How many elements become one; none is an error where the result would have no meaning.
#[track_caller]
fn some<T: Element>(op: &str, x: &Tensor<T>, axes: &[usize]) -> T {
    let n: usize = axes.iter().map(|axis| x.shape()[*axis]).product();
    if n == 0 {
        panic!(
            "`{op}` on shape {:?} along the axes {axes:?}: there are no elements",
            x.shape()
        );
    }
    T::from_f64(n as f64)
}

/// The mean along axes, which have `n` elements together and stay with length 1.
pub(super) fn mean<T: Element>(x: &Tensor<T>, axes: &[usize], n: T) -> Tensor<T> {
    let mut sums = reduce::sum(x, axes);
    sums.iter_mut().for_each(|sum| *sum /= n);
    kept(x, axes, sums)
}

fn variance<T: Element>(x: &Tensor<T>, axes: &[usize], n: T) -> Tensor<T> {
    let centred = x.zip_map("var", &mean(x, axes, n), |x, m| (x - m) * (x - m));
    mean(&centred, axes, n)
}

/// One reduction: `value` gives it with the reduced axes at length 1, `factor` the derivative by each element from the
/// tensor and that value. Nothing to reduce is an error for those that say `nonempty`.
macro_rules! reductions {
    ($(
        $(#[$doc:meta])*
        $name:ident $axis:ident $guard:ident
        |$x:ident, $axes:ident, $n:ident| value $value:expr, |$y:ident| factor $factor:expr;
        $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident,
        $axis_entry:ident $axis_differentiable:ident $axis_masked:ident $axis_jvp:ident $axis_keep:ident
    )*) => {
        impl<T: Element> Tensor<T> { $(
            $(#[$doc])*
            /// Of all elements.
            #[track_caller]
            pub fn $name(&self) -> T {
                let ($x, $axes) = (self, &all(self)[..]);
                let $n = reductions!(@$guard stringify!($name), $x, $axes);
                let _ = $n;
                let value: Tensor<T> = $value;
                value.item()
            }

            $(#[$doc])*
            /// Along axes, which go, or stay with length 1 if `keep`.
            #[track_caller]
            pub fn $axis(&self, axes: impl Integers, keep: bool) -> Tensor<T> {
                let $axes = &shape::sorted_axes(stringify!($axis), &axes, self.shape())[..];
                let $x = self;
                let $n = reductions!(@$guard stringify!($axis), $x, $axes);
                let _ = $n;
                let value: Tensor<T> = $value;
                value.closed($axes, keep)
            }
        )* }
        rules! { $(
            $entry $differentiable $masked $jvp $keep [] ($x) -> T,
                value $x.$name(),
                pull |y| {
                    let ($x, $axes) = ($x.clone(), all($x));
                    let y = Tensor::full(alloc::vec![1; $x.ndim()], *y);
                    one(move |t: T| {
                        let t = Tensor::full(y.shape(), t);
                        weighted(&t, { let ($axes, $y, $x, $n) = (&$axes[..], &y, &$x, count(&$x, &$axes)); let _ = ($axes, $y, $n); $factor }, $x.shape())
                    })
                },
                push |y, [d]| d.map(|d| {
                    let $axes = &all($x)[..];
                    let y = Tensor::full(alloc::vec![1; $x.ndim()], *y);
                    weighted(d, { let ($y, $n) = (&y, count($x, $axes)); let _ = ($axes, $y, $n); $factor }, $x.shape()).sum()
                });
            $axis_entry $axis_differentiable $axis_masked $axis_jvp $axis_keep [A: Integers] ($x; axes: A, keep: bool) -> Tensor<T>,
                value $x.$axis(axes.clone(), keep),
                pull |y| {
                    let ($x, y) = ($x.clone(), (*y).clone());
                    let $axes = shape::sorted_axes(stringify!($axis), &axes, $x.shape());
                    one(move |t: Tensor<T>| {
                        let (y, t) = (opened(&y, $x.shape(), &$axes), opened(&t, $x.shape(), &$axes));
                        weighted(&t, { let ($axes, $y, $x, $n) = (&$axes[..], &y, &$x, count(&$x, &$axes)); let _ = ($axes, $y, $n); $factor }, $x.shape())
                    })
                },
                push |y, [d]| d.map(|d| {
                    let $axes = &shape::sorted_axes(stringify!($axis), &axes, $x.shape())[..];
                    let y = opened(y, $x.shape(), $axes);
                    weighted(d, { let ($y, $n) = (&y, count($x, $axes)); let _ = ($axes, $y, $n); $factor }, $x.shape()).sum_axis(axes.clone(), keep)
                });
        )* }
    };
    (@nonempty $op:expr, $x:ident, $axes:ident) => { some($op, $x, $axes) };
    (@any $op:expr, $x:ident, $axes:ident) => { count($x, $axes) };
}

/// How many elements become one.
pub(super) fn count<T: Element>(x: &Tensor<T>, axes: &[usize]) -> T {
    T::from_f64(axes.iter().map(|axis| x.shape()[*axis]).product::<usize>() as f64)
}

/// A cotangent or a tangent times a derivative, in the shape of the tensor, where nothing flows through what nothing
/// reaches.
fn weighted<T: Element>(t: &Tensor<T>, factor: Tensor<T>, shape: &[usize]) -> Tensor<T> {
    if t.is_zero() {
        return Tensor::zero_of(shape);
    }
    let product = factor.zip_owned("a reduction", t, |factor, t| {
        super::arithmetic::gated(t, factor)
    });
    product.repeated_to("a reduction", shape)
}

/// The same derivative by every element.
fn constant<T: Element>(x: &Tensor<T>, value: T) -> Tensor<T> {
    Tensor::full(alloc::vec![1; x.ndim()], value)
}

impl<T: Element> Tensor<T> {
    /// Without the reduced axes, unless they are kept.
    fn closed(self, axes: &[usize], keep: bool) -> Tensor<T> {
        if keep {
            return self;
        }
        let shape = shape::without(self.shape(), axes, false);
        self.shaped(shape.slice())
    }
}

reductions! {
    /// The sum.
    sum sum_axis any
        |x, axes, _n| value kept(x, axes, reduce::sum(x, axes)), |_y| factor constant(x, T::one());
    TensorSumEntry __differentiable_sum __masked_sum __jvp_sum __keep_sum,
    TensorSumAxisEntry __differentiable_sum_axis __masked_sum_axis __jvp_sum_axis __keep_sum_axis
    /// The mean.
    mean mean_axis nonempty
        |x, axes, n| value mean(x, axes, n), |_y| factor constant(x, Real::recip(n));
    TensorMeanEntry __differentiable_mean __masked_mean __jvp_mean __keep_mean,
    TensorMeanAxisEntry __differentiable_mean_axis __masked_mean_axis __jvp_mean_axis __keep_mean_axis
    /// The largest element; NaN if there is one. Equal ones share the derivative.
    max max_axis nonempty
        |x, axes, _n| value kept(x, axes, reduce::extreme(x, axes, |a, b| a > b)), |y| factor shared(x, axes, y);
    TensorMaxEntry __differentiable_max __masked_max __jvp_max __keep_max,
    TensorMaxAxisEntry __differentiable_max_axis __masked_max_axis __jvp_max_axis __keep_max_axis
    /// The smallest element; NaN if there is one. Equal ones share the derivative.
    min min_axis nonempty
        |x, axes, _n| value kept(x, axes, reduce::extreme(x, axes, |a, b| a < b)), |y| factor shared(x, axes, y);
    TensorMinEntry __differentiable_min __masked_min __jvp_min __keep_min,
    TensorMinAxisEntry __differentiable_min_axis __masked_min_axis __jvp_min_axis __keep_min_axis
    /// The product; its derivative is right where elements are zero.
    prod prod_axis any
        |x, axes, _n| value kept(x, axes, reduce::product(x, axes)), |_y| factor rows::map(x, axes, others);
    TensorProdEntry __differentiable_prod __masked_prod __jvp_prod __keep_prod,
    TensorProdAxisEntry __differentiable_prod_axis __masked_prod_axis __jvp_prod_axis __keep_prod_axis
    /// The variance, the mean of the squared distances from the mean.
    var var_axis nonempty
        |x, axes, n| value variance(x, axes, n),
        |_y| factor x.zip_map("var", &mean(x, axes, n), |x, m| T::from_f64(2.0) * (x - m) / n);
    TensorVarEntry __differentiable_var __masked_var __jvp_var __keep_var,
    TensorVarAxisEntry __differentiable_var_axis __masked_var_axis __jvp_var_axis __keep_var_axis
    /// The standard deviation, the root of the variance. Its derivative where all elements are equal is 0.
    std std_axis nonempty
        |x, axes, n| value variance(x, axes, n).map_owned(Real::sqrt),
        |y| factor x.zip_map("std", &mean(x, axes, n), |x, m| (x - m) / n)
            .zip_owned("std", y, |d, y| if y == T::zero() { T::zero() } else { d / y });
    TensorStdEntry __differentiable_std __masked_std __jvp_std __keep_std,
    TensorStdAxisEntry __differentiable_std_axis __masked_std_axis __jvp_std_axis __keep_std_axis
    /// The logarithm of the sum of the exponentials, without overflow.
    logsumexp logsumexp_axis nonempty
        |x, axes, _n| value logsumexp(x, axes), |y| factor x.zip_map("logsumexp", y, |x, y| x - y).exponentials();
    TensorLogsumexpEntry __differentiable_logsumexp __masked_logsumexp __jvp_logsumexp __keep_logsumexp,
    TensorLogsumexpAxisEntry __differentiable_logsumexp_axis __masked_logsumexp_axis __jvp_logsumexp_axis
        __keep_logsumexp_axis
}

/// For each element its share of being the extreme one.
fn shared<T: Element>(x: &Tensor<T>, axes: &[usize], y: &Tensor<T>) -> Tensor<T> {
    let is = |x: T, y: T| {
        if x == y || x.is_nan() && y.is_nan() {
            T::one()
        } else {
            T::zero()
        }
    };
    let ties = x.zip_map("max", y, is);
    let counts = kept(x, axes, reduce::sum(&ties, axes));
    ties.zip_owned("max", &counts, |tie, count| tie / count)
}

/// For each element the product of all others.
fn others<T: Element>(row: &[T], out: &mut [T]) {
    let mut before = T::one();
    for (out, x) in out.iter_mut().zip(row) {
        *out = before;
        before *= *x;
    }
    let mut after = T::one();
    for (out, x) in out.iter_mut().zip(row).rev() {
        *out *= after;
        after *= *x;
    }
}

fn logsumexp<T: Element>(x: &Tensor<T>, axes: &[usize]) -> Tensor<T> {
    let largest = reduce::extreme(x, axes, |a, b| a > b);
    // Where all are -inf or one is inf, the logarithm of the sum itself is right.
    let shift = |m: &T| if Real::is_finite(*m) { *m } else { T::zero() };
    let shift = kept(x, axes, largest.iter().map(shift).collect());
    let shifted = x.zip_map("logsumexp", &shift, |x, m| x - m);
    let sums = reduce::sum(&shifted.exponentials(), axes);
    kept(x, axes, sums).zip_owned("logsumexp", &shift, |sum, m| Real::ln(sum) + m)
}

impl<T: Element> Tensor<T> {
    /// The place of the largest element in row-major order, the first of equal ones; NaN counts as the largest.
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn argmax(&self) -> usize {
        some("argmax", self, &all(self));
        first_largest(&self.data())
    }

    /// The place of the largest element along an axis, for each row along it, in row-major order.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let scores = Tensor::from([[0.1_f32, 0.7, 0.2], [0.9, 0.0, 0.1]]);
    /// assert_eq!(scores.argmax_axis(-1), [1, 0]);
    /// ```
    #[track_caller]
    pub fn argmax_axis(&self, axis: isize) -> Vec<usize> {
        let axis = shape::axis("argmax_axis", axis, self.shape());
        some("argmax_axis", self, &[axis]);
        let back = self.brought_to_back(&[axis]);
        back.data()
            .chunks_exact(self.shape()[axis])
            .map(first_largest)
            .collect()
    }
}

fn first_largest<T: Element>(row: &[T]) -> usize {
    let mut best = 0;
    for (i, x) in row.iter().enumerate() {
        if !row[best].is_nan() && (*x > row[best] || x.is_nan()) {
            best = i;
        }
    }
    best
}
