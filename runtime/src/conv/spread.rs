//! The adjoint in the input where a group has few channels, so that a tile of outputs would be empty for the most part.
//! The products of each position with all weights are formed at once, and each is added to where it belongs.

use super::Float;
use super::destination::Destination;
use super::geometry::Geometry;
use super::plan::{Border, Panels, Plan, Run, Steps};
use super::source::{Side, blank, fill, unfill};
use super::tile::Part;
use crate::prelude::*;
use crate::{parallel, pool};
use core::ops::Range;

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
    let mut out = pool::zeros(g.batch * input.len());
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
    let sums = |seeds: &[T], panels: &Panels<T>, positions: Range<usize>, copy: &mut [T]| {
        let mut spread = Destination::Spread {
            copy,
            bases: &to.bases[positions.clone()],
            runs: &to.runs,
        };
        let part = Part {
            positions,
            ..Part::whole(&from, panels)
        };
        T::products(&from, &part, seeds, panels, &mut spread);
    };
    let image = |n: usize| &y[n * output.len()..][..output.len()];
    let all = to.bases.len();
    // Few images are made of several copies each, by one thread as well, so that the order of sums is always the same.
    let bands = match g.batch {
        1 | 2 => (g.work() / g.batch / BAND).clamp(1, 4),
        _ => 1,
    };
    if bands == 1 {
        let make = || (blank(&bare, outputs), blank(&border, channels));
        parallel::chunks(&mut out, input.len(), g.work(), make, |own, n, x| {
            let (seeds, copy) = own;
            for (group, panels) in each.iter().enumerate() {
                fill(seeds, &bare, &output, image(n), group);
                copy.fill(T::zero());
                sums(seeds, panels, 0..all, copy);
                unfill(x, &border, &input, copy, group);
            }
        });
        return out;
    }
    let mut seeds = blank(&bare, outputs);
    for (n, x) in out.chunks_exact_mut(input.len()).enumerate() {
        for (group, panels) in each.iter().enumerate() {
            fill(&mut seeds, &bare, &output, image(n), group);
            let copies = parallel::map(bands, g.work(), |i| {
                let mut copy = blank(&border, channels);
                let band = i * all / bands..(i + 1) * all / bands;
                sums(&seeds, panels, band, &mut copy);
                copy
            });
            let mut copies = copies.into_iter();
            let mut copy = copies.next().unwrap_or_default();
            for other in copies {
                copy.iter_mut().zip(&other).for_each(|(a, b)| *a += *b);
            }
            unfill(x, &border, &input, &copy, group);
        }
    }
    out
}

/// How many products are worth a copy of their own.
const BAND: usize = 1 << 22;
