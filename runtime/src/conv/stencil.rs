//! Poolings and resamplings: each output looks at a few inputs, which are the same for every channel.

use super::Float;
use super::axes::{spread, walk};
use super::geometry::{images, ordered};
use super::options::{Choice, Layout, Pool, Resize};
use crate::prelude::*;
use crate::{parallel, pool};

/// What one output along an axis looks at: places and weights.
type Look = Vec<(usize, f64)>;

/// Which places of the input each place of the output looks at, and how much each weighs.
#[derive(Clone, Debug)]
pub(crate) struct Stencil {
    pub input_shape: Vec<usize>,
    pub output_shape: Vec<usize>,
    /// Where the inputs of each output begin, and where the last end.
    starts: Vec<usize>,
    inputs: Vec<usize>,
    weights: Vec<f64>,
    /// Numbers at each place, which is the channels where they stand last.
    inner: usize,
    /// Places of an image.
    places: usize,
}

/// Calls a method for as many channels at once as divide those that stand beside each other.
macro_rules! in_lanes {
    ($self:ident, $method:ident($($arg:ident),*)) => {
        match $self.inner {
            n if n.is_multiple_of(16) => $self.$method::<T, 16>($($arg),*),
            n if n.is_multiple_of(4) => $self.$method::<T, 4>($($arg),*),
            _ => $self.$method::<T, 1>($($arg),*),
        }
    };
}

impl Stencil {
    /// The windows of a pooling, and the weight that each element has in the mean.
    ///
    /// # Panics
    /// If the shape and the options do not fit.
    #[track_caller]
    pub fn pooling(op: &str, space: usize, x: &[usize], options: &Pool) -> Stencil {
        let looks = |lengths: &[usize]| windows(lengths, options);
        match Stencil::of(space, x, options.layout, looks) {
            Ok(stencil) => stencil,
            Err(why) => panic!("`{op}` of an input {x:?}: {why}"),
        }
    }

    /// The elements that are mixed where images get another size.
    ///
    /// # Panics
    /// If the shape and the options do not fit.
    #[track_caller]
    pub fn resizing(op: &str, space: usize, x: &[usize], options: &Resize) -> Stencil {
        let looks = |lengths: &[usize]| mixtures(lengths, options);
        match Stencil::of(space, x, options.layout, looks) {
            Ok(stencil) => stencil,
            Err(why) => panic!("`{op}` of an input {x:?}: {why}"),
        }
    }

    fn of(
        space: usize,
        x: &[usize],
        layout: Layout,
        looks: impl Fn(&[usize]) -> Result<Vec<Vec<Look>>, String>,
    ) -> Result<Stencil, String> {
        let (batch, channels, lengths) = images(space, x, layout)?;
        let looks = looks(&lengths)?;
        let outputs: Vec<usize> = looks.iter().map(Vec::len).collect();
        // One place that looks at one place, then axis by axis.
        let mut all: Vec<Look> = alloc::vec![alloc::vec![(0, 1.0)]];
        for (looks, len) in looks.iter().zip(&lengths) {
            all = all
                .iter()
                .flat_map(|outer| looks.iter().map(move |inner| product(outer, inner, *len)))
                .collect();
        }
        let mut starts = alloc::vec![0];
        let (mut inputs, mut weights) = (Vec::new(), Vec::new());
        for look in all {
            for (input, weight) in look {
                inputs.push(input);
                weights.push(weight);
            }
            starts.push(inputs.len());
        }
        Ok(Stencil {
            input_shape: x.to_vec(),
            output_shape: ordered(layout, batch, channels, outputs.into_iter()),
            starts,
            inputs,
            weights,
            inner: match layout {
                Layout::ChannelsFirst => 1,
                Layout::ChannelsLast => channels,
            },
            places: lengths.iter().product(),
        })
    }

    /// The numbers of an input and of an output image.
    fn sizes(&self) -> (usize, usize) {
        (
            self.places * self.inner,
            (self.starts.len() - 1) * self.inner,
        )
    }

    /// A result of images of `size` numbers each, which `run` makes of zeros.
    fn images<T: Float>(
        &self,
        shape: &[usize],
        size: usize,
        run: impl Fn(usize, &mut [T]) + Sync,
    ) -> Vec<T> {
        let mut out = pool::zeros(shape.iter().product());
        // Where there are no numbers there is nothing to do, and a chunk has at least one.
        if !out.is_empty() {
            let work = out.len() / size * self.inputs.len() * self.inner;
            parallel::chunks(&mut out, size, work, || (), |(), n, out| run(n, out));
        }
        out
    }

    /// What each output of an image looks at.
    fn looks(&self) -> impl Iterator<Item = (&[usize], &[f64])> {
        self.starts.windows(2).map(|ends| {
            let range = ends[0]..ends[1];
            (&self.inputs[range.clone()], &self.weights[range])
        })
    }

