//! The adjoint of a convolution in its weights.

use super::Float;
use super::depthwise;
use super::geometry::Geometry;
use super::options::Layout;
use super::plan::{Border, Panels, Plan, Steps, Strides};
use super::source::{Side, blank, fill};
use super::tile::transpose;
use crate::prelude::*;

/// Cotangents of one group of one image, in the order of panels: for each panel and position a row of its width.
pub(crate) struct Gathered<'a, T> {
    pub data: &'a [T],
}

/// The adjoint of the convolution in its weights, at the input `x` and the cotangent `y` of its output.
pub(crate) fn weights_adjoint<T: Float>(g: &Geometry, x: &[T], y: &[T]) -> Vec<T> {
    if g.is_empty() {
        return alloc::vec![T::zero(); g.weights_shape().iter().product()];
    }
    if depthwise::fits(g) {
        return depthwise::weights_adjoint(g, x, y);
    }
    let (channels, outputs, taps) = (g.group_channels(), g.group_outputs(), g.taps());
    let size = channels * outputs * taps;
    let mut out = alloc::vec![T::zero(); size * g.groups];
    let (lengths, results) = (g.inputs(), g.results());
    let plane = results.iter().product::<usize>();
    let (image, result) = (
        lengths.iter().product::<usize>() * g.channels,
        plane * g.outputs,
    );
    let steps = [0, 1, 2].map(|i| [Steps::forward(&g.axes[i])]);
    let border = Border::around([&steps[0], &steps[1], &steps[2]]);
    let kernels = [0, 1, 2].map(|i| g.axes[i].kernel);
    let plan = Plan::new(
        [&steps[0][0], &steps[1][0], &steps[2][0]],
        &border,
        channels,
        kernels,
        results,
    );
    let strides = Strides {
        output: channels * taps,
        channel: taps,
    };
    let mut copy = blank(&border, channels);
    let width = T::panel(outputs);
    let mut seeds = alloc::vec![T::zero(); outputs.div_ceil(width) * width * plane];
    for (group, out) in out.chunks_exact_mut(size).enumerate() {
        let mut panels = Panels::zeros(plan.depth(), outputs);
        for (x, y) in x.chunks_exact(image).zip(y.chunks_exact(result)) {
            fill(&mut copy, &border, &Side::input(g), x, group);
            gather(&mut seeds, width, g, group, y);
            T::gathered(&plan, &copy, &Gathered { data: &seeds }, &mut panels);
        }
        panels.add_to(&plan, out, strides);
    }
    out
}

/// Puts the cotangents of a group into the order of panels.
fn gather<T: Float>(seeds: &mut [T], width: usize, g: &Geometry, group: usize, y: &[T]) {
    let outputs = g.group_outputs();
    let plane = y.len() / g.outputs;
    for (p, seeds) in seeds.chunks_exact_mut(width * plane).enumerate() {
        let first = group * outputs + p * width;
        let there = width.min(outputs - p * width);
        match g.layout {
            Layout::ChannelsFirst => {
                transpose(&y[first * plane..], plane, seeds, width, there, plane);
            }
            Layout::ChannelsLast => {
                for (to, from) in seeds.chunks_exact_mut(width).zip(y.chunks_exact(g.outputs)) {
                    to[..there].copy_from_slice(&from[first..first + there]);
                }
            }
        }
    }
}
