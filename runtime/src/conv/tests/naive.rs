//! The slow twins: a loop for each index of the definition, over tensors with their channels first and in three axes of
//! space.

use crate::conv::{Geometry, Layout};
use crate::prelude::*;

/// Where an element is in an image with its channels first or last.
pub fn at(
    layout: Layout,
    len: [usize; 3],
    channels: usize,
    n: usize,
    c: usize,
    p: [usize; 3],
) -> usize {
    let place = (p[0] * len[1] + p[1]) * len[2] + p[2];
    let places = len.iter().product::<usize>();
    match layout {
        Layout::ChannelsFirst => (n * channels + c) * places + place,
        Layout::ChannelsLast => (n * places + place) * channels + c,
    }
}

/// Calls `visit` with the indices of the output, the input and the weight of each product of a convolution.
pub fn products(g: &Geometry, mut visit: impl FnMut(usize, usize, usize)) {
    let (inputs, outputs) = (g.inputs(), g.results());
    let kernels = [0, 1, 2].map(|i| g.axes[i].kernel);
    let (channels, results) = (g.group_channels(), g.group_outputs());
    for n in 0..g.batch {
        for k in 0..g.outputs {
            for o in indices(outputs) {
                for c in 0..channels {
                    for r in indices(kernels) {
                        let p = [0, 1, 2].map(|i| {
                            let axis = &g.axes[i];
                            (o[i] * axis.stride + r[i] * axis.dilation).checked_sub(axis.low)
                        });
                        let [Some(d), Some(h), Some(w)] = p else {
                            continue;
                        };
                        if d >= inputs[0] || h >= inputs[1] || w >= inputs[2] {
                            continue;
                        }
                        let channel = k / results * channels + c;
                        let x = at(g.layout, inputs, g.channels, n, channel, [d, h, w]);
                        let y = at(g.layout, outputs, g.outputs, n, k, o);
                        let tap = (r[0] * kernels[1] + r[1]) * kernels[2] + r[2];
                        visit(y, x, (k * channels + c) * g.taps() + tap);
                    }
                }
            }
        }
    }
}

fn indices(len: [usize; 3]) -> Vec<[usize; 3]> {
    let mut out = Vec::new();
    for i in 0..len[0] {
        for j in 0..len[1] {
            for k in 0..len[2] {
                out.push([i, j, k]);
            }
        }
    }
    out
}

/// The convolution.
pub fn convolve(g: &Geometry, x: &[f64], w: &[f64]) -> Vec<f64> {
    let mut y = alloc::vec![0.0; g.output_shape().iter().product()];
    products(g, |o, i, k| y[o] += x[i] * w[k]);
    y
}

/// Its adjoint in the input.
pub fn adjoint(g: &Geometry, y: &[f64], w: &[f64]) -> Vec<f64> {
    let mut x = alloc::vec![0.0; g.input_shape().iter().product()];
    products(g, |o, i, k| x[i] += y[o] * w[k]);
    x
}

/// Its adjoint in the weights.
pub fn weights_adjoint(g: &Geometry, x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut w = alloc::vec![0.0; g.weights_shape().iter().product()];
    products(g, |o, i, k| w[k] += x[i] * y[o]);
    w
}
