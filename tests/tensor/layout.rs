//! Shapes, parts and what is put together of them.

use crate::harness::programs;
use crate::t;
use ndarray::{Array2, Array3, ArrayD, array};
use pullback::tensor::Pad;
use pullback::{Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn shapes(x: &T64) -> T64 {
    let y = x.reshape([3, -1]) * 2.0;
    let z = y.flatten().square();
    let u = z.unsqueeze(0).unsqueeze(-1).squeeze([0]);
    u.reshape_as(x) * x
}

#[differentiable]
fn orders(x: &T64) -> T64 {
    let y = x.permute([2, 0, 1]).square();
    let z = y.transpose(0, -1) * x.transpose(0, 1).sum();
    z.t().t() + x.t().square().sum()
}

#[differentiable]
fn spread(x: &T64) -> T64 {
    x.broadcast_to([4, 2, 3]).square() + x.sum_axis(0, true).broadcast_as(x)
}

#[differentiable]
fn parts(x: &T64, n: usize) -> T64 {
    let mut sum = x.slice(0, 0..n) * x.slice(0, n..);
    for i in 0..n {
        sum = sum * x.slice(1, i..=i).slice(0, ..n)
            + x.select(0, i) * x.select(-1, i).sum()
            + x.slice(1, ..).sum();
    }
    sum
}

#[differentiable]
fn turned(x: &T64) -> T64 {
    x.flip(0) * x.flip([0, 1]) + x.flip(-1).square()
}

#[differentiable]
fn padded(x: &T64) -> T64 {
    let a = x.pad([(1, 2), (0, 1)], Pad::Zero).square();
    let b = x.pad([(1, 2), (0, 1)], Pad::Reflect).square();
    a + b + x.pad([(1, 2), (0, 1)], Pad::Edge).square() + x.pad([(0, 1)], Pad::Edge).sum()
}

#[differentiable]
fn joined(a: &T64, b: &T64) -> T64 {
    let c = Tensor::concat(&[a * 2.0, b.square(), a.clone()], 1);
    let d = Tensor::concat(&[c.clone(), c.square()], -2);
    let e = Tensor::stack(&[a.square(), a * 3.0], 1);
    let f = Tensor::stack(&[a.clone(), a.square()], -1);
    d * e.sum() + f.square().sum()
}

#[differentiable]
fn collected(x: &T64, n: usize) -> T64 {
    let mut rows = Vec::new();
    for i in 0..n {
        rows.push(x.select(0, i) * (i as f64 + 1.0));
    }
    Tensor::stack(&rows, 0).square()
}

#[differentiable]
fn cut(x: &T64) -> T64 {
    let parts = x.split(1, [1, 2, -1]);
    parts[0].square() * &parts[2] + parts[1].sum()
}

#[differentiable]
fn indexed(x: &T64, rows: &[usize], columns: &[usize]) -> T64 {
    x.take(0, rows).square() * x.take(-1, columns).sum() + x.embedding(rows)
}

#[differentiable]
fn gathered(x: &T64, #[constant] indices: &ArrayD<usize>) -> T64 {
    x.gather(1, indices).square()
}

#[differentiable]
fn scattered(x: &T64, parts: &T64, rows: &[usize]) -> T64 {
    x.scatter_add(parts, 0, rows).square()
}

programs! {
    vector shapes { x: refer = t(&[2, 3, 2], 1) };
    vector orders { x: refer = t(&[2, 3, 2], 1) };
    vector spread { x: refer = t(&[2, 1], 1) };
    vector parts { x: refer = t(&[4, 4], 1), n: konst = 2 };
    vector turned { x: refer = t(&[2, 3], 1) };
    vector padded { x: refer = t(&[3, 3], 1) };
    vector joined { a: refer = t(&[2, 2], 1), b: refer = t(&[2, 3], 2) };
    vector collected { x: refer = t(&[3, 2], 1), n: konst = 3 };
    vector cut { x: refer = t(&[2, 4], 1) };
    vector indexed { x: refer = t(&[3, 2], 1), rows: konst_slice = vec![2, 0, 2, 1], columns: konst_slice = vec![1, 1, 0] };
    vector scattered { x: refer = t(&[3, 2], 1), parts: refer = t(&[4, 2], 2), rows: konst_slice = vec![2, 0, 2, 1] };
}

#[test]
fn gathers_flow_back_to_where_they_came_from() {
    let x = t(&[2, 3], 1);
    let indices = array![[2, 0], [1, 1]].into_dyn();
    assert_eq!(
        x.gather(1, &indices).to_vec(),
        [x[[0, 2]], x[[0, 0]], x[[1, 1]], x[[1, 1]]]
    );
    let (_, pullback) = gathered::vjp(&x, &indices);
    let back = pullback(Tensor::ones([2, 2]));
    assert_eq!(
        back.to_vec(),
        [
            2.0 * x[[0, 0]],
            0.0,
            2.0 * x[[0, 2]],
            0.0,
            4.0 * x[[1, 1]],
            0.0
        ]
    );
    let (_, tangent) = gathered::jvp((&x, &indices), Tensor::ones([2, 3]));
    assert_eq!(tangent, x.gather(1, &indices) * 2.0);
    let columns = x.gather(0, &array![[1, 0, 1]].into_dyn());
    assert_eq!(columns.to_vec(), [x[[1, 0]], x[[0, 1]], x[[1, 2]]]);
}

/// Against the same by ndarray.
#[test]
fn views_are_those_of_ndarray() {
    let a: Array3<f64> =
        Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (i * 100 + j * 10 + k) as f64);
    let x = Tensor::from(a.clone());
    assert_eq!(
        x.permute([2, 0, 1]),
        Tensor::from(a.clone().permuted_axes([2, 0, 1]))
    );
    assert_eq!(
        x.slice(1, 1..3),
        Tensor::from(a.slice(ndarray::s![.., 1..3, ..]))
    );
    assert_eq!(
        x.slice(0, 1..),
        Tensor::from(a.slice(ndarray::s![1.., .., ..]))
    );
    assert_eq!(
        x.flip([0, 2]),
        Tensor::from(a.slice(ndarray::s![..;-1, .., ..;-1]))
    );
    assert_eq!(
        x.select(1, 2),
        Tensor::from(a.slice(ndarray::s![.., 2, ..]))
    );
    let mut turned = x.permute([2, 1, 0]);
    turned += 1.0;
    assert_eq!(turned.to_vec()[0], 1.0);
    assert_eq!(x.to_vec()[0], 0.0);
}

