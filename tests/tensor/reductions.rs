//! Reductions to a number and along axes, running sums and products.

use crate::harness::programs;
use crate::t;
use pullback::{Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn to_a_number(x: &T64) -> f64 {
    x.sum() * x.mean() + x.max() * x.min() + x.prod() * x.var() + x.std() * x.logsumexp()
}

#[differentiable]
fn along_the_last(x: &T64) -> T64 {
    let axis = -1;
    x.sum_axis(-1, false) * x.mean_axis(axis, false)
        + x.max_axis(-1, false) * x.min_axis(-1, false)
        + x.prod_axis(-1, false) * x.var_axis(-1, false)
        + x.std_axis(-1, false) * x.logsumexp_axis(-1, false)
}

#[differentiable]
fn along_the_first(x: &T64, axis: usize) -> T64 {
    x.sum_axis(axis, true) * x.mean_axis(0, true)
        + x.max_axis(0, true) * x.min_axis(0, true)
        + x.prod_axis(0, true) * x.var_axis(0, true)
        + x.std_axis(0, true) * x.logsumexp_axis(0, true)
}

#[differentiable]
fn along_two_apart(x: &T64) -> T64 {
    x.sum_axis([0, 2], false) * x.mean_axis([2, 0], false)
        + x.max_axis([0, -1], false) * x.min_axis([0, 2], false)
        + x.prod_axis([0, 2], false) * x.var_axis([0, 2], false)
        + x.std_axis([0, 2], false) * x.logsumexp_axis([0, 2], false)
}

#[differentiable]
fn of_transposed(x: &T64) -> T64 {
    let y = x.transpose(0, 2);
    y.sum_axis(0, false)
        + y.max_axis(0, false) * y.prod_axis(0, false)
        + y.var_axis([0, 2], true) * y.logsumexp_axis(-1, true)
}

#[differentiable]
fn running(x: &T64) -> T64 {
    x.cumsum(-1) * x.cumprod(1) + x.cumsum(0) * x.cumprod(-2)
}

programs! {
    to_a_number { x: refer = t(&[2, 3], 1) };
    vector along_the_last { x: refer = t(&[2, 2, 3], 1) };
    vector along_the_first { x: refer = t(&[3, 2, 2], 1), axis: konst = 0 };
    vector along_two_apart { x: refer = t(&[2, 3, 2], 1) };
    vector of_transposed { x: refer = t(&[2, 3, 2], 1) };
    vector running { x: refer = t(&[3, 4], 1) };
}

/// The same by loops.
#[test]
fn sums_are_right_in_every_layout() {
    let shape = [3, 4, 5];
    let x = t(&shape, 3);
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]] {
        let y = x.permute(order);
        for axes in [
            vec![],
            vec![0],
            vec![1],
            vec![2],
            vec![0, 1],
            vec![0, 2],
            vec![1, 2],
            vec![0, 1, 2],
        ] {
            let sums = y.sum_axis(axes.clone(), true);
            let mut by_hand = Tensor::<f64>::zeros(sums.shape());
            for i in 0..y.shape()[0] {
                for j in 0..y.shape()[1] {
                    for k in 0..y.shape()[2] {
                        let at = |axis: usize, i: usize| if axes.contains(&axis) { 0 } else { i };
                        by_hand[[at(0, i), at(1, j), at(2, k)]] += y[[i, j, k]];
                    }
                }
            }
            let far = (&sums - &by_hand).abs().max();
            assert!(far < 1e-12, "{order:?} {axes:?}: {far}");
        }
    }
}

/// The rounding error of a long sum in f32 does not grow with its length.
#[test]
fn long_sums_are_accurate() {
    let x: Tensor = Tensor::full([1_000_003], 0.1);
    assert!((x.sum() / 100_000.3 - 1.0).abs() < 1e-6, "{}", x.sum());
    assert!((x.mean() / 0.1 - 1.0).abs() < 1e-6);
}

