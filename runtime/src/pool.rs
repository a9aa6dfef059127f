//! Memory of large tensors that are gone, for the next ones.
//!
//! The tensors of a network have the same sizes in every step. Asked of the system anew each time, their pages are
//! brought and zeroed one by one, which takes longer than many an operation that fills them.

use crate::prelude::*;
use core::cell::RefCell;
use std::thread_local;

/// How many numbers are worth keeping.
const LEAST: usize = 1 << 14;
/// How many numbers a thread keeps at most, 256 MB of `f32`.
const MOST: usize = 1 << 26;

/// What a thread keeps, the oldest first.
struct Pool<T> {
    free: Vec<Vec<T>>,
    held: usize,
}

impl<T> Pool<T> {
    const fn new() -> Pool<T> {
        Pool {
            free: Vec::new(),
            held: 0,
        }
    }

    /// The smallest that is large enough and not much too large.
    fn take(&mut self, len: usize) -> Option<Vec<T>> {
        let fits = |v: &&Vec<T>| (len..=2 * len).contains(&v.capacity());
        let best = self.free.iter().filter(fits).map(Vec::capacity).min()?;
        let at = self.free.iter().rposition(|v| v.capacity() == best)?;
        self.held -= best;
        Some(self.free.remove(at))
    }

    fn give(&mut self, v: Vec<T>) {
        let len = v.capacity();
        if !(LEAST..=MOST).contains(&len) {
            return;
        }
        while self.held + len > MOST {
            self.held -= self.free.remove(0).capacity();
        }
        self.held += len;
        self.free.push(v);
    }
}

/// Numbers and truth values, of which large tensors consist.
pub trait Pooled: Copy + Default + Send {
    /// A vector that can hold `len`, and may hold anything.
    #[doc(hidden)]
    fn room(len: usize) -> Vec<Self> {
        Vec::with_capacity(len)
    }
    /// Takes a vector that is not needed any more.
    #[doc(hidden)]
    fn give(v: Vec<Self>) {
        drop(v);
    }
}

impl Pooled for bool {}

macro_rules! pooled {
    ($($float:ident)*) => { $(
        impl Pooled for $float {
            fn room(len: usize) -> Vec<$float> {
                let kept = match len < LEAST {
                    true => None,
                    false => $float::pool(|pool| pool.take(len)).flatten(),
                };
                kept.unwrap_or_else(|| Vec::with_capacity(len))
            }
            fn give(v: Vec<$float>) {
                if v.capacity() >= LEAST {
                    $float::pool(|pool| pool.give(v));
                }
            }
        }
        impl Here for $float {
            fn pool<R>(with: impl FnOnce(&mut Pool<$float>) -> R) -> Option<R> {
                thread_local! {
                    static POOL: RefCell<Pool<$float>> = const { RefCell::new(Pool::new()) };
                }
                // A thread that ends has none any more.
                POOL.try_with(|pool| with(&mut pool.borrow_mut())).ok()
            }
        }
    )* };
}

/// The pool of this thread.
trait Here: Sized {
    fn pool<R>(with: impl FnOnce(&mut Pool<Self>) -> R) -> Option<R>;
}

pooled!(f32 f64);

/// `len` numbers, each of which is going to be overwritten.
pub(crate) fn any<T: Pooled>(len: usize) -> Vec<T> {
    let mut v = T::room(len);
    if v.is_empty() {
        return alloc::vec![T::default(); len];
    }
    v.resize(len, T::default());
    v
}

/// `len` zeros.
pub(crate) fn zeros<T: Pooled>(len: usize) -> Vec<T> {
    let mut v = T::room(len);
    if v.is_empty() {
        return alloc::vec![T::default(); len];
    }
    v.clear();
    v.resize(len, T::default());
    v
}