#[test]
fn arrays_come_and_go_without_copies() {
    let a = Array2::from_shape_fn((2, 3), |(i, j)| (i + j) as f64);
    let at = a.as_ptr();
    let x = Tensor::from(a);
    assert_eq!(x.view().as_ptr(), at);
    assert_eq!(x.clone().view().as_ptr(), at);
    assert_eq!(x.reshape([3, 2]).view().as_ptr(), at);
    assert_eq!(x.t().view().as_ptr(), at);
    let back: Array2<f64> = x.into_array();
    assert_eq!(back.as_ptr(), at);

    // Memory with gaps is copied, and so is what runs backwards.
    let gaps = Tensor::from(back.slice(ndarray::s![.., ..;2]));
    assert_eq!(gaps.to_vec(), [0.0, 2.0, 1.0, 3.0]);
    let mut backwards = back.clone();
    backwards.invert_axis(ndarray::Axis(0));
    assert_eq!(
        Tensor::from(backwards).to_vec(),
        [1.0, 2.0, 3.0, 0.0, 1.0, 2.0]
    );
}

#[test]
fn a_change_does_not_reach_clones() {
    let mut x = t(&[2, 2], 1);
    let before = x.clone();
    let kept = before.to_vec();
    x += 1.0;
    x[[0, 0]] = 7.0;
    x.as_mut_slice()[3] = 8.0;
    assert_eq!(before.to_vec(), kept);
    assert_eq!((x[[0, 0]], x[[1, 1]]), (7.0, 8.0));
}

/// An operator writes into an operand that nobody else has.
#[test]
fn owned_operands_lend_their_memory() {
    let x = t(&[2, 3], 1);
    let at = x.view().as_ptr();
    let y = (x + 1.0) * 2.0;
    assert_eq!(y.view().as_ptr(), at);
    let z = y + &t(&[3], 2);
    assert_eq!(z.view().as_ptr(), at);
    let shared = z.clone();
    let u = z + 1.0;
    assert_ne!(u.view().as_ptr(), at);
    assert_eq!(shared.view().as_ptr(), at);
}

#[test]
fn texts_are_those_of_ndarray() {
    let a = array![[1.0, 2.5], [3.0, 4.0]];
    let x = Tensor::from(a.clone());
    assert_eq!(format!("{x}"), format!("{a}"));
    assert_eq!(format!("{x:?}"), format!("{a}, shape=[2, 2]"));
}
