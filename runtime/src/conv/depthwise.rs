//! Convolutions whose groups have one input channel: planes that do not see each other, and too few sums for tiles.
//!
//! A plane is copied with a border of zeros and with one part for each phase of the stride, so that every element of the
//! kernel meets consecutive numbers. The rows of the result get the length of the source's: where an output of the
//! plane is `q` behind the first, the source that meets it is `q` behind as well, across the ends of rows, and one
//! loop runs over the whole plane. What it computes between the rows is left out.

use super::Float;
use super::axes::Axis;
use super::channelwise;
use super::geometry::Geometry;
use super::options::Layout;
use super::tile::transpose;
use crate::prelude::*;
use crate::{parallel, pool};

/// How many numbers behind a plane may be read, without meaning.
const SLACK: usize = 128;

/// Whether the kernels are for this convolution: with many outputs a tile of them is full all the same.
pub(super) fn fits(g: &Geometry) -> bool {
    g.group_channels() == 1 && g.group_outputs() < 8 && !channelwise::fits(g)
}

/// One axis of a plane. Element `i` of the input has the place `i + shift`, and output `o` reads at
/// `o · stride + reads[r]`.
struct Line {
    input: usize,
    output: usize,
    stride: usize,
    shift: usize,
    reads: Vec<usize>,
    /// How far, in strides, the last element of the kernel is from the output.
    reach: usize,
}

impl Line {
    fn of(axis: &Axis) -> Line {
        let shift = axis.low.next_multiple_of(axis.stride);
        let reads: Vec<usize> = (0..axis.kernel)
            .map(|r| r * axis.dilation + shift - axis.low)
            .collect();
        Line {
            input: axis.input,
            output: axis.output,
            stride: axis.stride,
            shift,
            reach: reads.last().map_or(0, |last| last / axis.stride),
            reads,
        }
    }

    /// The length of one phase of the source.
    fn len(&self) -> usize {
        self.output + self.reach
    }

    /// Phase and place in it of an element of the input.
    fn at(&self, i: usize) -> (usize, usize) {
        (
            (i + self.shift) % self.stride,
            (i + self.shift) / self.stride,
        )
    }
}

/// The three axes.
struct Planes([Line; 3]);

/// The index of three places in a block of three lengths.
fn at(lens: [usize; 3], place: [usize; 3]) -> usize {
    (place[0] * lens[1] + place[1]) * lens[2] + place[2]
}

impl Planes {
    fn of(g: &Geometry) -> Planes {
        Planes([0, 1, 2].map(|i| Line::of(&g.axes[i])))
    }

    fn map<T>(&self, f: impl Fn(&Line) -> T) -> [T; 3] {
        [f(&self.0[0]), f(&self.0[1]), f(&self.0[2])]
    }

    /// The lengths of one phase of the source.
    fn lens(&self) -> [usize; 3] {
        self.map(Line::len)
    }

    /// The numbers of the source with all its phases.
    fn size(&self) -> usize {
        self.map(|line| line.len() * line.stride).iter().product()
    }

    /// Visits each element of the kernel: the phases and the places that it meets for the first output.
    fn each_tap(&self, mut visit: impl FnMut([usize; 3], [usize; 3])) {
        let [d, h, w] = &self.0;
        for a in &d.reads {
            for b in &h.reads {
                for c in &w.reads {
                    let split = [(a, d), (b, h), (c, w)]
                        .map(|(v, line)| (v % line.stride, v / line.stride));
                    visit(split.map(|s| s.0), split.map(|s| s.1));
                }
            }
        }
    }

    /// Where in the source each element of the kernel begins.
    fn offsets(&self) -> Vec<usize> {
        let (lens, strides) = (self.lens(), self.map(|line| line.stride));
        let plane: usize = lens.iter().product();
        let mut offsets = Vec::new();
        self.each_tap(|phase, place| offsets.push(at(strides, phase) * plane + at(lens, place)));
        offsets
    }

    /// Visits each row of an input plane: where it begins there and, for each phase of the last axis, where in the
    /// source its elements go, from which element on, in steps of the stride, and how many.
    fn each_row(&self, mut visit: impl FnMut(usize, usize, usize, usize)) {
        let (lens, strides) = (self.lens(), self.map(|line| line.stride));
        let plane: usize = lens.iter().product();
        let [d, h, w] = &self.0;
        for i in 0..d.input {
            for j in 0..h.input {
                let ((p, i_at), (q, j_at)) = (d.at(i), h.at(j));
                if i_at >= lens[0] || j_at >= lens[1] {
                    continue;
                }
                for first in 0..w.stride.min(w.input) {
                    let (r, k_at) = w.at(first);
                    let there = (w.input - first)
                        .div_ceil(w.stride)
                        .min(lens[2].saturating_sub(k_at));
                    let to = at(strides, [p, q, r]) * plane + at(lens, [i_at, j_at, k_at]);
                    visit((i * h.input + j) * w.input + first, to, w.stride, there);
                }
            }
        }
    }

