//! Convolutions, poolings and changes of size: in every mode, at their edges, and what is said where shapes do not fit.

use crate::harness::programs;
use crate::t;
use pullback::tensor::{Conv, Padding, Pool, Resize};
use pullback::{Differentiable, Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn plain(x: &T64, w: &T64) -> T64 {
    x.conv2d(w, &Conv::new())
}

#[differentiable]
fn everything(x: &T64, w: &T64) -> T64 {
    let options = Conv::new()
        .stride([2, 1])
        .dilation([1, 2])
        .padding([(1, 2), (2, 0)])
        .groups(2);
    x.conv2d(w, &options)
}

#[differentiable]
fn last(x: &T64, w: &T64) -> T64 {
    x.conv2d(
        w,
        &Conv::new().stride(2).padding(Padding::Same).channels_last(),
    )
}

#[differentiable]
fn depthwise(x: &T64, w: &T64, groups: usize) -> T64 {
    let options = Conv::new().groups(groups).padding(1);
    configured(x, w, &options)
}

#[differentiable]
fn configured(x: &T64, w: &T64, options: &Conv) -> T64 {
    x.conv2d(w, options)
}

#[differentiable]
fn sequence(x: &T64, w: &T64, bias: &T64) -> T64 {
    x.conv1d(w, &Conv::new().padding(1)) + bias.reshape([2, 1])
}

#[differentiable]
fn volume(x: &T64, w: &T64) -> T64 {
    x.conv3d(w, &Conv::new().padding([1, 0, 1]).stride([1, 2, 1]))
}

#[differentiable]
fn transposed(x: &T64, w: &T64) -> T64 {
    let up = x.conv_transpose2d(w, &Conv::new().stride(2).padding(1).output_padding([1, 0]));
    up.permute([0, 2, 3, 1]).conv_transpose2d(
        &(w * 0.5),
        &Conv::new().padding(Padding::Same).channels_last(),
    )
}

#[differentiable]
fn transposed_sequence(x: &T64, w: &T64) -> T64 {
    x.conv_transpose1d(w, &Conv::new().stride(3).groups(2).dilation(2))
}

#[differentiable]
fn transposed_volume(x: &T64, w: &T64) -> T64 {
    x.conv_transpose3d(w, &Conv::new().stride([1, 2, 1]).padding(Padding::Same))
}

/// The kernel is used twice and the input is its own kernel.
#[differentiable]
fn shared(x: &T64) -> T64 {
    let y = x.conv2d(x, &Conv::new().padding(1));
    y.conv2d(x, &Conv::new())
}

#[differentiable]
fn pooled(x: &T64) -> T64 {
    let largest = x.max_pool2d(&Pool::new(2).stride([1, 2]).padding([(1, 0), (0, 1)]));
    let mean = largest.avg_pool2d(&Pool::new([3, 2]).stride(1).padding(1));
    mean.avg_pool2d(&Pool::new(2).padding([0, 1]).count_padding())
}

#[differentiable]
fn pooled_last(x: &T64) -> T64 {
    let largest = x.max_pool2d(&Pool::new(2).dilation(2).stride(1).channels_last());
    largest.avg_pool2d(&Pool::to([2, 1]).channels_last())
        + x.max_pool2d(&Pool::global().channels_last())
}

#[differentiable]
fn pooled_otherwise(x: &T64, v: &T64) -> f64 {
    let a = x
        .max_pool1d(&Pool::new(3).padding(Padding::Same))
        .avg_pool1d(&Pool::to(2));
    let b = v
        .max_pool3d(&Pool::new(2).stride(1))
        .avg_pool3d(&Pool::global());
    (&a * &a).sum() * (&b * &b).sum()
}

#[differentiable]
fn resized(x: &T64) -> T64 {
    let up = x.resize2d(&Resize::linear([5, 6]));
    let corners = up.resize2d(&Resize::linear([3, 9]).align_corners());
    corners.resize2d(&Resize::nearest([7, 4]))
}

#[differentiable]
fn resized_otherwise(x: &T64, v: &T64) -> f64 {
    let a = x.resize1d(&Resize::linear(7).channels_last());
    let b = v.resize3d(&Resize::linear([3, 2, 5]));
    (&a * &a).sum() * (&b * &b).sum()
}

#[derive(Clone, Debug, Differentiable)]
struct Cnn {
    kernel: T64,
    bias: T64,
    weights: T64,
}

#[differentiable]
fn network(model: &Cnn, x: &T64) -> f64 {
    let h =
        (x.conv2d(&model.kernel, &Conv::new().padding(1)) + model.bias.reshape([-1, 1, 1])).relu();
    let h = h.max_pool2d(&Pool::new(2));
    let y = h
        .reshape([x.shape()[0] as isize, -1])
        .matmul(&model.weights);
    (&y * &y).sum()
}

#[differentiable]
fn loss(kernel: &T64, bias: &T64, weights: &T64, x: &T64) -> f64 {
    let model = Cnn {
        kernel: kernel.clone(),
        bias: bias.clone(),
        weights: weights.clone(),
    };
    network(&model, x)
}

#[differentiable]
fn singles(x: &Tensor, w: &Tensor) -> Tensor {
    x.conv2d(w, &Conv::new().padding(1))
        .avg_pool2d(&Pool::new(2))
}

programs! {
    vector plain { x: refer = t(&[2, 2, 4, 3], 1), w: refer = t(&[3, 2, 2, 3], 2) };
    vector everything { x: refer = t(&[2, 4, 5, 6], 1), w: refer = t(&[4, 2, 3, 2], 2) };
    vector last { x: refer = t(&[1, 5, 4, 2], 1), w: refer = t(&[3, 2, 3, 3], 2) };
    vector depthwise {
        x: refer = t(&[1, 3, 5, 4], 1), w: refer = t(&[6, 1, 3, 2], 2),
        groups: konst = 3
    };
    vector sequence { x: refer = t(&[2, 3, 6], 1), w: refer = t(&[2, 3, 3], 2), bias: refer = t(&[2], 3) };
    vector volume { x: refer = t(&[1, 2, 3, 4, 3], 1), w: refer = t(&[2, 2, 2, 2, 3], 2) };
    vector transposed { x: refer = t(&[1, 2, 3, 2], 1), w: refer = t(&[2, 2, 3, 3], 2) };
    vector transposed_sequence { x: refer = t(&[2, 4, 3], 1), w: refer = t(&[4, 1, 2], 2) };
    vector transposed_volume { x: refer = t(&[1, 2, 2, 2, 2], 1), w: refer = t(&[2, 1, 2, 3, 1], 2) };
    vector shared { x: refer = t(&[2, 2, 2, 2], 1) };
    vector pooled { x: refer = t(&[2, 2, 4, 5], 1) };
    vector pooled_last { x: refer = t(&[2, 5, 4, 3], 1) };
    pooled_otherwise { x: refer = t(&[1, 2, 7], 1), v: refer = t(&[1, 2, 3, 2, 3], 2) };
    vector resized { x: refer = t(&[1, 2, 3, 4], 1) };
    resized_otherwise { x: refer = t(&[2, 3, 2], 1), v: refer = t(&[1, 1, 2, 3, 2], 2) };
    loss {
        kernel: refer = t(&[3, 1, 3, 3], 1), bias: refer = t(&[3], 2), weights: refer = t(&[12, 2], 3),
        x: refer = t(&[2, 1, 4, 4], 4)
    };
}

/// A weight that the loss does not use, and an input that nobody asks for.
#[test]
fn what_is_not_asked_for_is_not_there() {
    #[differentiable]
    fn only_weights(#[constant] x: &T64, w: &T64, unused: &T64) -> f64 {
        let unused = unused * 0.0;
        x.conv2d(w, &Conv::new()).sum() + unused.sum()
    }
    let (w, _) = only_weights::grad(
        &Tensor::ones([2, 1, 3, 3]),
        &Tensor::zeros([1, 1, 2, 2]),
        &Tensor::ones([3]),
    );
    assert_eq!(w.to_vec(), [8.0; 4]);
}

/// Equal largest elements share, in both modes, as those of `max` do.
#[test]
fn ties_share() {
    #[differentiable]
    fn f(x: &T64) -> T64 {
        x.max_pool1d(&Pool::new(3))
    }
    let x = Tensor::from_vec([1, 1, 6], vec![2.0, 1.0, 2.0, 5.0, 5.0, 5.0]);
    let (y, pullback) = f::vjp(&x);
    assert_eq!(y.to_vec(), [2.0, 5.0]);
    let t = pullback(Tensor::from_vec([1, 1, 2], vec![1.0, 3.0]));
    assert_eq!(t.to_vec(), [0.5, 0.0, 0.5, 1.0, 1.0, 1.0]);
    let (_, dot) = f::jvp(
        &x,
        Tensor::from_vec([1, 1, 6], vec![1.0, 7.0, 3.0, 1.0, 2.0, 6.0]),
    );
    assert_eq!(dot.to_vec(), [2.0, 3.0]);
}

#[test]
fn nan_is_the_largest() {
    let x = Tensor::from_vec([1, 1, 4], vec![1.0, f64::NAN, 2.0, 3.0]);
    let y = x.max_pool1d(&Pool::new(2)).to_vec();
    assert!(y[0].is_nan() && y[1] == 3.0);
}

/// PyTorch 2's `F.conv_transpose1d`, `F.interpolate` and `F.adaptive_avg_pool1d`, computed by hand from their definitions.
#[test]
fn values() {
    let x = Tensor::from_vec([1, 1, 3], vec![1.0, 2.0, 3.0]);
    let w = Tensor::from_vec([1, 1, 3], vec![1.0, 10.0, 100.0]);
    let up = x.conv_transpose1d(&w, &Conv::new().stride(2));
    assert_eq!(up.to_vec(), [1.0, 10.0, 102.0, 20.0, 203.0, 30.0, 300.0]);
    let up = x.conv_transpose1d(&w, &Conv::new().stride(2).padding(1).output_padding(1));
    assert_eq!(up.to_vec(), [10.0, 102.0, 20.0, 203.0, 30.0, 300.0]);
    let same = x.conv1d(&w, &Conv::new().padding(Padding::Same));
    assert_eq!(same.to_vec(), [210.0, 321.0, 32.0]);
    let y = Tensor::arange(5).reshape([1, 1, 5]);
    assert_eq!(y.avg_pool1d(&Pool::to(3)).to_vec(), [0.5, 2.0, 3.5]);
    assert_eq!(y.max_pool1d(&Pool::to(2)).to_vec(), [2.0, 4.0]);
    let (padded, z) = (Pool::new(2).padding(1), &y + 1.0);
    assert_eq!(z.avg_pool1d(&padded).to_vec(), [1.0, 2.5, 4.5]);
    assert_eq!(
        z.avg_pool1d(&padded.count_padding()).to_vec(),
        [0.5, 2.5, 4.5]
    );
    assert_eq!(y.resize1d(&Resize::nearest(2)).to_vec(), [1.0, 3.0]);
    assert_eq!(y.resize1d(&Resize::linear(2)).to_vec(), [0.75, 3.25]);
    assert_eq!(
        y.resize1d(&Resize::linear(1).align_corners()).to_vec(),
        [0.0]
    );
}

#[test]
fn nothing_to_do() {
    let w: Tensor = Tensor::ones([4, 3, 3, 3]);
    assert_eq!(
        Tensor::ones([0, 3, 5, 5]).conv2d(&w, &Conv::new()).shape(),
        &[0, 4, 3, 3]
    );
    let none: Tensor = Tensor::ones([2, 0, 5, 5]);
    assert_eq!(none.max_pool2d(&Pool::new(2)).shape(), &[2, 0, 2, 2]);
    assert_eq!(
        none.resize2d(&Resize::linear([3, 3])).shape(),
        &[2, 0, 3, 3]
    );
    let none = none.permute([0, 2, 3, 1]);
    assert_eq!(
        none.avg_pool2d(&Pool::new(2).channels_last()).shape(),
        &[2, 2, 2, 0]
    );
    let w: Tensor = Tensor::ones([4, 0, 3, 3]);
    let y = Tensor::ones([2, 0, 5, 5]).conv2d(&w, &Conv::new());
    assert_eq!(y.to_vec(), vec![0.0; 2 * 4 * 9]);
}

/// What is said where something does not fit.
macro_rules! refusals {
    ($($name:ident: $run:expr => $text:literal;)*) => { $(
        #[test]
        #[should_panic(expected = $text)]
        fn $name() {
            let x: Tensor = Tensor::ones([2, 6, 8, 8]);
            let f: fn(Tensor) -> Tensor = $run;
            f(x);
        }
    )* };
}

refusals! {
    channels_differ: |x| x.conv2d(&Tensor::ones([4, 5, 3, 3]), &Conv::new())
        => "`conv2d` of an input [2, 6, 8, 8] with weights [4, 5, 3, 3]: the weights take 5 channels in each of 1 groups, 5 · 1 = 5, and the input has 6";
    channels_do_not_split: |x| x.conv2d(&Tensor::ones([4, 1, 3, 3]), &Conv::new().groups(4))
        => "the input's channels do not split into 4 groups: 6 / 4 leaves 2";
    no_groups: |x| x.conv2d(&Tensor::ones([4, 6, 3, 3]), &Conv::new().groups(0)) => "there are 0 groups";
    outputs_do_not_split: |x| x.conv2d(&Tensor::ones([5, 3, 3, 3]), &Conv::new().groups(2))
        => "outputs, their first axis, do not split into 2 groups: 5 / 2 leaves 1";
    kernel_too_long: |x| x.conv2d(&Tensor::ones([4, 6, 3, 3]), &Conv::new().dilation([1, 5]).padding(1))
        => "along axis 1 of space the kernel is longer than the input: (3 - 1) · 5 + 1 = 11 against 1 + 8 + 1 = 10";
    no_stride: |x| x.conv2d(&Tensor::ones([4, 6, 3, 3]), &Conv::new().stride([1, 0]))
        => "the stride along axis 1 of space is 0";
    negative_dilation: |x| x.conv2d(&Tensor::ones([4, 6, 3, 3]), &Conv::new().dilation(-1))
        => "`dilation`: -1 is no length of an axis";
    empty_kernel: |x| x.conv2d(&Tensor::ones([4, 6, 0, 3]), &Conv::new()) => "the kernel along axis 0 of space is 0";
    stride_of_three: |x| x.conv2d(&Tensor::ones([4, 6, 3, 3]), &Conv::new().stride([1, 1, 1]))
        => "the stride [1, 1, 1] is for 3 axes of space, and there are 2";
    not_images: |x| x.conv1d(&Tensor::ones([4, 6, 3]), &Conv::new()) => "the input has 4 axes";
    not_weights: |x| x.conv2d(&Tensor::ones([4, 6, 3]), &Conv::new()) => "the weights have 3 axes, and should have 4";
    transposed_channels: |x| x.conv_transpose2d(&Tensor::ones([4, 6, 3, 3]), &Conv::new())
        => "the weights' first axis is for 4 channels, and the input has 6";
    too_much_output_padding: |x| x.conv_transpose2d(&Tensor::ones([6, 1, 3, 3]), &Conv::new().stride(2).output_padding(2))
        => "the output padding 2 is not smaller than the stride 2 or the dilation 1";
    too_much_padding: |x| x.conv_transpose2d(&Tensor::ones([6, 1, 1, 1]), &Conv::new().padding(5))
        => "the padding takes more than there is: (8 - 1) · 1 + (1 - 1) · 1 + 1 + 0 = 8, less than 5 + 5";
    only_padding: |x| x.max_pool2d(&Pool::new(2).padding(2))
        => "`max_pool2d` of an input [2, 6, 8, 8]: along axis 0 of space, window 0 has nothing but padding";
    windows_with_a_stride: |x| x.avg_pool2d(&Pool::to(2).stride(2)) => "take no stride, padding or dilation";
    nothing_to_resize: |x| x.slice(2, 0..0).resize2d(&Resize::linear([2, 2]))
        => "axis 0 of space has length 0, and cannot be brought to 2";
}

/// The same function over `f32`.
#[test]
fn single_precision() {
    #[differentiable]
    fn doubles(x: &T64, w: &T64) -> T64 {
        x.conv2d(w, &Conv::new().padding(1))
            .avg_pool2d(&Pool::new(2))
    }
    let single = |x: &T64| {
        let numbers: Vec<f32> = x.to_vec().iter().map(|x| *x as f32).collect();
        Tensor::from_vec(x.shape(), numbers)
    };
    let (x, w, seed) = (
        t(&[1, 2, 4, 4], 1),
        t(&[3, 2, 3, 3], 2),
        t(&[1, 3, 2, 2], 3),
    );
    let (dx, dw) = doubles::vjp(&x, &w).1(seed.clone());
    let (sx, sw) = singles::vjp(&single(&x), &single(&w)).1(single(&seed));
    for (a, b) in [(dx, sx), (dw, sw)] {
        for (a, b) in a.to_vec().iter().zip(b.to_vec()) {
            assert!((a - f64::from(b)).abs() < 1e-6, "{a} {b}");
        }
    }
}
