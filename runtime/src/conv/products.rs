//! A convolution and its adjoint in the input: sums over what a plan reads.

use super::Float;
use super::destination::Destination;
use super::geometry::Geometry;
use super::options::Layout;
use super::plan::{Border, Panels, Plan, Steps, Strides};
use super::source::{Side, blank, fill};
use super::tile::{POSITIONS, Part};
use super::{channelwise, depthwise, spread};
use crate::prelude::*;
use crate::{parallel, pool};

/// The convolution of `x` with the weights `w`.
pub(crate) fn convolve<T: Float>(g: &Geometry, x: &[T], w: &[T]) -> Vec<T> {
    if g.is_empty() {
        return alloc::vec![T::zero(); g.output_shape().iter().product()];
    }
    if depthwise::fits(g) {
        return depthwise::convolve(g, x, w);
    }
    let steps = [0, 1, 2].map(|i| alloc::vec![Steps::forward(&g.axes[i])]);
    let job = Job {
        geometry: g,
        from: Side::input(g),
        to: Side::output(g),
        strides: Strides {
            output: g.group_channels() * g.taps(),
            channel: g.taps(),
        },
    };
    job.run(&steps, x, w)
}

/// The adjoint of the convolution in its input, at the cotangent `y` of its output.
pub(crate) fn adjoint<T: Float>(g: &Geometry, y: &[T], w: &[T]) -> Vec<T> {
    if g.is_empty() {
        return alloc::vec![T::zero(); g.input_shape().iter().product()];
    }
    if depthwise::fits(g) {
        return depthwise::adjoint(g, y, w);
    }
    if spread::fits::<T>(g) {
        return spread::adjoint(g, y, w);
    }
    let steps = [0, 1, 2].map(|i| Steps::adjoint(&g.axes[i]));
    let job = Job {
        geometry: g,
        from: Side::output(g),
        to: Side::input(g),
        strides: Strides {
            output: g.taps(),
            channel: g.group_channels() * g.taps(),
        },
    };
    job.run(&steps, y, w)
}

/// Sums over a source, image by image and group by group.
struct Job<'a> {
    geometry: &'a Geometry,
    /// The source and the result.
    from: Side,
    to: Side,
    strides: Strides,
}

impl Job<'_> {
    fn run<T: Float>(&self, steps: &[Vec<Steps>; 3], x: &[T], w: &[T]) -> Vec<T> {
        let (g, from, to) = (self.geometry, &self.from, &self.to);
        if channelwise::fits(g) {
            return channelwise::run(g, steps, from, to, x, w);
        }
        let (channels, outputs, results) = (from.group(), to.group(), to.lengths);
        let mut reached = 0;
        let border = Border::around([&steps[0], &steps[1], &steps[2]]);
        let kernels = [0, 1, 2].map(|i| g.axes[i].kernel);
        let mut plans = Vec::new();
        for d in &steps[0] {
            for h in &steps[1] {
                for w in &steps[2] {
                    let plan = Plan::new([d, h, w], &border, channels, kernels, results);
                    // A phase that the kernel does not reach stays zero.
                    if !plan.taps.is_empty() && !plan.bases.is_empty() {
                        reached += plan.bases.len();
                        plans.push(plan);
                    }
                }
            }
        }
        let mut out = match reached == to.places() {
            true => pool::any(g.batch * to.len()),
            false => pool::zeros(g.batch * to.len()),
        };
        let weights = w.len() / g.groups;
        let panels: Vec<Vec<Panels<T>>> = w
            .chunks_exact(weights)
            .map(|w| {
                let of = |plan| Panels::of(plan, outputs, w, self.strides);
                plans.iter().map(of).collect()
            })
            .collect();
        let make = || match from.is_copy(&border) {
            true => Vec::new(),
            false => blank(&border, channels),
        };
        let image = |n: usize| &x[n * from.len()..][..from.len()];
        if g.batch >= parallel::threads(g.work()) {
            parallel::chunks(&mut out, to.len(), g.work(), make, |copy, n, y| {
                for (group, panels) in panels.iter().enumerate() {
                    let source = source(copy, &border, from, image(n), group);
                    for (plan, panels) in plans.iter().zip(panels) {
                        let mut sums = self.whole(plan, group, y);
                        let part = Part::whole(plan, panels);
                        T::products(plan, &part, source, panels, &mut sums);
                    }
                }
            });
            return out;
        }
        let mut copy = make();
        for (n, y) in out.chunks_exact_mut(to.len()).enumerate() {
            for (group, panels) in panels.iter().enumerate() {
                let source = source(&mut copy, &border, from, image(n), group);
                for (plan, panels) in plans.iter().zip(panels) {
                    self.in_parts(plan, panels, source, group, y);
                }
            }
        }
        out
    }

    /// A whole image as where sums go.
    fn whole<'a, T>(&self, plan: &'a Plan, group: usize, image: &'a mut [T]) -> Destination<'a, T> {
        Destination::Image {
            image,
            layout: self.to.layout,
            apart: match self.to.layout {
                Layout::ChannelsFirst => self.to.places(),
                Layout::ChannelsLast => self.to.channels,
            },
            first: group * self.to.group(),
            places: plan.places.as_deref(),
        }
    }

    /// The sums of one image in parts that are consecutive in memory, for several threads.
    fn in_parts<T: Float>(
        &self,
        plan: &Plan,
        panels: &Panels<T>,
        source: &[T],
        group: usize,
        y: &mut [T],
    ) {
        let (plane, channels) = (self.to.places(), self.to.channels);
        let outputs = self.to.group();
        let work = plan.bases.len() * panels.depth * outputs;
        match self.to.layout {
            Layout::ChannelsFirst => {
                let y = &mut y[group * outputs * plane..][..outputs * plane];
                parallel::chunks(
                    y,
                    panels.width * plane,
                    work,
                    || (),
                    |(), p, image| {
                        let part = Part {
                            panels: p..p + 1,
                            ..Part::whole(plan, panels)
                        };
                        let mut sums = self.whole(plan, 0, image);
                        T::products(plan, &part, source, panels, &mut sums);
                    },
                );
            }
            Layout::ChannelsLast if plan.places.is_none() => {
                parallel::chunks(
                    y,
                    POSITIONS * channels,
                    work,
                    || (),
                    |(), i, image| {
                        let from = i * POSITIONS;
                        let part = Part {
                            positions: from..from + image.len() / channels,
                            ..Part::whole(plan, panels)
                        };
                        let mut sums = self.whole(plan, group, image);
                        T::products(plan, &part, source, panels, &mut sums);
                    },
                );
            }
            Layout::ChannelsLast => {
                let part = Part::whole(plan, panels);
                T::products(plan, &part, source, panels, &mut self.whole(plan, group, y));
            }
        }
    }
}

/// A group of an image as plans read it: the image itself, or the copy, if there is one to be filled.
pub(super) fn source<'a, T: Float>(
    copy: &'a mut [T],
    border: &Border,
    side: &Side,
    image: &'a [T],
    group: usize,
) -> &'a [T] {
    if copy.is_empty() {
        return image;
    }
    fill(copy, border, side, image, group);
    copy
}
