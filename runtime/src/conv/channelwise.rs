//! Depthwise convolutions of images with their channels last: each channel has weights of its own, so that channels
//! beside each other are the lanes of vectors.

use super::Float;
use super::geometry::Geometry;
use super::options::Layout;
use super::plan::{Border, Plan, Steps};
use super::source::{Side, blank, fill};
use super::tile::add_product;
use super::weights::Parts;
use crate::prelude::*;
use crate::{parallel, pool};
use core::array::from_fn;
use core::ops::Range;

/// Whether the kernels are for this convolution.
pub(super) fn fits(g: &Geometry) -> bool {
    g.layout == Layout::ChannelsLast
        && g.groups == g.channels
        && g.outputs == g.channels
        && g.channels >= 8
}

/// Positions whose sums are made beside each other.
const P: usize = 4;

/// A plan with all channels at each place, and where each tap is.
struct Taps {
    plan: Plan,
    offsets: Vec<usize>,
}

impl Taps {
    fn of(steps: [&Steps; 3], border: &Border, g: &Geometry, results: [usize; 3]) -> Taps {
        let kernels = [0, 1, 2].map(|i| g.axes[i].kernel);
        let plan = Plan::new(steps, border, g.channels, kernels, results);
        let starts = plan
            .runs
            .iter()
            .flat_map(|run| (0..run.len).step_by(g.channels).map(|k| run.offset + k));
        Taps {
            offsets: starts.collect(),
            plan,
        }
    }

    /// The weights of each tap, one for each channel, and zeros up to a whole vector.
    fn weights<T: Float>(&self, g: &Geometry, w: &[T]) -> Vec<T> {
        let (taps, padded) = (g.taps(), padded::<T>(g));
        let mut out = alloc::vec![T::zero(); self.offsets.len() * padded];
        for (row, tap) in out.chunks_exact_mut(padded).zip(&self.plan.taps) {
            for (c, to) in row[..g.channels].iter_mut().enumerate() {
                *to = w[c * taps + tap];
            }
        }
        out
    }
}

/// The channels and as many more as make whole vectors.
fn padded<T: Float>(g: &Geometry) -> usize {
    g.channels.next_multiple_of(T::panel(usize::MAX))
}

/// The sums of the convolution, or with the steps of the adjoint, which has several phases, of that.
pub(super) fn run<T: Float>(
    g: &Geometry,
    steps: &[Vec<Steps>; 3],
    from: &Side,
    to: &Side,
    x: &[T],
    w: &[T],
) -> Vec<T> {
    let border = Border::around([&steps[0], &steps[1], &steps[2]]);
    let mut phases = Vec::new();
    for d in &steps[0] {
        for h in &steps[1] {
            for w in &steps[2] {
                phases.push(Taps::of([d, h, w], &border, g, to.lengths));
            }
        }
    }
    let weights: Vec<Vec<T>> = phases.iter().map(|taps| taps.weights(g, w)).collect();
    // Each place is of one phase, and one that the kernel does not reach gets sums of nothing.
    let mut out = pool::any(g.batch * to.len());
    let from = Side { groups: 1, ..*from };
    let make = || blank(&border, g.channels);
    parallel::chunks(&mut out, to.len(), g.work(), make, |copy, n, y| {
        fill(copy, &border, &from, &x[n * from.len()..][..from.len()], 0);
        for (taps, weights) in phases.iter().zip(&weights) {
            T::channelwise(&taps.plan, &taps.offsets, copy, weights, y);
        }
    });
    out
}

/// The inner loops of `run`.
#[inline(always)]
pub(super) fn products<T: Float, const N: usize, const FUSED: bool>(
    plan: &Plan,
    offsets: &[usize],
    source: &[T],
    weights: &[T],
    out: &mut [T],
) {
    let channels = plan.channels;
    let padded = channels.next_multiple_of(N);
    for (block, bases) in plan.bases.chunks(P).enumerate() {
        let at: [usize; P] = from_fn(|p| bases[p.min(bases.len() - 1)]);
        for c in (0..channels).step_by(N) {
            let mut sums = [[T::zero(); N]; P];
            for (offset, weights) in offsets.iter().zip(weights.chunks_exact(padded)) {
                let weights = &weights[c..c + N];
                for p in 0..P {
                    let source = &source[at[p] + offset + c..][..N];
                    for j in 0..N {
                        sums[p][j] = add_product::<T, FUSED>(sums[p][j], weights[j], source[j]);
                    }
                }
            }
            for (p, sums) in sums[..bases.len()].iter().enumerate() {
                let place = match &plan.places {
                    None => block * P + p,
                    Some(places) => places[block * P + p],
                };
                let to = &mut out[place * channels + c..(place + 1) * channels];
                match to.first_chunk_mut::<N>() {
                    Some(to) => *to = *sums,
                    None => to.copy_from_slice(&sums[..channels - c]),
                }
            }
        }
    }
}

