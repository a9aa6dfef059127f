//! The copy of a source: channels last, with a border of zeros.

use super::Float;
use super::geometry::Geometry;
use super::options::Layout;
use super::plan::Border;
use super::tile::transpose;
use crate::prelude::*;

/// The images on one side of a convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub layout: Layout,
    /// Lengths in space.
    pub lengths: [usize; 3],
    pub channels: usize,
    pub groups: usize,
}

impl Side {
    /// The inputs of a convolution.
    pub fn input(g: &Geometry) -> Side {
        Side {
            layout: g.layout,
            lengths: g.inputs(),
            channels: g.channels,
            groups: g.groups,
        }
    }

    /// The outputs of a convolution.
    pub fn output(g: &Geometry) -> Side {
        Side {
            lengths: g.results(),
            channels: g.outputs,
            ..Side::input(g)
        }
    }

    /// The numbers of an image.
    pub fn len(&self) -> usize {
        self.places() * self.channels
    }

    /// The places of an image.
    pub fn places(&self) -> usize {
        self.lengths.iter().product()
    }

    /// The channels of each group.
    pub fn group(&self) -> usize {
        self.channels / self.groups
    }

    /// Whether an image is its own copy.
    pub fn is_copy(&self, border: &Border) -> bool {
        self.groups == 1
            && self.layout == Layout::ChannelsLast
            && border.padded == self.lengths
            && border.low == [0; 3]
    }
}

/// How many numbers behind a copy may be read, without meaning.
pub(crate) const SLACK: usize = 64;

/// A copy of zeros.
pub(crate) fn blank<T: Float>(border: &Border, channels: usize) -> Vec<T> {
    alloc::vec![T::zero(); border.padded.iter().product::<usize>() * channels + SLACK]
}

/// Visits each row of an image that has a place in its copy: where it begins in both, in places, and how long it is.
fn each_row(side: &Side, border: &Border, mut visit: impl FnMut(usize, usize, usize)) {
    let [_, rows, columns] = border.padded;
    // What is not read is not copied.
    let [depth, height, width] =
        [0, 1, 2].map(|i| side.lengths[i].min(border.padded[i].saturating_sub(border.low[i])));
    for i in 0..depth {
        for j in 0..height {
            let to = ((i + border.low[0]) * rows + j + border.low[1]) * columns + border.low[2];
            visit((i * side.lengths[1] + j) * side.lengths[2], to, width);
        }
    }
}

/// Writes a group of an image into its copy, whose border stays as it is.
pub(crate) fn fill<T: Float>(
    copy: &mut [T],
    border: &Border,
    side: &Side,
    image: &[T],
    group: usize,
) {
    let (of, channels, places) = (side.channels, side.group(), side.places());
    let first = group * channels;
    each_row(side, border, |from, to, width| {
        let to = &mut copy[to * channels..][..width * channels];
        match side.layout {
            Layout::ChannelsLast if of == channels => {
                to.copy_from_slice(&image[from * of..][..width * channels]);
            }
            Layout::ChannelsLast => {
                let from = image[from * of..].chunks_exact(of);
                for (to, from) in to.chunks_exact_mut(channels).zip(from) {
                    to.copy_from_slice(&from[first..first + channels]);
                }
            }
            Layout::ChannelsFirst => {
                let from = &image[first * places + from..];
                transpose(from, places, to, channels, channels, width);
            }
        }
    });
}

/// Writes a copy into its group of an image.
pub(crate) fn unfill<T: Float>(
    image: &mut [T],
    border: &Border,
    side: &Side,
    copy: &[T],
    group: usize,
) {
    let (of, channels, places) = (side.channels, side.group(), side.places());
    let first = group * channels;
    each_row(side, border, |to, from, width| {
        let from = &copy[from * channels..][..width * channels];
        match side.layout {
            Layout::ChannelsLast => {
                let to = image[to * of..].chunks_exact_mut(of);
                for (to, from) in to.zip(from.chunks_exact(channels)) {
                    to[first..first + channels].copy_from_slice(from);
                }
            }
            Layout::ChannelsFirst => {
                let to = &mut image[first * places + to..];
                transpose(from, channels, to, places, width, channels);
            }
        }
    });
}
