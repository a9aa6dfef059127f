//! The inner loops. A tile is a few positions times a panel's width of outputs, whose sums stay in registers. They are
//! written so that the compiler makes vectors of them, for whatever instructions the function that they are inlined
//! into may use, and so that each index is checked once for a loop.

use super::Float;
use super::destination::Destination;
use super::plan::{Panels, Plan, Run};
use super::weights::Gathered;
use crate::prelude::*;
use core::array::from_fn;
use core::ops::Range;

/// Positions whose sums are kept beside each other, while a part of a panel stays in the cache.
pub(super) const POSITIONS: usize = 192;

/// Rows of a panel that stay in the first cache.
const ROWS: usize = 256;

#[inline(always)]
pub(super) fn add_product<T: Float, const FUSED: bool>(sum: T, a: T, b: T) -> T {
    if FUSED { a.fused(b, sum) } else { sum + a * b }
}

/// Adds to each sum the products along the rows of the source with a part of a panel.
#[inline(always)]
fn along<T: Float, const M: usize, const N: usize, const FUSED: bool>(
    mut sums: [[T; N]; M],
    rows: [&[T]; M],
    panel: &[[T; N]],
) -> [[T; N]; M] {
    let len = panel.len();
    let rows: [&[T]; M] = from_fn(|i| &rows[i][..len]);
    for k in 0..len {
        let b = &panel[k];
        for i in 0..M {
            let a = rows[i][k];
            for j in 0..N {
                sums[i][j] = add_product::<T, FUSED>(sums[i][j], a, b[j]);
            }
        }
    }
    sums
}

/// A part of the sums of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub positions: Range<usize>,
    pub panels: Range<usize>,
}

impl Part {
    /// All of them.
    pub fn whole<T: Float>(plan: &Plan, panels: &Panels<T>) -> Part {
        Part {
            positions: 0..plan.bases.len(),
            panels: 0..panels.count(),
        }
    }
}

/// The sums of a plan over a source, for some positions and some panels of outputs.
#[inline(always)]
pub(super) fn products<T: Float, const M: usize, const N: usize, const FUSED: bool>(
    plan: &Plan,
    part: &Part,
    source: &[T],
    panels: &Panels<T>,
    to: &mut Destination<'_, T>,
) {
    let pieces = pieces(&plan.runs);
    let mut sums = alloc::vec![[T::zero(); N]; POSITIONS];
    for from in part.positions.clone().step_by(POSITIONS) {
        let bases = &plan.bases[from..part.positions.end.min(from + POSITIONS)];
        for p in part.panels.clone() {
            let (panel, _) = panels.data[p * panels.depth * N..][..panels.depth * N].as_chunks();
            let mut first = true;
            for piece in &pieces {
                for (bases, sums) in bases.chunks(M).zip(sums.chunks_mut(M)) {
                    let bases: [usize; M] = from_fn(|i| bases[i.min(bases.len() - 1)]);
                    let mut tile = match first {
                        true => [[T::zero(); N]; M],
                        false => from_fn(|i| sums[i.min(sums.len() - 1)]),
                    };
                    for run in piece {
                        let rows: [&[T]; M] =
                            from_fn(|i| &source[bases[i] + run.offset..][..run.len]);
                        tile = along::<T, M, N, FUSED>(
                            tile,
                            rows,
                            &panel[run.start..run.start + run.len],
                        );
                    }
                    sums.copy_from_slice(&tile[..sums.len()]);
                }
                first = false;
            }
            let there = N.min(panels.outputs - p * N);
            let (from, output) = (from - part.positions.start, (p - part.panels.start) * N);
            to.take(from, output, there, &sums[..bases.len()]);
        }
    }
}

/// The runs in pieces of about `ROWS` rows.
fn pieces(runs: &[Run]) -> Vec<Vec<Run>> {
    let mut pieces: Vec<Vec<Run>> = Vec::new();
    let mut room = 0;
    for run in runs {
        let parts = run.len.div_ceil(ROWS).max(1);
        let part = run.len.div_ceil(parts);
        let mut done = 0;
        while done < run.len {
            let len = part.min(run.len - done);
            if len > room {
                pieces.push(Vec::new());
                room = ROWS;
            }
            room -= len;
            if let Some(piece) = pieces.last_mut() {
                piece.push(Run {
                    offset: run.offset + done,
                    start: run.start + done,
                    len,
                });
            }
            done += len;
        }
    }
    pieces
}

/// Adds to each row of the panels the sum over a block of positions, `POSITIONS` at most, of what that row's weights were
/// multiplied with, times the seeds of the outputs: the adjoint of `products` in the weights.
#[inline(always)]
pub(super) fn gathered<T: Float, const M: usize, const N: usize, const FUSED: bool>(
    plan: &Plan,
    positions: Range<usize>,
    source: &[T],
    seeds: &Gathered<'_, T>,
    to: &mut Panels<T>,
) {
    let count = positions.len();
    let (seeds, _) = seeds.data.as_chunks::<N>();
    let size = to.depth * N;
    let bases = &plan.bases[positions];
    let mut block = [[T::zero(); M]; POSITIONS];
    for run in &plan.runs {
        for j in (0..run.len).step_by(M) {
            // What the weights meet, beside each other for all panels.
            let there = M.min(run.len - j);
            let source = &source[run.offset + j..];
            for (block, base) in block.iter_mut().zip(bases) {
                match source[*base..].first_chunk::<M>() {
                    Some(source) => *block = *source,
                    // At the end of an image that is no copy with something behind it.
                    None => block[..there].copy_from_slice(&source[*base..*base + there]),
                }
            }
            let panels = to.data.chunks_exact_mut(size);
            for (panel, seeds) in panels.zip(seeds.chunks_exact(count)) {
                let (panel, _) = panel.as_chunks_mut::<N>();
                let rows = &mut panel[run.start + j..run.start + j + there];
                let mut tile: [[T; N]; M] = from_fn(|i| rows[i.min(rows.len() - 1)]);
                for (a, seed) in block.iter().zip(seeds) {
                    for i in 0..M {
                        for n in 0..N {
                            tile[i][n] = add_product::<T, FUSED>(tile[i][n], a[i], seed[n]);
                        }
                    }
                }
                rows.copy_from_slice(&tile[..rows.len()]);
            }
        }
    }
}

/// Writes `columns` numbers of each of `rows` rows, `apart` numbers after each other, as `columns` rows.
#[inline(always)]
pub(super) fn transpose<T: Float>(
    from: &[T],
    apart: usize,
    to: &mut [T],
    to_apart: usize,
    rows: usize,
    columns: usize,
) {
    const B: usize = 8;
    for i in (0..rows).step_by(B) {
        for j in (0..columns).step_by(B) {
            if i + B <= rows && j + B <= columns {
                let mut block = [[T::zero(); B]; B];
                for (k, row) in block.iter_mut().enumerate() {
                    row.copy_from_slice(&from[(i + k) * apart + j..][..B]);
                }
                for k in 0..B {
                    let column: [T; B] = from_fn(|l| block[l][k]);
                    to[(j + k) * to_apart + i..][..B].copy_from_slice(&column);
                }
                continue;
            }
            for k in j..columns.min(j + B) {
                for l in i..rows.min(i + B) {
                    to[k * to_apart + l] = from[l * apart + k];
                }
            }
        }
    }
}