/// The adjoint in the weights.
pub(super) fn weights_adjoint<T: Float>(g: &Geometry, x: &[T], y: &[T]) -> Vec<T> {
    let steps = [0, 1, 2].map(|i| [Steps::forward(&g.axes[i])]);
    let border = Border::around([&steps[0], &steps[1], &steps[2]]);
    let taps = Taps::of(
        [&steps[0][0], &steps[1][0], &steps[2][0]],
        &border,
        g,
        g.results(),
    );
    let from = Side {
        groups: 1,
        ..Side::input(g)
    };
    let (image, result) = (from.len(), Side::output(g).len());
    let (size, padded) = (g.taps() * g.channels, padded::<T>(g));
    let parts = Parts::of(g, g.work(), size, taps.plan.bases.len());
    let sums = parallel::map(parts.count(), g.work(), |part| {
        let mut copy = blank(&border, g.channels);
        let mut sums = alloc::vec![T::zero(); taps.offsets.len() * padded];
        let (images, positions) = parts.get(part);
        for n in images {
            fill(&mut copy, &border, &from, &x[n * image..][..image], 0);
            let y = &y[n * result..][..result];
            T::channel_sums(
                &taps.plan,
                positions.clone(),
                &taps.offsets,
                &copy,
                y,
                &mut sums,
            );
        }
        sums
    });
    let mut out = alloc::vec![T::zero(); size];
    for sums in sums {
        for (row, tap) in sums.chunks_exact(padded).zip(&taps.plan.taps) {
            for (c, sum) in row[..g.channels].iter().enumerate() {
                out[c * g.taps() + tap] += *sum;
            }
        }
    }
    out
}

/// The inner loops of `weights_adjoint`: channels in the order of memory, a few positions at a time, so that the sums are
/// fetched and stored once for these.
#[inline(always)]
pub(super) fn sums<T: Float, const N: usize, const FUSED: bool>(
    plan: &Plan,
    positions: Range<usize>,
    offsets: &[usize],
    source: &[T],
    seeds: &[T],
    out: &mut [T],
) {
    let seeds = &seeds[positions.start * plan.channels..positions.end * plan.channels];
    let (blocks, rest) = plan.bases[positions].as_chunks::<P>();
    let (seeds, last) = seeds.split_at(blocks.len() * P * plan.channels);
    for (bases, seeds) in blocks.iter().zip(seeds.chunks_exact(P * plan.channels)) {
        add_sums::<T, P, N, FUSED>(bases, offsets, source, seeds, out);
    }
    for (base, seeds) in rest.iter().zip(last.chunks_exact(plan.channels)) {
        add_sums::<T, 1, N, FUSED>(&[*base], offsets, source, seeds, out);
    }
}

/// Adds the sums over `Q` positions.
#[inline(always)]
fn add_sums<T: Float, const Q: usize, const N: usize, const FUSED: bool>(
    bases: &[usize; Q],
    offsets: &[usize],
    source: &[T],
    seeds: &[T],
    out: &mut [T],
) {
    let channels = seeds.len() / Q;
    let padded = channels.next_multiple_of(N);
    for c in (0..channels).step_by(N) {
        let there = N.min(channels - c);
        let mut block = [[T::zero(); N]; Q];
        for (q, block) in block.iter_mut().enumerate() {
            let seeds = &seeds[q * channels + c..(q + 1) * channels];
            match seeds.first_chunk::<N>() {
                Some(seeds) => *block = *seeds,
                None => block[..there].copy_from_slice(&seeds[..there]),
            }
        }
        for (offset, out) in offsets.iter().zip(out.chunks_exact_mut(padded)) {
            let out = &mut out[c..c + N];
            let mut sum = [T::zero(); N];
            sum.copy_from_slice(out);
            for q in 0..Q {
                let source = &source[bases[q] + offset + c..][..N];
                for j in 0..N {
                    sum[j] = add_product::<T, FUSED>(sum[j], block[q][j], source[j]);
                }
            }
            out.copy_from_slice(&sum);
        }
    }
}
