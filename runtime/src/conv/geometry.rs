//! The geometry of one convolution: everything about it that is no number of an input, checked once.

use super::axes::{Axis, spread, walk};
use super::options::{Conv, Layout, Padding};
use crate::prelude::*;

/// A convolution of `batch` images, whose weights have the shape `[outputs, channels / groups, kernel…]`.
#[derive(Clone, Debug)]
pub(crate) struct Geometry {
    pub batch: usize,
    pub groups: usize,
    /// The input's channels.
    pub channels: usize,
    /// The output's channels.
    pub outputs: usize,
    /// Three axes of space, of which the first ones are flat where there are fewer.
    pub axes: [Axis; 3],
    pub layout: Layout,
    /// How many axes of space the tensors have.
    pub space: usize,
}

impl Geometry {
    /// The geometry of `op`, a convolution of an input with weights.
    ///
    /// # Panics
    /// If the shapes and the options do not fit.
    #[track_caller]
    pub fn new(op: &str, space: usize, x: &[usize], w: &[usize], options: &Conv) -> Geometry {
        match Geometry::of(space, x, w, options) {
            Ok(geometry) => geometry,
            Err(why) => panic!("`{op}` of an input {x:?} with weights {w:?}: {why}"),
        }
    }

    /// The geometry whose adjoint is the transposed convolution of an input with weights.
    ///
    /// # Panics
    /// If the shapes and the options do not fit.
    #[track_caller]
    pub fn transposed(
        op: &str,
        space: usize,
        x: &[usize],
        w: &[usize],
        options: &Conv,
    ) -> Geometry {
        match Geometry::of_transposed(space, x, w, options) {
            Ok(geometry) => geometry,
            Err(why) => panic!("`{op}` of an input {x:?} with weights {w:?}: {why}"),
        }
    }

    fn of(space: usize, x: &[usize], w: &[usize], options: &Conv) -> Result<Geometry, String> {
        let (batch, channels, inputs) = parts(space, x, w, options.layout)?;
        if options.output_padding.iter().any(|p| *p != 0) {
            return Err("output padding is for transposed convolutions".into());
        }
        let groups = options.groups.unwrap_or(1);
        divided("input's channels", channels, groups)?;
        divided("weights' outputs, their first axis,", w[0], groups)?;
        if channels != groups * w[1] {
            return Err(alloc::format!(
                "the weights take {} channels in each of {groups} groups, {} · {groups} = {}, and the input has {channels}",
                w[1],
                w[1],
                groups * w[1]
            ));
        }
        let stride = spread("stride", &options.stride, space, &1)?;
        let dilation = spread("dilation", &options.dilation, space, &1)?;
        let axes = walk(&inputs, &w[2..], &stride, &options.padding, &dilation)?;
        Ok(Geometry {
            batch,
            groups,
            channels,
            outputs: w[0],
            axes: three(axes),
            layout: options.layout,
            space,
        })
    }

    fn of_transposed(
        space: usize,
        x: &[usize],
        w: &[usize],
        options: &Conv,
    ) -> Result<Geometry, String> {
        let (batch, outputs, lengths) = parts(space, x, w, options.layout)?;
        let groups = options.groups.unwrap_or(1);
        divided("input's channels", outputs, groups)?;
        if outputs != w[0] {
            return Err(alloc::format!(
                "the weights' first axis is for {} channels, and the input has {outputs}",
                w[0]
            ));
        }
        let stride = spread("stride", &options.stride, space, &1)?;
        let dilation = spread("dilation", &options.dilation, space, &1)?;
        let more = spread("output padding", &options.output_padding, space, &0)?;
        let sides = match &options.padding {
            Padding::Explicit(sides) => spread("padding", sides, space, &(0, 0))?,
            _ => alloc::vec![(0, 0); space],
        };
        let mut axes = Vec::with_capacity(space);
        for i in 0..space {
            let (len, kernel, stride, dilation) = (lengths[i], w[2 + i], stride[i], dilation[i]);
            for (what, value) in [
                ("kernel", kernel),
                ("stride", stride),
                ("dilation", dilation),
            ] {
                if value == 0 {
                    return Err(alloc::format!("the {what} along axis {i} of space is 0"));
                }
            }
            if len == 0 {
                return Err(alloc::format!("axis {i} of space has length 0"));
            }
            if more[i] >= stride.max(dilation) {
                return Err(alloc::format!(
                    "along axis {i} of space the output padding {} is not smaller than the stride {stride} or the dilation {dilation}",
                    more[i]
                ));
            }
            let full = (kernel - 1)
                .checked_mul(dilation)
                .and_then(|span| {
                    (len - 1)
                        .checked_mul(stride)?
                        .checked_add(span)?
                        .checked_add(1 + more[i])
                })
                .ok_or_else(|| alloc::format!("the lengths along axis {i} of space overflow"))?;
            let (low, high, input) = match options.padding {
                // The convolution with the padding `Same` whose adjoint this is has the output `len`.
                Padding::Same if more[i] == 0 => {
                    let input = len * stride;
                    let all = full.saturating_sub(input);
                    (all / 2, all - all / 2, Some(input))
                }
                Padding::Same => {
                    return Err("with the padding `Same` the output has a length already, and takes no output padding".into());
                }
                _ => {
                    let (low, high) = sides[i];
                    (low, high, full.checked_sub(low.saturating_add(high)))
                }
            };
            let Some(input) = input else {
                return Err(alloc::format!(
                    "along axis {i} of space the padding takes more than there is: ({len} - 1) · {stride} + ({kernel} - 1) · {dilation} + 1 + {} = {full}, less than {low} + {high}",
                    more[i]
                ));
            };
            axes.push(Axis {
                input,
                kernel,
                stride,
                dilation,
                low,
                high,
                output: len,
            });
        }
        Ok(Geometry {
            batch,
            groups,
            channels: groups * w[1],
            outputs,
            axes: three(axes),
            layout: options.layout,
            space,
        })
    }

