//! Where the elements of a sequence come from when a method of std moves them: their numbers in the new order.
//!
//! Each function asks what std's method of a like name asks, of the elements as they are, and leaves them alone.

#[allow(unused_imports)]
use crate::prelude::*;
use core::cmp::Ordering;
use core::ops::{Bound, RangeBounds};

/// For `sort` and `sort_unstable`.
pub fn sorted<T: Ord>(x: &[T]) -> Vec<usize> {
    sorted_by(x, T::cmp)
}

/// For `sort_by` and `sort_unstable_by`.
pub fn sorted_by<T>(x: &[T], mut compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| compare(&x[i], &x[j]));
    order
}

/// For `sort_by_key` and `sort_unstable_by_key`.
pub fn sorted_by_key<T, K: Ord>(x: &[T], mut key: impl FnMut(&T) -> K) -> Vec<usize> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by_key(|&i| key(&x[i]));
    order
}

/// For `sort_by_cached_key`.
pub fn sorted_by_cached_key<T, K: Ord>(x: &[T], mut key: impl FnMut(&T) -> K) -> Vec<usize> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by_cached_key(|&i| key(&x[i]));
    order
}

/// For `select_nth_unstable_by`, which a whole sort fulfils.
///
/// # Panics
///
/// As std's, if there is no such element.
#[track_caller]
pub fn selected_by<T>(x: &[T], n: usize, compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    in_range(n, x.len());
    sorted_by(x, compare)
}

/// For `select_nth_unstable_by_key`.
///
/// # Panics
///
/// As std's, if there is no such element.
#[track_caller]
pub fn selected_by_key<T, K: Ord>(x: &[T], n: usize, key: impl FnMut(&T) -> K) -> Vec<usize> {
    in_range(n, x.len());
    sorted_by_key(x, key)
}

#[track_caller]
fn in_range(n: usize, len: usize) {
    assert!(
        n < len,
        "partition_at_index index {n} greater than length of slice {len}"
    );
}

/// For `reverse`.
pub fn reversed<T>(x: &[T]) -> Vec<usize> {
    (0..x.len()).rev().collect()
}

/// For `rotate_left`.
///
/// # Panics
///
/// As std's, if `mid` is beyond the end.
#[track_caller]
pub fn rotated_left<T>(x: &[T], mid: usize) -> Vec<usize> {
    assert!(mid <= x.len(), "mid <= self.len()");
    (mid..x.len()).chain(0..mid).collect()
}

/// For `rotate_right`.
///
/// # Panics
///
/// As std's, if `k` is beyond the end.
#[track_caller]
pub fn rotated_right<T>(x: &[T], k: usize) -> Vec<usize> {
    assert!(k <= x.len(), "k <= self.len()");
    rotated_left(x, x.len() - k)
}

/// For `copy_within`.
///
/// # Panics
///
/// As std's, if either range is beyond the end.
#[track_caller]
pub fn copied_within<T>(x: &[T], range: impl RangeBounds<usize>, to: usize) -> Vec<usize> {
    let start = match range.start_bound() {
        Bound::Included(n) => *n,
        Bound::Excluded(n) => n + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(n) => n + 1,
        Bound::Excluded(n) => *n,
        Bound::Unbounded => x.len(),
    };
    let count = x[start..end].len();
    assert!(to <= x.len() - count, "dest is out of bounds");
    let mut order: Vec<usize> = (0..x.len()).collect();
    for n in 0..count {
        order[to + n] = start + n;
    }
    order
}

/// For `retain`.
pub fn retained<T>(x: &[T], mut keep: impl FnMut(&T) -> bool) -> Vec<usize> {
    (0..x.len()).filter(|&i| keep(&x[i])).collect()
}

/// For `dedup`.
pub fn deduplicated<T: PartialEq>(x: &[T]) -> Vec<usize> {
    first_of_each(x.len(), |i, kept| x[i] == x[kept])
}

/// For `dedup_by_key`, whose closure sees copies.
pub fn deduplicated_by_key<T: Clone, K: PartialEq>(
    x: &[T],
    mut key: impl FnMut(&mut T) -> K,
) -> Vec<usize> {
    first_of_each(x.len(), |i, kept| {
        key(&mut x[i].clone()) == key(&mut x[kept].clone())
    })
}

/// For `dedup_by`, whose closure sees copies.
pub fn deduplicated_by<T: Clone>(
    x: &[T],
    mut same: impl FnMut(&mut T, &mut T) -> bool,
) -> Vec<usize> {
    first_of_each(x.len(), |i, kept| {
        same(&mut x[i].clone(), &mut x[kept].clone())
    })
}

/// The first of each run of elements that are the same.
fn first_of_each(len: usize, mut same: impl FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut order = Vec::new();
    for i in 0..len {
        if order.last().is_none_or(|kept| !same(i, *kept)) {
            order.push(i);
        }
    }
    order
}
