//! A convolution and its adjoint in the input: sums over what a plan reads.

use super::Float;
use super::destination::Destination;
use super::geometry::Geometry;
use super::plan::{Border, Panels, Plan, Steps, Strides};
use super::source::{Side, blank, fill};
use super::{depthwise, spread};
use crate::prelude::*;

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
        let (channels, outputs, results) = (from.group(), to.group(), to.lengths);
        let mut out = alloc::vec![T::zero(); g.batch * to.len()];
        let border = Border::around([&steps[0], &steps[1], &steps[2]]);
        let kernels = [0, 1, 2].map(|i| g.axes[i].kernel);
        let mut plans = Vec::new();
        for d in &steps[0] {
            for h in &steps[1] {
                for w in &steps[2] {
                    let plan = Plan::new([d, h, w], &border, channels, kernels, results);
                    // A phase that the kernel does not reach stays zero.
                    if !plan.taps.is_empty() && !plan.bases.is_empty() {
                        plans.push(plan);
                    }
                }
            }
        }
        let weights = w.len() / g.groups;
        let direct = from.is_copy(&border);
        let mut copy = match direct {
            true => Vec::new(),
            false => blank(&border, channels),
        };
        for group in 0..g.groups {
            let w = &w[group * weights..][..weights];
            let panels: Vec<Panels<T>> = plans
                .iter()
                .map(|plan| Panels::of(plan, outputs, w, self.strides))
                .collect();
            for (x, y) in x
                .chunks_exact(from.len())
                .zip(out.chunks_exact_mut(to.len()))
            {
                if !direct {
                    fill(&mut copy, &border, from, x, group);
                }
                for (plan, panels) in plans.iter().zip(&panels) {
                    let mut sums = Destination::Image {
                        image: y,
                        layout: to.layout,
                        of: to.channels,
                        first: group * outputs,
                        places: plan.places.as_deref(),
                    };
                    T::products(plan, if direct { x } else { &copy }, panels, &mut sums);
                }
            }
        }
        out
    }
}
