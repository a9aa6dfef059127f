//! What a convolution reads for each position of its result, as offsets into a copy of the source that has its channels
//! last and a border of zeros.

use super::axes::Axis;
use crate::prelude::*;

/// How one axis of a result reads its source: position `j` of `count` reads at `j · step + offset` for each tap.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    pub count: usize,
    /// Where the positions stand in the result.
    pub first: usize,
    pub by: usize,
    step: usize,
    /// Index in the kernel and offset, by ascending offset.
    taps: Vec<(usize, isize)>,
}

impl Steps {
    /// Of the result of a convolution.
    pub fn forward(axis: &Axis) -> Steps {
        let taps = (0..axis.kernel)
            .map(|r| (r, (r * axis.dilation) as isize - axis.low as isize))
            .collect();
        Steps {
            count: axis.output,
            first: 0,
            by: 1,
            step: axis.stride,
            taps,
        }
    }

    /// Of its adjoint, by phases: the inputs of one phase see the same part of the kernel, and neighbours among them
    /// see neighbours among the outputs.
    pub fn adjoint(axis: &Axis) -> Vec<Steps> {
        let stride = axis.stride;
        let phase = |phase: usize| {
            let mut taps: Vec<(usize, isize)> = (0..axis.kernel)
                .filter_map(|r| {
                    let at = (phase + axis.low) as isize - (r * axis.dilation) as isize;
                    (at.rem_euclid(stride as isize) == 0).then(|| (r, at / stride as isize))
                })
                .collect();
            taps.sort_by_key(|tap| tap.1);
            Steps {
                count: (axis.input - phase).div_ceil(stride),
                first: phase,
                by: stride,
                step: 1,
                taps,
            }
        };
        (0..stride.min(axis.input)).map(phase).collect()
    }
}

/// The copy of a source: its lengths in space, and how much of a border they have in front.
#[derive(Clone, Debug)]
pub(crate) struct Border {
    pub low: [usize; 3],
    pub padded: [usize; 3],
}

impl Border {
    /// Around everything that the steps read, of which each axis has several phases.
    pub fn around(phases: [&[Steps]; 3]) -> Border {
        let (mut low, mut padded) = ([0; 3], [0; 3]);
        for (i, phases) in phases.into_iter().enumerate() {
            let (mut from, mut to) = (0, 0);
            for steps in phases {
                for (_, offset) in &steps.taps {
                    let last = (steps.count.max(1) - 1) * steps.step;
                    from = from.min(*offset);
                    to = to.max(last as isize + offset + 1);
                }
            }
            low[i] = from.unsigned_abs();
            padded[i] = (to - from) as usize;
        }
        Border { low, padded }
    }
}

/// Consecutive numbers of the source: `len` of them from `offset` behind a position's base, with the weights from
/// `start`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub offset: usize,
    pub start: usize,
    pub len: usize,
}

/// What is read for each position.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Where each position begins in the source.
    pub bases: Vec<usize>,
    pub runs: Vec<Run>,
    /// The kernel's elements in the order of the runs; each stands for all channels.
    pub taps: Vec<usize>,
    /// Channels of the source.
    pub channels: usize,
    /// Where each position stands in the result, unless position is place.
    pub places: Option<Vec<usize>>,
}

impl Plan {
    /// The plan of one phase in each axis; `kernels` and `results` are the lengths of the kernel and of the result.
    pub fn new(
        steps: [&Steps; 3],
        border: &Border,
        channels: usize,
        kernels: [usize; 3],
        results: [usize; 3],
    ) -> Plan {
        let [d, h, w] = steps;
        let [_, rows, columns] = border.padded;
        let at = |i: usize, j: usize, k: usize| (i * rows + j) * columns + k;
        let mut bases = Vec::with_capacity(d.count * h.count * w.count);
        let mut places = Vec::new();
        let dense = steps.iter().all(|s| s.by == 1);
        for i in 0..d.count {
            for j in 0..h.count {
                for k in 0..w.count {
                    bases.push(at(i * d.step, j * h.step, k * w.step) * channels);
                    if !dense {
                        let [i, j, k] = [(d, i), (h, j), (w, k)].map(|(s, i)| s.first + i * s.by);
                        places.push((i * results[1] + j) * results[2] + k);
                    }
                }
            }
        }
        let mut taps = Vec::new();
        let mut runs: Vec<Run> = Vec::new();
        let inside = |offset: isize, axis: usize| (offset + border.low[axis] as isize) as usize;
        for (r, i) in &d.taps {
            for (s, j) in &h.taps {
                for (t, k) in &w.taps {
                    let offset = at(inside(*i, 0), inside(*j, 1), inside(*k, 2)) * channels;
                    match runs.last_mut() {
                        Some(run) if run.offset + run.len == offset => run.len += channels,
                        _ => runs.push(Run {
                            offset,
                            start: taps.len() * channels,
                            len: channels,
                        }),
                    }
                    taps.push((r * kernels[1] + s) * kernels[2] + t);
                }
            }
        }
        Plan {
            bases,
            runs,
            taps,
            channels,
            places: (!dense).then_some(places),
        }
    }

    /// How many products are summed for one number of the result.
    pub fn depth(&self) -> usize {
        self.taps.len() * self.channels
    }
}

/// Weights in the order in which tiles read them: for `width` outputs at a time a panel, with a row of as many numbers
/// for each product of a sum.
#[derive(Clone, Debug)]
pub(crate) struct Panels<T> {
    pub data: Vec<T>,
    pub width: usize,
    pub depth: usize,
    pub outputs: usize,
}

/// Where weights stand: an output, a channel and a tap are so far from the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strides {
    pub output: usize,
    pub channel: usize,
}

impl<T: super::Float> Panels<T> {
    /// Panels of zeros.
    pub fn zeros(depth: usize, outputs: usize) -> Panels<T> {
        let width = T::panel(outputs);
        Panels {
            data: alloc::vec![T::zero(); outputs.div_ceil(width) * width * depth],
            width,
            depth,
            outputs,
        }
    }

    /// How many panels there are.
    pub fn count(&self) -> usize {
        self.outputs.div_ceil(self.width)
    }

    /// Of the weights of one group.
    pub fn of(plan: &Plan, outputs: usize, weights: &[T], strides: Strides) -> Panels<T> {
        let mut panels = Panels::zeros(plan.depth(), outputs);
        panels.each_row(plan, strides, |row, at| {
            for (o, to) in row.iter_mut().enumerate() {
                *to = weights[at + o * strides.output];
            }
        });
        panels
    }

    /// Adds the panels to weights of one group.
    pub fn add_to(&mut self, plan: &Plan, weights: &mut [T], strides: Strides) {
        self.each_row(plan, strides, |row, at| {
            for (o, from) in row.iter().enumerate() {
                weights[at + o * strides.output] += *from;
            }
        });
    }

    /// Visits the part of each row that stands for outputs, and where the first of these is in the weights.
    fn each_row(&mut self, plan: &Plan, strides: Strides, mut visit: impl FnMut(&mut [T], usize)) {
        let (width, depth, outputs) = (self.width, self.depth, self.outputs);
        if depth == 0 {
            return;
        }
        for (p, panel) in self.data.chunks_exact_mut(depth * width).enumerate() {
            let there = width.min(outputs - p * width);
            // In the order in which the weights stand, for the sake of the caches.
            for c in 0..plan.channels {
                for (t, tap) in plan.taps.iter().enumerate() {
                    let row = (t * plan.channels + c) * width;
                    let at = p * width * strides.output + c * strides.channel + tap;
                    visit(&mut panel[row..row + there], at);
                }
            }
        }
    }
}