    /// The weighted sums.
    pub fn sums<T: Float>(&self, x: &[T]) -> Vec<T> {
        let ((input, output), inner) = (self.sizes(), self.inner);
        self.images(&self.output_shape, output, |n, y| {
            let x = &x[n * input..][..input];
            for ((inputs, weights), y) in self.looks().zip(y.chunks_exact_mut(inner)) {
                for (i, weight) in inputs.iter().zip(weights) {
                    add(y, &x[i * inner..][..inner], T::from_f64(*weight));
                }
            }
        })
    }

    /// The adjoint of the weighted sums.
    pub fn sums_adjoint<T: Float>(&self, y: &[T]) -> Vec<T> {
        let ((input, output), inner) = (self.sizes(), self.inner);
        self.images(&self.input_shape, input, |n, x| {
            let y = y[n * output..][..output].chunks_exact(inner);
            for ((inputs, weights), y) in self.looks().zip(y) {
                for (i, weight) in inputs.iter().zip(weights) {
                    add(&mut x[i * inner..][..inner], y, T::from_f64(*weight));
                }
            }
        })
    }

    /// The largest element of each window; NaN if there is one.
    pub fn largest<T: Float>(&self, x: &[T]) -> Vec<T> {
        in_lanes!(self, largest_of(x))
    }

    fn largest_of<T: Float, const L: usize>(&self, x: &[T]) -> Vec<T> {
        let ((input, output), inner) = (self.sizes(), self.inner);
        self.images(&self.output_shape, output, |n, y| {
            let x = &x[n * input..][..input];
            for ((inputs, _), y) in self.looks().zip(y.chunks_exact_mut(inner)) {
                let Some((first, others)) = inputs.split_first() else {
                    continue;
                };
                for (c, y) in y.as_chunks_mut::<L>().0.iter_mut().enumerate() {
                    let mut most = *lanes::<T, L>(x, first * inner + c * L);
                    for i in others {
                        let x = lanes::<T, L>(x, i * inner + c * L);
                        for l in 0..L {
                            most[l] = if x[l] > most[l] || x[l].is_nan() {
                                x[l]
                            } else {
                                most[l]
                            };
                        }
                    }
                    *y = most;
                }
            }
        })
    }

    /// Visits each element of `x` that a window of one image looks at, a few channels at a time: where it and the
    /// window's largest one, in `y`, begin, and the share that each has in being the largest.
    #[inline(always)]
    fn each_share<T: Float, const L: usize>(
        &self,
        x: &[T],
        y: &[T],
        mut visit: impl FnMut(usize, usize, &[T; L]),
    ) {
        let inner = self.inner;
        for (o, (inputs, _)) in self.looks().enumerate() {
            for c in (0..inner).step_by(L) {
                let o = o * inner + c;
                let y = lanes::<T, L>(y, o);
                let mut ties = [T::zero(); L];
                for i in inputs {
                    let x = lanes::<T, L>(x, i * inner + c);
                    for l in 0..L {
                        ties[l] += if same(x[l], y[l]) {
                            T::one()
                        } else {
                            T::zero()
                        };
                    }
                }
                let share: [T; L] = core::array::from_fn(|l| T::one() / ties[l]);
                for i in inputs {
                    let i = i * inner + c;
                    let x = lanes::<T, L>(x, i);
                    let is = |l: usize| {
                        if same(x[l], y[l]) {
                            share[l]
                        } else {
                            T::zero()
                        }
                    };
                    visit(i, o, &core::array::from_fn(is));
                }
            }
        }
    }

    /// The adjoint of the largest elements `y` of `x`, at their cotangent: equal elements share it.
    pub fn largest_adjoint<T: Float>(&self, x: &[T], y: &[T], cotangent: &[T]) -> Vec<T> {
        in_lanes!(self, largest_adjoint_of(x, y, cotangent))
    }

    fn largest_adjoint_of<T: Float, const L: usize>(&self, x: &[T], y: &[T], t: &[T]) -> Vec<T> {
        let (input, output) = self.sizes();
        self.images(&self.input_shape, input, |n, out| {
            let at = n * output..(n + 1) * output;
            let (x, y, t) = (&x[n * input..][..input], &y[at.clone()], &t[at]);
            self.each_share::<T, L>(x, y, |i, o, share| {
                add_shares(&mut out[i..i + L], lanes::<T, L>(t, o), share);
            });
        })
    }

    /// The tangent of the largest elements `y` of `x`: the mean of those of equal elements.
    pub fn largest_tangent<T: Float>(&self, x: &[T], y: &[T], tangent: &[T]) -> Vec<T> {
        in_lanes!(self, largest_tangent_of(x, y, tangent))
    }

    fn largest_tangent_of<T: Float, const L: usize>(&self, x: &[T], y: &[T], t: &[T]) -> Vec<T> {
        let (input, output) = self.sizes();
        self.images(&self.output_shape, output, |n, out| {
            let at = n * input..(n + 1) * input;
            let (x, t, y) = (&x[at.clone()], &t[at], &y[n * output..][..output]);
            self.each_share::<T, L>(x, y, |i, o, share| {
                add_shares(&mut out[o..o + L], lanes::<T, L>(t, i), share);
            });
        })
    }
}

