//! The adjoint of a convolution in its weights.

use super::Float;
use super::geometry::Geometry;
use super::options::Layout;
use super::plan::{Border, Panels, Plan, Steps, Strides};
use super::products::source;
use super::source::{Side, blank};
use super::tile::{POSITIONS, transpose};
use super::{channelwise, depthwise};
use crate::parallel;
use crate::prelude::*;
use core::ops::Range;

/// Cotangents of one group at a block of positions of one image, in the order of panels: for each panel and position a
/// row of its width.
pub(crate) struct Gathered<'a, T> {
    pub data: &'a [T],
}

/// The adjoint of the convolution in its weights, at the input `x` and the cotangent `y` of its output.
pub(crate) fn weights_adjoint<T: Float>(g: &Geometry, x: &[T], y: &[T]) -> Vec<T> {
    if g.is_empty() {
        return alloc::vec![T::zero(); g.weights_shape().iter().product()];
    }
    if channelwise::fits(g) {
        return channelwise::weights_adjoint(g, x, y);
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
    let width = T::panel(outputs);
    let (sides, work) = (Side::input(g), g.work() / g.groups);
    let direct = sides.is_copy(&border);
    let parts = Parts::of(g, work, size, plan.bases.len());
    for (group, out) in out.chunks_exact_mut(size).enumerate() {
        let sums = parallel::map(parts.count(), work, |part| {
            let mut copy = match direct {
                true => Vec::new(),
                false => blank(&border, channels),
            };
            let mut seeds = alloc::vec![T::zero(); outputs.div_ceil(width) * width * POSITIONS];
            let mut panels = Panels::zeros(plan.depth(), outputs);
            let (images, positions) = parts.get(part);
            for n in images {
                let (x, y) = (&x[n * image..][..image], &y[n * result..][..result]);
                let source = source(&mut copy, &border, &sides, x, group);
                for from in positions.clone().step_by(POSITIONS) {
                    let block = from..positions.end.min(from + POSITIONS);
                    gather(&mut seeds, width, g, group, y, block.clone());
                    let seeds = Gathered { data: &seeds };
                    T::gathered(&plan, block, source, &seeds, &mut panels);
                }
            }
            panels
        });
        for mut panels in sums {
            panels.add_to(&plan, out, strides);
        }
    }
    out
}

/// The parts that the sum over the images and their positions is made of, also by one thread, so that its rounding does
/// not depend on how many there are.
pub(super) struct Parts {
    batch: usize,
    positions: usize,
    /// Parts of the batch, and of each image.
    of_batch: usize,
    of_image: usize,
}

impl Parts {
    /// How many parts there are at most, and how many numbers they have together, but for one that is larger.
    const MOST: usize = 8;
    const NUMBERS: usize = 1 << 22;
    /// How many products are worth a part.
    const WORK: usize = 1 << 20;

    pub fn of(g: &Geometry, work: usize, size: usize, positions: usize) -> Parts {
        let worth = (work / Parts::WORK).min(Parts::NUMBERS / size);
        let most = worth.clamp(1, Parts::MOST);
        Parts {
            batch: g.batch,
            positions,
            of_batch: most.min(g.batch),
            of_image: (most / g.batch).clamp(1, positions.div_ceil(POSITIONS)),
        }
    }

    pub fn count(&self) -> usize {
        self.of_batch * self.of_image
    }

    /// The images of a part and its positions in each of them.
    pub fn get(&self, part: usize) -> (Range<usize>, Range<usize>) {
        let share = |i: usize, of: usize, all: usize| i * all / of..(i + 1) * all / of;
        (
            share(part / self.of_image, self.of_batch, self.batch),
            share(part % self.of_image, self.of_image, self.positions),
        )
    }
}

/// Puts the cotangents of a group, at a block of positions, into the order of panels.
fn gather<T: Float>(
    seeds: &mut [T],
    width: usize,
    g: &Geometry,
    group: usize,
    y: &[T],
    block: Range<usize>,
) {
    let (outputs, count) = (g.group_outputs(), block.len());
    let plane = y.len() / g.outputs;
    for p in 0..outputs.div_ceil(width) {
        let seeds = &mut seeds[p * width * count..][..width * count];
        let first = group * outputs + p * width;
        let there = width.min(outputs - p * width);
        match g.layout {
            Layout::ChannelsFirst => {
                let from = &y[first * plane + block.start..];
                transpose(from, plane, seeds, width, there, count);
            }
            Layout::ChannelsLast => {
                let y = y[block.start * g.outputs..].chunks_exact(g.outputs);
                for (to, from) in seeds.chunks_exact_mut(width).zip(y) {
                    to[..there].copy_from_slice(&from[first..first + there]);
                }
            }
        }
    }
}
