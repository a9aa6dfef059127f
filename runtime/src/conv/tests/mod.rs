//! The kernels beside their slow twins, over a grid of shapes.

mod naive;

use super::{Conv, Float, Geometry, Layout, Padding};
use crate::prelude::*;

/// Numbers without pattern between -1 and 1, which both types can hold.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
    };
    (0..n).map(|_| next()).collect()
}

/// Requires that two lists are the same up to rounding of sums of `terms` numbers below 1.
fn close<T: Float>(what: &str, g: &Geometry, a: &[T], b: &[f64], terms: usize, epsilon: f64) {
    assert_eq!(a.len(), b.len(), "{what}: {g:?}");
    let bound = epsilon * (terms + 4) as f64;
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!(
            (a.to_f64() - b).abs() <= bound,
            "{what} at {i}: {a:?} and {b}, {g:?}"
        );
    }
}

/// Compares the three kernels with their twins in both types, and the identity of the adjoints.
fn check(space: usize, x: &[usize], w: &[usize], options: &Conv) {
    for layout in [Layout::ChannelsFirst, Layout::ChannelsLast] {
        let mut shape = x.to_vec();
        if layout == Layout::ChannelsLast {
            shape[1..].rotate_left(1);
        }
        let options = options.clone().layout(layout);
        let g = Geometry::new("convolution", space, &shape, w, &options);
        assert_eq!(g.input_shape(), shape);
        assert_eq!(g.weights_shape(), w);
        let count = |shape: Vec<usize>| shape.iter().product::<usize>();
        let x = numbers(count(g.input_shape()), 1);
        let w = numbers(count(g.weights_shape()), 2);
        let y = numbers(count(g.output_shape()), 3);
        let depth = g.group_channels() * g.taps();
        let back = g.group_outputs() * g.taps();
        let places = g.batch * g.results().iter().product::<usize>();

        let forward = super::convolve(&g, &x, &w);
        let x_bar = super::adjoint(&g, &y, &w);
        let w_bar = super::weights_adjoint(&g, &x, &y);
        let slow = [
            naive::convolve(&g, &x, &w),
            naive::adjoint(&g, &y, &w),
            naive::weights_adjoint(&g, &x, &y),
        ];
        close("convolve", &g, &forward, &slow[0], depth, 1e-15);
        close("adjoint", &g, &x_bar, &slow[1], back, 1e-15);
        close("weights", &g, &w_bar, &slow[2], places, 1e-15);

        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (a, b, c) = (inner(&forward, &y), inner(&x, &x_bar), inner(&w, &w_bar));
        let size = 1e-13 * (1.0 + (y.len() * depth) as f64);
        assert!(
            (a - b).abs() <= size && (a - c).abs() <= size,
            "{a} {b} {c}: {g:?}"
        );

        let single = |v: &[f64]| v.iter().map(|v| *v as f32).collect::<Vec<f32>>();
        let (x, w, y) = (single(&x), single(&w), single(&y));
        close(
            "convolve",
            &g,
            &super::convolve(&g, &x, &w),
            &slow[0],
            depth,
            2e-7,
        );
        close(
            "adjoint",
            &g,
            &super::adjoint(&g, &y, &w),
            &slow[1],
            back,
            2e-7,
        );
        close(
            "weights",
            &g,
            &super::weights_adjoint(&g, &x, &y),
            &slow[2],
            places,
            2e-7,
        );
    }
}

#[test]
fn a_grid_of_shapes() {
    for (height, width) in [(1, 1), (2, 3), (5, 4), (7, 9)] {
        for (r, s) in [(1, 1), (3, 3), (2, 5), (4, 1)] {
            for (stride, dilation, padding) in [
                ([1, 1], [1, 1], Padding::Same),
                ([2, 2], [1, 1], Padding::Same),
                ([1, 2], [2, 1], Padding::from([4, 3])),
                ([3, 2], [1, 3], Padding::from([(3, 0), (7, 6)])),
                ([5, 7], [2, 2], Padding::from([(0, 6), (9, 1)])),
            ] {
                let options = Conv::new()
                    .stride(stride)
                    .dilation(dilation)
                    .padding(padding);
                check(2, &[2, 3, height, width], &[5, 3, r, s], &options);
            }
        }
    }
}

