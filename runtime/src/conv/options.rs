//! What users say about a convolution or a pooling: stride, padding, dilation, groups and the order of the axes.

use crate::prelude::*;
use crate::tensor::{Integers, shape};

/// What stands around the input, as zeros for a convolution and as nothing for a pooling.
///
/// A number or an array converts: `1` is one element on each side of every axis, `[1, 2]` one element on each side of
/// the first axis and two of the second, `[(0, 1), (2, 2)]` gives both sides of both axes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Padding {
    /// Nothing: the kernel stays inside of the input.
    #[default]
    Valid,
    /// As much as makes the output as long as the input divided by the stride, rounded up. Where that is odd, the
    /// additional element is behind, as in TensorFlow and JAX.
    Same,
    /// As many elements in front and behind, for each axis or, if there is one pair, for every axis.
    Explicit(Vec<(usize, usize)>),
}

impl From<usize> for Padding {
    fn from(both: usize) -> Padding {
        Padding::Explicit(alloc::vec![(both, both)])
    }
}

impl<const N: usize> From<[usize; N]> for Padding {
    fn from(both: [usize; N]) -> Padding {
        Padding::Explicit(both.iter().map(|p| (*p, *p)).collect())
    }
}

impl<const N: usize> From<[(usize, usize); N]> for Padding {
    fn from(sides: [(usize, usize); N]) -> Padding {
        Padding::Explicit(sides.to_vec())
    }
}

/// The order of the axes of inputs and outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Layout {
    /// Batch, channels, then space: PyTorch's order, `NCHW`.
    #[default]
    ChannelsFirst,
    /// Batch, space, then channels: TensorFlow's order, `NHWC`.
    ChannelsLast,
}

/// How a convolution walks over its input.
///
/// Without further words: stride 1, no padding, no dilation, one group, channels first. What is given as one number
/// holds for every axis, an array gives each axis its own.
///
/// ```
/// use pullback_runtime::Tensor;
/// use pullback_runtime::tensor::{Conv, Padding};
///
/// let x: Tensor = Tensor::ones([1, 3, 8, 8]);
/// let w = Tensor::ones([16, 3, 3, 3]);
/// let y = x.conv2d(&w, &Conv::new().stride(2).padding(Padding::Same));
/// assert_eq!(y.shape(), &[1, 16, 4, 4]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Conv {
    pub(super) stride: Vec<usize>,
    pub(super) padding: Padding,
    pub(super) dilation: Vec<usize>,
    pub(super) groups: Option<usize>,
    pub(super) layout: Layout,
    pub(super) output_padding: Vec<usize>,
}

impl Conv {
    /// Stride 1, no padding, no dilation, one group, channels first.
    pub fn new() -> Conv {
        Conv::default()
    }

    /// How far the kernel moves from one output to the next, 1 or more.
    #[track_caller]
    pub fn stride(mut self, stride: impl Integers) -> Conv {
        self.stride = shape::lengths("stride", &stride);
        self
    }

    /// What stands around the input.
    pub fn padding(mut self, padding: impl Into<Padding>) -> Conv {
        self.padding = padding.into();
        self
    }

    /// The distance between neighbours of the kernel, 1 or more.
    #[track_caller]
    pub fn dilation(mut self, dilation: impl Integers) -> Conv {
        self.dilation = shape::lengths("dilation", &dilation);
        self
    }

    /// Splits the channels into groups that do not see each other. As many groups as channels make a depthwise
    /// convolution.
    pub fn groups(mut self, groups: usize) -> Conv {
        self.groups = Some(groups);
        self
    }

    /// The order of the axes of input and output; that of the weights does not change.
    pub fn layout(mut self, layout: Layout) -> Conv {
        self.layout = layout;
        self
    }

    /// [`Layout::ChannelsLast`].
    pub fn channels_last(self) -> Conv {
        self.layout(Layout::ChannelsLast)
    }

    /// For transposed convolutions alone: how many elements longer the output is than its smallest possible length.
    /// A stride of 2 leads from inputs of length 7 and of length 8 to the same output, and this says which one is meant.
    #[track_caller]
    pub fn output_padding(mut self, more: impl Integers) -> Conv {
        self.output_padding = shape::lengths("output_padding", &more);
        self
    }
}

/// How a pooling walks over its input.
///
/// The windows stand side by side unless a stride is given.
///
/// ```
/// use pullback_runtime::Tensor;
/// use pullback_runtime::tensor::Pool;
///
/// let x: Tensor = Tensor::arange(16).reshape([1, 1, 4, 4]);
/// assert_eq!(x.max_pool2d(&Pool::new(2)).to_vec(), [5.0, 7.0, 13.0, 15.0]);
/// assert_eq!(x.avg_pool2d(&Pool::new([2, 4])).to_vec(), [3.5, 11.5]);
/// assert_eq!(x.avg_pool2d(&Pool::global()).to_vec(), [7.5]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) windows: Choice,
    pub(super) stride: Vec<usize>,
    pub(super) padding: Padding,
    pub(super) dilation: Vec<usize>,
    pub(super) layout: Layout,
    pub(super) count_padding: bool,
}