#[test]
fn ties_share_equally() {
    #[differentiable]
    fn largest(x: &T64) -> f64 {
        x.max()
    }
    #[differentiable]
    fn smallest_of_rows(x: &T64) -> f64 {
        x.min_axis(1, false).sum()
    }
    #[differentiable]
    fn largest_of_two_axes(x: &T64) -> f64 {
        x.max_axis([0, 1], false).sum()
    }
    let x = Tensor::from([[1.0, 3.0, 3.0], [3.0, 3.0, 0.0]]);
    assert_eq!(
        largest::grad(&x).to_vec(),
        [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]
    );
    assert_eq!(
        largest_of_two_axes::grad(&x).to_vec(),
        [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]
    );
    assert_eq!(
        smallest_of_rows::grad(&Tensor::from([[1.0, 1.0], [2.0, 5.0]])).to_vec(),
        [0.5, 0.5, 1.0, 0.0]
    );
}

#[test]
fn products_are_right_at_zeros() {
    #[differentiable]
    fn product(x: &T64) -> f64 {
        x.prod()
    }
    #[differentiable]
    fn last_running_product(x: &T64) -> f64 {
        x.cumprod(0).sum()
    }
    assert_eq!(
        product::grad(&Tensor::from([0.0, 2.0, 3.0])).to_vec(),
        [6.0, 0.0, 0.0]
    );
    assert_eq!(
        product::grad(&Tensor::from([0.0, 2.0, 0.0])).to_vec(),
        [0.0, 0.0, 0.0]
    );
    // x0 + x0 x1 + x0 x1 x2: 1 + x1 + x1 x2, x0 + x0 x2, x0 x1.
    assert_eq!(
        last_running_product::grad(&Tensor::from([0.0, 2.0, 3.0])).to_vec(),
        [9.0, 0.0, 0.0]
    );
    assert_eq!(
        last_running_product::grad(&Tensor::from([2.0, 0.0, 3.0])).to_vec(),
        [1.0, 8.0, 0.0]
    );
    assert_eq!(
        last_running_product::grad(&Tensor::from([0.0, 0.0, 3.0])).to_vec(),
        [1.0, 0.0, 0.0]
    );
}

#[test]
fn the_deviation_of_equal_elements_has_no_slope() {
    #[differentiable]
    fn deviation(x: &T64) -> f64 {
        x.std()
    }
    assert_eq!(
        deviation::grad(&Tensor::full([3], 2.0)).to_vec(),
        [0.0, 0.0, 0.0]
    );
}

#[test]
fn extremes_find_nan() {
    let mut x = t(&[70], 1);
    x[[41]] = f64::NAN;
    assert!(x.max().is_nan() && x.min().is_nan());
    let y = x.reshape([7, 10]);
    assert_eq!(
        y.max_axis(1, false)
            .to_vec()
            .iter()
            .filter(|m| m.is_nan())
            .count(),
        1
    );
    assert_eq!(
        y.min_axis(0, false)
            .to_vec()
            .iter()
            .filter(|m| m.is_nan())
            .count(),
        1
    );
    assert_eq!(x.argmax(), 41);
}

#[test]
fn logsumexp_does_not_overflow() {
    assert_eq!(
        Tensor::from([1000.0, 1000.0]).logsumexp(),
        1000.0 + 2.0_f64.ln()
    );
    assert_eq!(
        Tensor::from([f64::NEG_INFINITY; 2]).logsumexp(),
        f64::NEG_INFINITY
    );
    assert_eq!(
        Tensor::from([f64::INFINITY, 1.0]).logsumexp(),
        f64::INFINITY
    );
}

#[test]
fn nothing_sums_to_zero_and_has_no_mean() {
    let x = Tensor::<f64>::zeros([0, 3]);
    assert_eq!((x.sum(), x.prod()), (0.0, 1.0));
    assert_eq!(x.sum_axis(0, false).to_vec(), [0.0; 3]);
    assert_eq!(x.prod_axis(0, false).to_vec(), [1.0; 3]);
    assert_eq!(x.sum_axis(1, false).shape(), &[0]);
    assert_eq!(x.mean_axis(1, false).shape(), &[0]);
    assert_eq!(x.cumsum(0).shape(), &[0, 3]);
    assert_eq!(x.softmax(1).shape(), &[0, 3]);
}
