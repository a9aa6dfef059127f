//! The inner loops of depthwise convolutions, over one plane.

use super::Float;
use super::tile::add_product;
use core::array::from_fn;

/// Adds to each number of `out` the products of the taps' weights with the source that is as far behind their offsets.
#[inline(always)]
pub(super) fn weighted<T: Float, const N: usize, const FUSED: bool>(
    source: &[T],
    taps: &[(usize, T)],
    out: &mut [T],
) {
    for (i, out) in out.chunks_mut(N).enumerate() {
        let source = &source[i * N..];
        let mut sums: [T; N] = [T::zero(); N];
        sums[..out.len()].copy_from_slice(out);
        for (offset, weight) in taps {
            let source = &source[*offset..*offset + N];
            for j in 0..N {
                sums[j] = add_product::<T, FUSED>(sums[j], *weight, source[j]);
            }
        }
        out.copy_from_slice(&sums[..out.len()]);
    }
}

/// Taps whose sums stay in registers.
const TAPS: usize = 4;

/// Adds to each number of `out` the sum of the seeds times the source that is as far behind its offset.
#[inline(always)]
pub(super) fn correlate<T: Float, const N: usize, const FUSED: bool>(
    source: &[T],
    offsets: &[usize],
    seeds: &[T],
    out: &mut [T],
) {
    let (blocks, rest) = seeds.as_chunks::<N>();
    let mut end = [T::zero(); N];
    end[..rest.len()].copy_from_slice(rest);
    for (offsets, out) in offsets.chunks(TAPS).zip(out.chunks_mut(TAPS)) {
        let sources: [&[T]; TAPS] = from_fn(|t| &source[offsets[t.min(offsets.len() - 1)]..]);
        let mut sums = [[T::zero(); N]; TAPS];
        for (i, seeds) in blocks.iter().enumerate() {
            sums = block::<T, N, FUSED>(sums, sources, i * N, seeds);
        }
        sums = block::<T, N, FUSED>(sums, sources, blocks.len() * N, &end);
        for (out, sums) in out.iter_mut().zip(&sums) {
            // In halves, since one sum after the other would wait for each.
            let mut sums = *sums;
            let mut len = N / 2;
            while len > 0 {
                for j in 0..len {
                    sums[j] += sums[j + len];
                }
                len /= 2;
            }
            *out += sums[0];
        }
    }
}

/// Adds the products of a few seeds to the sums.
#[inline(always)]
fn block<T: Float, const N: usize, const FUSED: bool>(
    mut sums: [[T; N]; TAPS],
    sources: [&[T]; TAPS],
    from: usize,
    seeds: &[T; N],
) -> [[T; N]; TAPS] {
    for t in 0..TAPS {
        // As an array, whose length the compiler knows.
        let mut source = [T::zero(); N];
        source.copy_from_slice(&sources[t][from..from + N]);
        for j in 0..N {
            sums[t][j] = add_product::<T, FUSED>(sums[t][j], seeds[j], source[j]);
        }
    }
    sums
}