/// A few channels from a place on.
#[inline(always)]
fn lanes<T, const L: usize>(x: &[T], from: usize) -> &[T; L] {
    match x[from..].first_chunk() {
        Some(lanes) => lanes,
        None => unreachable!("channels are visited in whole lanes"),
    }
}

/// Adds numbers times a weight.
#[inline(always)]
fn add<T: Float>(to: &mut [T], from: &[T], weight: T) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += *from * weight;
    }
}

/// Adds shares of numbers, and nothing where there is none: not `0 · inf`.
#[inline(always)]
fn add_shares<T: Float, const L: usize>(to: &mut [T], from: &[T; L], share: &[T; L]) {
    for ((to, from), share) in to.iter_mut().zip(from).zip(share) {
        *to += match *share == T::zero() {
            true => T::zero(),
            false => *from * *share,
        };
    }
}

/// Whether an element is the largest one, which NaN is where there is one.
#[inline(always)]
fn same<T: Float>(x: T, y: T) -> bool {
    x == y || x.is_nan()
}

/// What an output looks at along the axes so far and along one more.
fn product(outer: &Look, inner: &Look, len: usize) -> Look {
    let pairs = outer
        .iter()
        .flat_map(|(i, a)| inner.iter().map(move |(j, b)| (i * len + j, a * b)));
    pairs.collect()
}

/// The windows of a pooling along each axis, with the weights of a mean.
fn windows(lengths: &[usize], options: &Pool) -> Result<Vec<Vec<Look>>, String> {
    let n = lengths.len();
    let mean = |places: core::ops::Range<usize>, by: usize, all: Option<usize>| {
        let places: Vec<usize> = places.step_by(by).collect();
        let weight = 1.0 / all.unwrap_or(places.len()) as f64;
        places
            .into_iter()
            .map(|place| (place, weight))
            .collect::<Look>()
    };
    match &options.windows {
        Choice::Count(counts) => {
            if !options.stride.is_empty()
                || !options.dilation.is_empty()
                || options.padding != Default::default()
            {
                return Err("the windows follow from how many there are, and take no stride, padding or dilation".into());
            }
            let counts = spread("number of windows", counts, n, &1)?;
            let along = |(i, (len, count)): (usize, (&usize, usize))| {
                if *len == 0 && count > 0 {
                    return Err(alloc::format!(
                        "axis {i} of space has length 0, and is asked for {count} windows"
                    ));
                }
                let window =
                    |i: usize| mean(i * len / count..((i + 1) * len).div_ceil(count), 1, None);
                Ok((0..count).map(window).collect())
            };
            lengths.iter().zip(counts).enumerate().map(along).collect()
        }
        Choice::Size(sizes) => {
            let sizes = spread("window", sizes, n, &1)?;
            let dilation = spread("dilation", &options.dilation, n, &1)?;
            let stride = match &options.stride[..] {
                [] => sizes.clone(),
                given => spread("stride", given, n, &1)?,
            };
            let axes = walk(lengths, &sizes, &stride, &options.padding, &dilation)?;
            let along = |(i, axis): (usize, &super::axes::Axis)| {
                let window = |o: usize| {
                    let from = o * axis.stride;
                    // The first and the last element of the window, in the input with its padding, that are no padding.
                    let skipped = axis.low.saturating_sub(from).div_ceil(axis.dilation);
                    let first = from + skipped * axis.dilation;
                    let end =
                        (from + (axis.kernel - 1) * axis.dilation + 1).min(axis.low + axis.input);
                    if first >= end {
                        return Err(alloc::format!(
                            "along axis {i} of space, window {o} has nothing but padding: it begins at {from} - {} and the input's length is {}",
                            axis.low,
                            axis.input
                        ));
                    }
                    let all = options.count_padding.then_some(axis.kernel);
                    Ok(mean(first - axis.low..end - axis.low, axis.dilation, all))
                };
                (0..axis.output).map(window).collect()
            };
            axes.iter().enumerate().map(along).collect()
        }
    }
}

/// What is mixed along each axis where images get another size.
fn mixtures(lengths: &[usize], options: &Resize) -> Result<Vec<Vec<Look>>, String> {
    let to = spread("size", &options.to, lengths.len(), &1)?;
    let along = |(i, (len, to)): (usize, (&usize, usize))| {
        if *len == 0 && to > 0 {
            return Err(alloc::format!(
                "axis {i} of space has length 0, and cannot be brought to {to}"
            ));
        }
        let last = len.saturating_sub(1);
        let look = |o: usize| {
            let at = match options.corners {
                true => o as f64 * last as f64 / to.saturating_sub(1).max(1) as f64,
                false => (o as f64 + 0.5) * *len as f64 / to as f64 - 0.5,
            };
            let at = at.clamp(0.0, last as f64);
            let (below, part) = (at as usize, at - (at as usize) as f64);
            if !options.linear {
                return alloc::vec![((below + usize::from(part >= 0.5)).min(last), 1.0)];
            }
            if part == 0.0 {
                return alloc::vec![(below, 1.0)];
            }
            alloc::vec![(below, 1.0 - part), (below + 1, part)]
        };
        Ok((0..to).map(look).collect())
    };
    lengths.iter().zip(to).enumerate().map(along).collect()
}
