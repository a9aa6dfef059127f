//! Running sums and products.

use super::super::rule::{one, rules};
use super::super::{Element, Tensor, rows, shape};

fn running_sums<T: Element>(row: &[T], out: &mut [T]) {
    let mut sum = T::zero();
    for (out, x) in out.iter_mut().zip(row) {
        sum += *x;
        *out = sum;
    }
}

fn sums_behind<T: Element>(row: &[T], out: &mut [T]) {
    let mut sum = T::zero();
    for (out, x) in out.iter_mut().zip(row).rev() {
        sum += *x;
        *out = sum;
    }
}

fn running_products<T: Element>(row: &[T], out: &mut [T]) {
    let mut product = T::one();
    for (out, x) in out.iter_mut().zip(row) {
        product *= *x;
        *out = product;
    }
}

/// The cotangent of running products, without a division and so right where elements are zero: that of xⱼ is the
/// product before it times Sⱼ = tⱼ + xⱼ₊₁ · Sⱼ₊₁.
fn through_products<T: Element>(t: &[T], x: &[T], out: &mut [T]) {
    let mut behind = T::zero();
    for j in (0..x.len()).rev() {
        behind = match x.get(j + 1) {
            Some(next) => t[j] + *next * behind,
            None => t[j],
        };
        out[j] = behind;
    }
    let mut before = T::one();
    for (out, x) in out.iter_mut().zip(x) {
        *out *= before;
        before *= *x;
    }
}

/// The tangent of running products.
fn along_products<T: Element>(d: &[T], x: &[T], out: &mut [T]) {
    let (mut product, mut tangent) = (T::one(), T::zero());
    for ((out, x), d) in out.iter_mut().zip(x).zip(d) {
        tangent = tangent * *x + product * *d;
        product *= *x;
        *out = tangent;
    }
}

impl<T: Element> Tensor<T> {
    /// The running sum along an axis: each element with all before it.
    #[track_caller]
    pub fn cumsum(&self, axis: isize) -> Tensor<T> {
        rows::map(
            self,
            &[shape::axis("cumsum", axis, self.shape())],
            running_sums,
        )
    }

    /// The running product along an axis: each element with all before it. Its derivative is right where elements are
    /// zero.
    #[track_caller]
    pub fn cumprod(&self, axis: isize) -> Tensor<T> {
        rows::map(
            self,
            &[shape::axis("cumprod", axis, self.shape())],
            running_products,
        )
    }
}

rules! {
    TensorCumsumEntry __differentiable_cumsum __masked_cumsum __jvp_cumsum __keep_cumsum [] (x; axis: isize) -> Tensor<T>,
        value x.cumsum(axis),
        pull |_| { let axis = shape::axis("cumsum", axis, x.shape()); one(move |t: Tensor<T>| rows::map(&t, &[axis], sums_behind)) },
        push |_, [d]| d.map(|d| d.cumsum(axis));
    TensorCumprodEntry __differentiable_cumprod __masked_cumprod __jvp_cumprod __keep_cumprod [] (x; axis: isize) -> Tensor<T>,
        value x.cumprod(axis),
        pull |_| {
            let (x, axis) = (x.clone(), shape::axis("cumprod", axis, x.shape()));
            one(move |t: Tensor<T>| rows::zip(&t, &x, &[axis], through_products))
        },
        push |_, [d]| d.map(|d| rows::zip(d, x, &[shape::axis("cumprod", axis, x.shape())], along_products));
}
