//! Softmax, losses, norms and dropout.

use crate::harness::programs;
use crate::t;
use pullback::tensor::{Mask, Statistics};
use pullback::{Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn soft(x: &T64) -> T64 {
    x.softmax(-1) * x + x.softmax(0) * x.square() + x.log_softmax(1) * x - x.log_softmax(-2)
}

#[differentiable]
fn classified(x: &T64, labels: &[usize]) -> f64 {
    x.cross_entropy(labels) * x.square().cross_entropy(labels)
}

#[differentiable]
fn compared(x: &T64, y: &T64) -> f64 {
    x.mse(y) * x.huber(y, 0.4) + x.square().mse(&(y * 2.0))
}

#[differentiable]
fn layer(x: &T64, gamma: &T64, beta: &T64) -> T64 {
    x.layer_norm(gamma, beta, 0.01)
}

#[differentiable]
fn layer_of_two_axes(x: &T64, gamma: &T64, beta: &T64) -> T64 {
    x.layer_norm(gamma, beta, 0.01).square()
}

#[differentiable]
fn batch(x: &T64, gamma: &T64, beta: &T64) -> T64 {
    let (y, mean, var) = x.batch_norm(gamma, beta, 1, 0.01);
    y * 2.0 + (mean * var).sum()
}

#[differentiable]
fn batch_of_rows(x: &T64, gamma: &T64, beta: &T64) -> T64 {
    let (y, _, _) = x.batch_norm(gamma, beta, -1, 0.01);
    y.square()
}

#[differentiable]
fn by_statistics(x: &T64, gamma: &T64, beta: &T64) -> T64 {
    let by = Statistics {
        mean: Tensor::from([0.3, -0.2]),
        var: Tensor::from([0.7, 1.2]),
    };
    x.batch_norm_by(gamma, beta, 1, 0.01, &by).square()
}

#[differentiable]
fn groups(x: &T64, gamma: &T64, beta: &T64) -> T64 {
    x.group_norm(gamma, beta, 2, 0.01).square()
}

#[differentiable]
fn dropped(x: &T64, #[constant] kept: &Mask) -> T64 {
    x.square().dropout(0.25, kept) * x
}

/// A mask that is not said to be a constant carries no derivative all the same.
#[differentiable]
fn dropped_twice(x: &T64, kept: &Mask) -> f64 {
    dropped(&x.dropout(0.5, kept), kept).sum()
}

#[differentiable]
fn attention(q: &T64, k: &T64, v: &T64) -> T64 {
    let scores = q.matmul(&k.t()) / 2.0;
    let masked = scores.masked_fill(&!Mask::lower_triangle(3), f64::NEG_INFINITY);
    masked.softmax(-1).matmul(v)
}

programs! {
    vector soft { x: refer = t(&[3, 4], 1) };
    classified { x: refer = t(&[3, 4], 1), labels: konst_slice = vec![2, 0, 3] };
    compared { x: refer = t(&[2, 3], 1), y: refer = t(&[2, 3], 2) };
    vector layer { x: refer = t(&[2, 3, 4], 1), gamma: refer = t(&[4], 2), beta: refer = t(&[4], 3) };
    vector layer_of_two_axes { x: refer = t(&[2, 3, 2], 1), gamma: refer = t(&[3, 2], 2), beta: refer = t(&[3, 2], 3) };
    vector batch { x: refer = t(&[3, 2, 2], 1), gamma: refer = t(&[2], 2), beta: refer = t(&[2], 3) };
    vector batch_of_rows { x: refer = t(&[4, 2], 1), gamma: refer = t(&[2], 2), beta: refer = t(&[2], 3) };
    vector by_statistics { x: refer = t(&[2, 2, 2], 1), gamma: refer = t(&[2], 2), beta: refer = t(&[2], 3) };
    vector groups { x: refer = t(&[2, 4, 2], 1), gamma: refer = t(&[4], 2), beta: refer = t(&[4], 3) };
    vector attention { q: refer = t(&[2, 3, 2], 1), k: refer = t(&[2, 3, 2], 2), v: refer = t(&[2, 3, 4], 3) };
}

#[test]
fn dropout_keeps_what_the_mask_keeps() {
    let x = Tensor::from([1.0, 2.0, 3.0]);
    let kept = Mask::from_vec([3], vec![true, false, true]);
    let (y, pullback) = dropped::vjp(&x, &kept);
    assert_eq!(y.to_vec(), [1.0 / 0.75, 0.0, 27.0 / 0.75]);
    assert_eq!(
        pullback(Tensor::ones([3])).to_vec(),
        [3.0 / 0.75, 0.0, 27.0 / 0.75]
    );
}

#[test]
fn softmax_does_not_overflow() {
    let x = Tensor::from([1000.0, 0.0, -1000.0]);
    assert_eq!(x.softmax(0).to_vec(), [1.0, 0.0, 0.0]);
    assert_eq!(x.log_softmax(0).to_vec(), [0.0, -1000.0, -2000.0]);
    assert_eq!(x.unsqueeze(0).cross_entropy(&[2]), 2000.0);
}

/// By PyTorch 2 in f64: `torch.nn.functional`'s `cross_entropy`, `huber_loss` and `layer_norm` of 0, 1, … / 4.
#[test]
fn values_are_those_of_others() {
    let x: T64 = Tensor::arange(6).reshape([2, 3]) / 4.0;
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    // ln(1 + e^0.25 + e^0.5) less 0.25 · label, the mean over labels 0 and 2.
    close(
        x.cross_entropy(&[0, 2]),
        (1.0 + 0.25_f64.exp() + 0.5_f64.exp()).ln() - 0.25,
    );
    close(x.mse(&Tensor::zeros([2, 3])), 55.0 / 16.0 / 6.0);
    close(
        x.huber(&Tensor::zeros([2, 3]), 0.5),
        (0.03125 + 0.125 + 0.5 * (0.75 + 1.0 + 1.25 - 0.75)) / 6.0,
    );
    let y = x.layer_norm(&Tensor::ones([3]), &Tensor::zeros([3]), 0.0);
    close(y[[1, 2]], 1.5_f64.sqrt());
}