/// How the windows of a pooling are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Of this size.
    Size(Vec<usize>),
    /// So that there are as many as this.
    Count(Vec<usize>),
}

impl Pool {
    fn of(windows: Choice) -> Pool {
        Pool {
            windows,
            stride: Vec::new(),
            padding: Padding::Valid,
            dilation: Vec::new(),
            layout: Layout::ChannelsFirst,
            count_padding: false,
        }
    }

    /// Windows of this size, side by side.
    #[track_caller]
    pub fn new(window: impl Integers) -> Pool {
        Pool::of(Choice::Size(shape::lengths("Pool::new", &window)))
    }

    /// As many windows as the output is to have elements, of about equal size: an adaptive pooling. Window `i` of `n`
    /// over a length `l` begins at `i · l / n`, rounded down, and ends at `(i + 1) · l / n`, rounded up.
    #[track_caller]
    pub fn to(output: impl Integers) -> Pool {
        Pool::of(Choice::Count(shape::lengths("Pool::to", &output)))
    }

    /// One window over everything. The axes of space stay, with length 1.
    pub fn global() -> Pool {
        Pool::of(Choice::Count(alloc::vec![1]))
    }

    /// How far the window moves from one output to the next, 1 or more.
    #[track_caller]
    pub fn stride(mut self, stride: impl Integers) -> Pool {
        self.stride = shape::lengths("stride", &stride);
        self
    }

    /// What stands around the input. It is never the largest element, and does not count in a mean.
    pub fn padding(mut self, padding: impl Into<Padding>) -> Pool {
        self.padding = padding.into();
        self
    }

    /// The distance between neighbours of the window, 1 or more.
    #[track_caller]
    pub fn dilation(mut self, dilation: impl Integers) -> Pool {
        self.dilation = shape::lengths("dilation", &dilation);
        self
    }

    /// The order of the axes.
    pub fn layout(mut self, layout: Layout) -> Pool {
        self.layout = layout;
        self
    }

    /// [`Layout::ChannelsLast`].
    pub fn channels_last(self) -> Pool {
        self.layout(Layout::ChannelsLast)
    }

    /// The padding counts in a mean, as elements that are zero: PyTorch's `count_include_pad`, which is on there.
    pub fn count_padding(mut self) -> Pool {
        self.count_padding = true;
        self
    }
}

/// The size that images are brought to, and how.
///
/// Positions are those of the elements' centres, as in TensorFlow 2, JAX and PyTorch with `align_corners=False`.
///
/// ```
/// use pullback_runtime::Tensor;
/// use pullback_runtime::tensor::Resize;
///
/// let x: Tensor = Tensor::from_vec([1, 1, 2], vec![0.0, 4.0]);
/// assert_eq!(x.resize1d(&Resize::nearest(4)).to_vec(), [0.0, 0.0, 4.0, 4.0]);
/// assert_eq!(x.resize1d(&Resize::linear(4)).to_vec(), [0.0, 1.0, 3.0, 4.0]);
/// assert_eq!(x.resize1d(&Resize::linear(3).align_corners()).to_vec(), [0.0, 2.0, 4.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resize {
    pub(super) to: Vec<usize>,
    pub(super) linear: bool,
    pub(super) corners: bool,
    pub(super) layout: Layout,
}

impl Resize {
    /// The element whose centre is nearest; between two, the one behind.
    #[track_caller]
    pub fn nearest(to: impl Integers) -> Resize {
        Resize {
            to: shape::lengths("Resize::nearest", &to),
            linear: false,
            corners: false,
            layout: Layout::ChannelsFirst,
        }
    }

    /// Linear between the neighbours along each axis: bilinear for images, trilinear for volumes. Outside of the
    /// outermost centres the elements there repeat. Where the result is smaller, nothing is smoothed before.
    #[track_caller]
    pub fn linear(to: impl Integers) -> Resize {
        Resize {
            linear: true,
            ..Resize::nearest(to)
        }
    }

    /// The first and the last elements keep their places: PyTorch's `align_corners=True`.
    pub fn align_corners(mut self) -> Resize {
        self.corners = true;
        self
    }

    /// The order of the axes.
    pub fn layout(mut self, layout: Layout) -> Resize {
        self.layout = layout;
        self
    }

    /// [`Layout::ChannelsLast`].
    pub fn channels_last(self) -> Resize {
        self.layout(Layout::ChannelsLast)
    }
}