    /// Whether the source has a place for every element of the input.
    fn covered(&self) -> bool {
        let last = |line: &Line| (line.input - 1 + line.shift) / line.stride < line.len();
        self.0.iter().all(last)
    }

    /// Copies an input plane into the source, whose border stays as it is.
    fn fill<T: Float>(&self, source: &mut [T], x: &[T]) {
        self.each_row(|from, to, by, count| {
            let to = &mut source[to..to + count];
            match by {
                1 => copy_row(to, &x[from..from + count]),
                _ => {
                    for (to, x) in to.iter_mut().zip(x[from..].iter().step_by(by)) {
                        *to = *x;
                    }
                }
            }
        });
    }

    /// The numbers from the first output to the last, where the rows have the source's length.
    fn flat(&self) -> usize {
        at(self.lens(), self.map(|line| line.output - 1)) + 1
    }

    /// Visits each row of an output plane: where it begins there, and where in rows of the lengths `lens`.
    fn each_output_row(&self, lens: [usize; 3], mut visit: impl FnMut(usize, usize)) {
        let [d, h, w] = self.map(|line| line.output);
        for i in 0..d {
            for j in 0..h {
                visit((i * h + j) * w, at(lens, [i, j, 0]));
            }
        }
    }
}

/// With the channels first, calls `run`, and puts what it gives into the order that it should have.
fn planar<T: Float>(
    g: &Geometry,
    x: &[T],
    of: usize,
    to: usize,
    run: impl FnOnce(&Geometry, &[T]) -> Vec<T>,
) -> Vec<T> {
    if g.layout == Layout::ChannelsFirst {
        return run(g, x);
    }
    let mut first = g.clone();
    first.layout = Layout::ChannelsFirst;
    let y = run(&first, &turned(x, g.batch, of, true));
    turned(&y, g.batch, to, false)
}

/// Images with their channels in the other place; `first` says that they go to the front.
fn turned<T: Float>(x: &[T], batch: usize, channels: usize, first: bool) -> Vec<T> {
    let mut out = pool::any(x.len());
    let image = x.len() / batch;
    let places = image / channels;
    parallel::chunks(
        &mut out,
        image,
        x.len(),
        || (),
        |(), n, out| {
            let x = &x[n * image..][..image];
            match first {
                true => transpose(x, channels, out, places, places, channels),
                false => transpose(x, places, out, channels, channels, places),
            }
        },
    );
    out
}

/// The convolution.
pub(super) fn convolve<T: Float>(g: &Geometry, x: &[T], w: &[T]) -> Vec<T> {
    planar(g, x, g.channels, g.outputs, |g, x| {
        let planes = Planes::of(g);
        let (offsets, lens) = (planes.offsets(), planes.lens());
        let (input, output) = (
            g.inputs().iter().product::<usize>(),
            g.results().iter().product::<usize>(),
        );
        let width = g.results()[2];
        let mut out = pool::any(g.batch * g.outputs * output);
        let many = g.group_outputs();
        let make = || {
            let source = alloc::vec![T::zero(); planes.size() + SLACK];
            (source, alloc::vec![T::zero(); planes.flat()], Vec::new())
        };
        parallel::chunks(&mut out, many * output, g.work(), make, |own, i, ys| {
            let (source, sums, taps) = own;
            planes.fill(source, &x[i * input..][..input]);
            for (k, y) in ys.chunks_exact_mut(output).enumerate() {
                let w = &w[(i % g.channels * many + k) * offsets.len()..][..offsets.len()];
                taps.clear();
                taps.extend(offsets.iter().copied().zip(w.iter().copied()));
                sums.fill(T::zero());
                T::weighted(source, taps, sums);
                planes.each_output_row(lens, |to, from| {
                    copy_row(&mut y[to..to + width], &sums[from..from + width]);
                });
            }
        });
        out
    })
}

