//! Loops over slices in several threads, where the feature `rayon` is on and there is enough to do.
//!
//! What is computed never depends on how many threads there are: each number of a result is computed as it would be by
//! one thread, and sums over parts are made of parts whose size follows from the shapes alone.

use crate::pool::Pooled;
use crate::prelude::*;
use core::mem::MaybeUninit;
use core::ops::Range;
#[cfg(feature = "rayon")]
use rayon::prelude::*;

/// Simple operations on numbers that are worth waking a thread for.
const ENOUGH: usize = 1 << 17;
/// Parts for each thread, so that one that is late holds up little.
const PARTS: usize = 4;

/// How many threads are worth their while for so many simple operations: those of rayon's pool, or one.
pub(crate) fn threads(work: usize) -> usize {
    if cfg!(feature = "rayon") && work >= ENOUGH {
        #[cfg(feature = "rayon")]
        return rayon::current_num_threads();
    }
    1
}

/// Calls `f` for each part of `out` of `size` numbers, the last of which may be shorter, with its number and with
/// something that `make` makes once for several parts. All together are `work` simple operations.
pub(crate) fn chunks<T: Send, W>(
    out: &mut [T],
    size: usize,
    work: usize,
    make: impl Fn() -> W + Sync,
    f: impl Fn(&mut W, usize, &mut [T]) + Sync,
) {
    let run = |first: usize, out: &mut [T]| {
        let mut own = make();
        for (i, part) in out.chunks_mut(size).enumerate() {
            f(&mut own, first + i, part);
        }
    };
    #[cfg(feature = "rayon")]
    {
        let (threads, count) = (threads(work), out.len().div_ceil(size));
        if threads > 1 && count > 1 {
            let several = count.div_ceil(threads * PARTS);
            out.par_chunks_mut(several * size)
                .enumerate()
                .for_each(|(i, out)| run(i * several, out));
            return;
        }
    }
    let _ = work;
    run(0, out);
}

/// `f` of 0 up to `count`, in order.
pub(crate) fn map<T: Send>(
    count: usize,
    work: usize,
    f: impl Fn(usize) -> T + Send + Sync,
) -> Vec<T> {
    #[cfg(feature = "rayon")]
    if threads(work) > 1 {
        return (0..count).into_par_iter().map(f).collect();
    }
    let _ = work;
    (0..count).map(f).collect()
}

/// Both, at once if the second thread is worth its while.
pub(crate) fn both<A: Send, B: Send>(
    work: usize,
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(feature = "rayon")]
    if threads(work) > 1 {
        return rayon::join(a, b);
    }
    let _ = work;
    (a(), b())
}

/// A part of a vector that is being made.
pub(crate) struct Writer<'a, T> {
    open: &'a mut [MaybeUninit<T>],
}

impl<T: Copy> Writer<'_, T> {
    /// Writes the next numbers.
    #[inline(always)]
    pub fn extend(&mut self, items: impl Iterator<Item = T>) {
        let mut written = 0;
        for (to, item) in self.open.iter_mut().zip(items) {
            to.write(item);
            written += 1;
        }
        self.open = &mut core::mem::take(&mut self.open)[written..];
    }
}

/// A vector of `len` numbers, which `f` writes: all of those in a range, which begins at a multiple of `grain`. All
/// together are `work` simple operations.
pub(crate) fn build<T: Pooled>(
    len: usize,
    grain: usize,
    work: usize,
    f: impl Fn(Range<usize>, &mut Writer<'_, T>) + Sync,
) -> Vec<T> {
    let mut out = T::room(len);
    out.clear();
    let open = &mut out.spare_capacity_mut()[..len];
    let size = share(len, grain, work);
    chunks(
        open,
        size,
        work,
        || (),
        |(), i, part| {
            let range = i * size..i * size + part.len();
            let mut writer = Writer { open: part };
            f(range, &mut writer);
            assert!(writer.open.is_empty(), "a part was not written to its end");
        },
    );
    // SAFETY: the capacity is at least `len`, and every part of the first `len` numbers has been written to its end,
    // since each call has asserted it and a panic of any would have left this function.
    #[allow(unsafe_code)]
    unsafe {
        out.set_len(len);
    }
    out
}

/// Changes parts of `out`, each of which `f` is told the place of; they begin at multiples of `grain`.
pub(crate) fn change<T: Send>(out: &mut [T], grain: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    let len = out.len();
    let size = share(len, grain, len);
    chunks(out, size, len, || (), |(), i, part| f(i * size, part));
}

/// How many numbers a part has, in multiples of `grain`.
fn share(len: usize, grain: usize, work: usize) -> usize {
    match threads(work) {
        1 => len.max(1),
        threads => len.div_ceil(grain).div_ceil(threads * PARTS) * grain,
    }
}
