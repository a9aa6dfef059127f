//! The adjoint in the input where a group has few channels, so that a tile of outputs would be empty for the most part.
//! The products of each position with all weights are formed at once, and each is added to where it belongs.

use super::Float;
use super::destination::Destination;
use super::geometry::Geometry;
use super::plan::{Border, Panels, Plan, Run, Steps};
use super::source::{Side, blank, fill, unfill};
use super::tile::Part;
use crate::parallel;
use crate::prelude::*;

/// Whether this is the better way.
pub(super) fn fits<T: Float>(g: &Geometry) -> bool {
    g.taps() > 1 && 2 * g.group_channels() <= T::panel(1) && g.group_outputs() >= 8
}

/// The adjoint of the convolution in its input, at the cotangent `y` of its output.
pub(super) fn adjoint<T: Float>(g: &Geometry, y: &[T], w: &[T]) -> Vec<T> {
    let (channels, outputs, taps) = (g.group_channels(), g.group_outputs(), g.taps());
    let steps = [0, 1, 2].map(|i| [Steps::forward(&g.axes[i])]);
    let border = Border::around([&steps[0], &steps[1], &steps[2]]);
    let kernels = [0, 1, 2].map(|i| g.axes[i].kernel);
    let to = Plan::new(
        [&steps[0][0], &steps[1][0], &steps[2][0]],
        &border,
        channels,
        kernels,
        g.results(),
    );
    // Each position of the output by itself.
    let bare = Border {
        low: [0; 3],
        padded: g.results(),
    };
    let from = Plan {
        bases: (0..to.bases.len()).map(|p| p * outputs).collect(),
        runs: alloc::vec![Run {
            offset: 0,
            start: 0,
            len: outputs,
        }],
        taps: alloc::vec![0],
        channels: outputs,
        places: None,
    };
    let (input, output) = (Side::input(g), Side::output(g));
    let mut out = alloc::vec![T::zero(); g.batch * input.len()];
    let mut each = Vec::with_capacity(g.groups);
    for w in w.chunks_exact(outputs * channels * taps) {
        let mut panels = Panels::zeros(outputs, to.depth());
        let width = panels.width;
        for (p, panel) in panels.data.chunks_exact_mut(outputs * width).enumerate() {
            for (k, row) in panel.chunks_exact_mut(width).enumerate() {
                for (o, to_weight) in row.iter_mut().enumerate() {
                    let i = p * width + o;
                    if let Some(tap) = to.taps.get(i / channels) {
                        *to_weight = w[(k * channels + i % channels) * taps + tap];
                    }
                }
            }
        }
        each.push(panels);
    }
    let make = || (blank(&bare, outputs), blank(&border, channels));
    parallel::chunks(
        &mut out,
        input.len(),
        g.work(),
        make,
        |(seeds, copy), n, x| {
            let y = &y[n * output.len()..][..output.len()];
            for (group, panels) in each.iter().enumerate() {
                fill(seeds, &bare, &output, y, group);
                copy.fill(T::zero());
                let mut spread = Destination::Spread {
                    copy,
                    bases: &to.bases,
                    runs: &to.runs,
                };
                T::products(
                    &from,
                    &Part::whole(&from, panels),
                    seeds,
                    panels,
                    &mut spread,
                );
                unfill(x, &border, &input, copy, group);
            }
        },
    );
    out
}