/// The adjoint in the input.
pub(super) fn adjoint<T: Float>(g: &Geometry, y: &[T], w: &[T]) -> Vec<T> {
    planar(g, y, g.outputs, g.channels, |g, y| {
        let planes = Planes::of(g);
        let (lens, strides) = (planes.lens(), planes.map(|line| line.stride));
        // The cotangents between zeros, so that a place in a phase of the input meets them one after the other.
        let reach = planes.map(|line| line.reach);
        let padded = planes.map(|line| line.output + 2 * line.reach);
        let phases: usize = strides.iter().product();
        let mut taps: Vec<Vec<(usize, usize)>> = alloc::vec![Vec::new(); phases];
        let mut tap = 0;
        planes.each_tap(|phase, place| {
            let offset = at(padded, [0, 1, 2].map(|i| reach[i] - place[i]));
            taps[at(strides, phase)].push((offset, tap));
            tap += 1;
        });
        let (input, output) = (
            g.inputs().iter().product::<usize>(),
            g.results().iter().product::<usize>(),
        );
        let width = g.results()[2];
        let flat = at(padded, lens.map(|len| len - 1)) + 1;
        let size = lens.iter().product::<usize>();
        let mut out = match planes.covered() {
            true => pool::any(g.batch * g.channels * input),
            false => pool::zeros(g.batch * g.channels * input),
        };
        let many = g.group_outputs();
        let make = || {
            let source = alloc::vec![T::zero(); padded.iter().product::<usize>() + SLACK];
            (source, alloc::vec![T::zero(); flat * phases], Vec::new())
        };
        parallel::chunks(&mut out, input, g.work(), make, |own, i, x| {
            let (source, sums, now) = own;
            sums.fill(T::zero());
            for k in 0..many {
                let y = &y[(i * many + k) * output..][..output];
                let w = &w[(i % g.channels * many + k) * tap..][..tap];
                planes.each_output_row(padded, |from, to| {
                    let to = to + at(padded, reach);
                    copy_row(&mut source[to..to + width], &y[from..from + width]);
                });
                for (taps, sums) in taps.iter().zip(sums.chunks_exact_mut(flat)) {
                    now.clear();
                    now.extend(taps.iter().map(|(offset, tap)| (*offset, w[*tap])));
                    T::weighted(source, now, sums);
                }
            }
            planes.each_row(|to, from, by, count| {
                // From rows of a phase to rows between the zeros.
                let (phase, place) = (from / size, from % size);
                let place = [
                    place / (lens[1] * lens[2]),
                    place / lens[2] % lens[1],
                    place % lens[2],
                ];
                let from = phase * flat + at(padded, place);
                if by == 1 {
                    copy_row(&mut x[to..to + count], &sums[from..from + count]);
                    return;
                }
                for (x, sum) in x[to..]
                    .iter_mut()
                    .step_by(by)
                    .zip(&sums[from..from + count])
                {
                    *x = *sum;
                }
            });
        });
        out
    })
}

/// The adjoint in the weights.
pub(super) fn weights_adjoint<T: Float>(g: &Geometry, x: &[T], y: &[T]) -> Vec<T> {
    if g.layout == Layout::ChannelsLast {
        let mut first = g.clone();
        first.layout = Layout::ChannelsFirst;
        let x = turned(x, g.batch, g.channels, true);
        return weights_adjoint(&first, &x, &turned(y, g.batch, g.outputs, true));
    }
    let planes = Planes::of(g);
    let (offsets, lens) = (planes.offsets(), planes.lens());
    let (input, output) = (
        g.inputs().iter().product::<usize>(),
        g.results().iter().product::<usize>(),
    );
    let width = g.results()[2];
    let mut out = alloc::vec![T::zero(); g.outputs * offsets.len()];
    let many = g.group_outputs();
    let make = || {
        let source = alloc::vec![T::zero(); planes.size() + SLACK];
        (source, alloc::vec![T::zero(); planes.flat()])
    };
    // Channel by channel, whose sums over the images are of one order whoever makes them.
    let taps = offsets.len();
    parallel::chunks(
        &mut out,
        many * taps,
        g.work(),
        make,
        |(source, seeds), c, out| {
            for n in 0..g.batch {
                planes.fill(source, &x[(n * g.channels + c) * input..][..input]);
                for (k, out) in out.chunks_exact_mut(taps).enumerate() {
                    let y = &y[(n * g.outputs + c * many + k) * output..][..output];
                    planes.each_output_row(lens, |from, to| {
                        copy_row(&mut seeds[to..to + width], &y[from..from + width]);
                    });
                    T::correlate(source, &offsets, seeds, out);
                }
            }
        },
    );
    out
}

/// Copies a row, which is short more often than not, without a call.
#[inline(always)]
fn copy_row<T: Copy>(to: &mut [T], from: &[T]) {
    const BLOCK: usize = 8;
    let len = to.len();
    if !(BLOCK..=64).contains(&len) {
        to.copy_from_slice(from);
        return;
    }
    let block = |to: &mut [T], i: usize| {
        to[i..i + BLOCK].copy_from_slice(&from[i..i + BLOCK]);
    };
    for i in 0..len / BLOCK {
        block(to, i * BLOCK);
    }
    // The last block again, with what is left.
    block(to, len - BLOCK);
}