#[test]
fn few_and_many_channels() {
    for channels in [1, 2, 8, 17] {
        for outputs in [1, 3, 4, 8, 9, 16, 33] {
            let options = Conv::new().padding(1);
            check(
                2,
                &[1, channels, 6, 7],
                &[outputs, channels, 3, 3],
                &options,
            );
            check(
                2,
                &[2, channels, 5, 3],
                &[outputs, channels, 1, 1],
                &options.clone().padding(0),
            );
        }
    }
}

/// Sums that are longer than what stays in a cache, over more positions than a tile of them has.
#[test]
fn long_sums() {
    check(2, &[1, 70, 8, 25], &[17, 70, 3, 3], &Conv::new().padding(1));
    check(2, &[2, 300, 4, 4], &[18, 300, 1, 1], &Conv::new());
    check(1, &[1, 2, 900], &[3, 2, 311], &Conv::new().padding(20));
}

#[test]
fn groups() {
    for (groups, channels, outputs) in [
        (2, 4, 6),
        (3, 3, 3),
        (5, 5, 10),
        (4, 8, 4),
        (20, 20, 20),
        (33, 33, 66),
        (48, 48, 48),
    ] {
        for stride in [1, 2, 3] {
            for dilation in [1, 2] {
                let options = Conv::new()
                    .groups(groups)
                    .stride(stride)
                    .dilation(dilation)
                    .padding([(2, 1), (0, 3)]);
                check(
                    2,
                    &[2, channels, 7, 9],
                    &[outputs, channels / groups, 3, 2],
                    &options,
                );
            }
        }
    }
}

#[test]
fn nothing_at_all() {
    for (x, w) in [
        ([0, 3, 5, 5], [4, 3, 3, 3]),
        ([2, 0, 5, 5], [4, 0, 3, 3]),
        ([2, 3, 5, 5], [0, 3, 3, 3]),
        ([2, 3, 0, 5], [4, 3, 3, 3]),
    ] {
        check(2, &x, &w, &Conv::new().padding(2));
        check(2, &x, &w, &Conv::new().padding(3).stride(2));
    }
}

#[test]
fn other_numbers_of_axes() {
    check(
        1,
        &[2, 3, 11],
        &[4, 3, 3],
        &Conv::new().stride(2).padding(2),
    );
    check(
        1,
        &[2, 4, 11],
        &[4, 2, 5],
        &Conv::new().dilation(2).groups(2).padding([(4, 1)]),
    );
    check(
        3,
        &[2, 3, 4, 5, 6],
        &[4, 3, 2, 3, 3],
        &Conv::new().stride([1, 2, 1]).padding([1, 0, 2]),
    );
    check(
        3,
        &[1, 2, 5, 5, 5],
        &[2, 1, 3, 3, 3],
        &Conv::new().groups(2).stride(2).padding(Padding::Same),
    );
}

/// The input that a transposed convolution gives is one whose convolution has the given output.
#[test]
fn transposed_geometries() {
    for len in 1..6 {
        for kernel in 1..5 {
            for stride in 1..4 {
                for dilation in 1..3 {
                    for (low, high) in [(0, 0), (1, 0), (1, 2)] {
                        for more in 0..stride.max(dilation) {
                            let full = (len - 1) * stride + (kernel - 1) * dilation + 1 + more;
                            if low + high >= full {
                                continue;
                            }
                            let options = Conv::new()
                                .stride(stride)
                                .dilation(dilation)
                                .padding([(low, high)]);
                            let more = options.clone().output_padding(more);
                            let g =
                                Geometry::transposed("t", 1, &[2, 3, len], &[3, 4, kernel], &more);
                            assert_eq!(g.output_shape(), [2, 3, len]);
                            assert_eq!(g.weights_shape(), [3, 4, kernel]);
                            assert_eq!(g.input_shape(), [2, 4, full - low - high]);
                            if more.output_padding[0] < stride {
                                let forward = Geometry::new(
                                    "c",
                                    1,
                                    &g.input_shape(),
                                    &[3, 4, kernel],
                                    &options,
                                );
                                assert_eq!(forward.output_shape(), [2, 3, len]);
                            }
                        }
                    }
                    let same = Conv::new()
                        .stride(stride)
                        .dilation(dilation)
                        .padding(Padding::Same);
                    let g = Geometry::transposed("t", 1, &[2, 3, len], &[3, 4, kernel], &same);
                    assert_eq!(g.input_shape(), [2, 4, len * stride]);
                    let forward = Geometry::new("c", 1, &g.input_shape(), &[3, 4, kernel], &same);
                    assert_eq!(forward.axes, g.axes);
                }
            }
        }
    }
}
