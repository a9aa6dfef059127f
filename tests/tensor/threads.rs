//! Results do not depend on how many threads there are, to the last bit.

use pullback::tensor::{Conv, Layout, Pool};
use pullback::{Tensor, differentiable};
use rayon::ThreadPoolBuilder;

#[differentiable]
fn convolution(x: &Tensor, w: &Tensor, #[constant] options: &Conv) -> Tensor {
    x.conv2d(w, options)
}

#[differentiable]
fn pooling(x: &Tensor, #[constant] options: &Pool) -> Tensor {
    x.max_pool2d(options)
}

#[differentiable]
fn product(a: &Tensor, b: &Tensor) -> Tensor {
    a.matmul(b)
}

#[differentiable]
fn chain(x: &Tensor, y: &Tensor) -> f32 {
    let z = (x * y + 1.0).tanh() - x;
    let rows = z.logsumexp_axis(-1, false).sum();
    rows + (z.softmax(1) * x).mean_axis([0, 2], true).square().sum() + z.sum()
}

fn bits<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> Vec<u32> {
    let each = tensors.into_iter().flat_map(Tensor::to_vec);
    each.map(f32::to_bits).collect()
}

/// Compares what `run` gives in one thread, in two and in three.
fn same_bits(what: &str, run: impl Fn() -> Vec<u32> + Sync) {
    let in_threads = |n| {
        let pool = ThreadPoolBuilder::new().num_threads(n).build();
        pool.unwrap_or_else(|e| panic!("{e}")).install(&run)
    };
    let one = in_threads(1);
    assert!(!one.is_empty());
    for n in [2, 3] {
        assert!(in_threads(n) == one, "{what} in {n} threads");
    }
}

#[test]
fn convolutions() {
    let same = Conv::new().padding(1);
    for (x, w, options) in [
        // Many images, few, and one; strides; groups; depthwise; few channels.
        ([9, 8, 12, 11], [20, 8, 3, 3], same.clone()),
        ([2, 16, 24, 24], [40, 16, 3, 3], same.clone()),
        ([1, 16, 24, 24], [40, 16, 1, 1], Conv::new()),
        ([1, 16, 24, 24], [40, 16, 3, 3], same.clone().stride(2)),
        ([3, 16, 24, 24], [40, 8, 3, 3], same.clone().groups(2)),
        ([5, 32, 24, 24], [64, 1, 3, 3], same.clone().groups(32)),
        ([1, 3, 60, 60], [32, 3, 7, 7], same.clone().stride(2)),
    ] {
        for layout in [Layout::ChannelsFirst, Layout::ChannelsLast] {
            let mut shape = x;
            if layout == Layout::ChannelsLast {
                shape[1..].rotate_left(1);
            }
            let options = options.clone().layout(layout);
            let (x, w) = (
                Tensor::normal(shape, 0.0, 1.0, 1),
                Tensor::normal(w, 0.0, 1.0, 2),
            );
            same_bits(&format!("{shape:?} {options:?}"), || {
                let (y, pullback) = convolution::vjp(&x, &w, &options);
                let (dx, dw) = pullback(y.sin());
                bits([&y, &dx, &dw])
            });
        }
    }
}

#[test]
fn poolings() {
    for shape in [[6, 40, 40, 20], [1, 80, 80, 20]] {
        let x = Tensor::normal(shape, 0.0, 1.0, 3);
        for options in [Pool::new(2), Pool::new(3).stride(2).channels_last()] {
            same_bits("pooling", || {
                let (y, pullback) = pooling::vjp(&x, &options);
                bits([&y, &pullback(y.sin())])
            });
        }
    }
}

#[test]
fn products() {
    for (a, b) in [
        (vec![500, 70], vec![70, 30]),
        (vec![6, 40, 50], vec![6, 50, 30]),
        (vec![6, 1, 40, 50], vec![5, 50, 30]),
    ] {
        let (a, b) = (
            Tensor::normal(a, 0.0, 1.0, 4),
            Tensor::normal(b, 0.0, 1.0, 5),
        );
        same_bits("products", || {
            let (y, pullback) = product::vjp(&a, &b);
            let (da, db) = pullback(y.sin());
            bits([&y, &da, &db])
        });
    }
}

#[test]
fn elements_rows_and_sums() {
    for shape in [[70, 70, 40], [2, 2, 50_000], [60_000, 1, 4]] {
        let x = Tensor::normal(shape, 0.0, 1.0, 6);
        let y = Tensor::normal([1, shape[1], shape[2]], 0.0, 1.0, 7);
        same_bits("a chain", || {
            let (value, (dx, dy)) = chain::value_and_grad(&x, &y);
            bits([&Tensor::scalar(value), &dx, &dy])
        });
    }
}