    /// The shape of the convolution's input.
    pub fn input_shape(&self) -> Vec<usize> {
        self.shape(self.channels, |axis| axis.input)
    }

    /// The shape of the convolution's output.
    pub fn output_shape(&self) -> Vec<usize> {
        self.shape(self.outputs, |axis| axis.output)
    }

    /// The shape of the weights.
    pub fn weights_shape(&self) -> Vec<usize> {
        let mut shape = alloc::vec![self.outputs, self.group_channels()];
        shape.extend(self.axes[3 - self.space..].iter().map(|axis| axis.kernel));
        shape
    }

    fn shape(&self, channels: usize, len: impl Fn(&Axis) -> usize) -> Vec<usize> {
        let space = self.axes[3 - self.space..].iter().map(len);
        ordered(self.layout, self.batch, channels, space)
    }

    /// The input's channels in each group.
    pub fn group_channels(&self) -> usize {
        self.channels / self.groups
    }

    /// The output's channels in each group.
    pub fn group_outputs(&self) -> usize {
        self.outputs / self.groups
    }

    /// How many weights lead from one channel to one output.
    pub fn taps(&self) -> usize {
        self.axes.iter().map(|axis| axis.kernel).product()
    }

    /// How many products are summed, in the convolution as in its adjoints.
    pub fn work(&self) -> usize {
        let outputs = self
            .results()
            .into_iter()
            .fold(self.batch, usize::saturating_mul);
        let each = self.outputs * self.group_channels() * self.taps();
        outputs.saturating_mul(each)
    }

    /// Whether there is nothing to multiply, and every result is zeros.
    pub fn is_empty(&self) -> bool {
        self.batch * self.channels * self.outputs == 0
            || self.axes.iter().any(|axis| axis.input * axis.output == 0)
    }

    /// The input's lengths in space.
    pub fn inputs(&self) -> [usize; 3] {
        [0, 1, 2].map(|i| self.axes[i].input)
    }

    /// The output's lengths in space.
    pub fn results(&self) -> [usize; 3] {
        [0, 1, 2].map(|i| self.axes[i].output)
    }
}

/// A shape of images.
pub(super) fn ordered(
    layout: Layout,
    batch: usize,
    channels: usize,
    space: impl Iterator<Item = usize>,
) -> Vec<usize> {
    let mut shape = alloc::vec![batch];
    if layout == Layout::ChannelsFirst {
        shape.push(channels);
    }
    shape.extend(space);
    if layout == Layout::ChannelsLast {
        shape.push(channels);
    }
    shape
}

/// Batch, channels and space of a shape of images.
pub(super) fn images(
    space: usize,
    x: &[usize],
    layout: Layout,
) -> Result<(usize, usize, Vec<usize>), String> {
    if x.len() != space + 2 {
        return Err(alloc::format!(
            "the input has {} axes, and images of {space} axes of space have {}",
            x.len(),
            match layout {
                Layout::ChannelsFirst => "batch, channels and these",
                Layout::ChannelsLast => "batch, these and channels",
            }
        ));
    }
    Ok(match layout {
        Layout::ChannelsFirst => (x[0], x[1], x[2..].to_vec()),
        Layout::ChannelsLast => (x[0], x[space + 1], x[1..=space].to_vec()),
    })
}

fn parts(
    space: usize,
    x: &[usize],
    w: &[usize],
    layout: Layout,
) -> Result<(usize, usize, Vec<usize>), String> {
    if w.len() != space + 2 {
        return Err(alloc::format!(
            "the weights have {} axes, and should have {}",
            w.len(),
            space + 2
        ));
    }
    images(space, x, layout)
}

fn divided(what: &str, n: usize, groups: usize) -> Result<(), String> {
    if groups == 0 {
        return Err("there are 0 groups".into());
    }
    if !n.is_multiple_of(groups) {
        return Err(alloc::format!(
            "the {what} do not split into {groups} groups: {n} / {groups} leaves {}",
            n % groups
        ));
    }
    Ok(())
}

/// Three axes, the first ones flat.
pub(super) fn three(axes: Vec<Axis>) -> [Axis; 3] {
    let mut out = [Axis::flat(), Axis::flat(), Axis::flat()];
    let first = 3 - axes.len();
    for (to, axis) in out[first..].iter_mut().zip(axes) {
        *to = axis;
    }
    out
}
