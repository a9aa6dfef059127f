//! Shapes and axes: what fits what, and what is said where it does not. Every message names the operation and the
//! shapes, and panics at the caller's line.

#[allow(unused_imports)]
use crate::prelude::*;
use ndarray::IxDyn;

/// An integer or several, by value: axes, counted from the front from 0 or from the back from -1, or lengths.
///
/// An integer, or an array or a `Vec` of integers.
///
/// ```
/// use pullback_runtime::Tensor;
///
/// let x: Tensor = Tensor::ones([2, 3, 4]);
/// assert_eq!(x.sum_axis(-1, false).shape(), &[2, 3]);
/// assert_eq!(x.sum_axis([0, 2], true).shape(), &[1, 3, 1]);
/// assert_eq!(x.reshape([6, -1]).shape(), &[6, 4]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of integers",
    note = "write an integer such as `0` or `-1`, or by value an array such as `[0, 2]` or a `Vec` such as `x.shape().to_vec()`"
)]
pub trait Integers: Clone {
    /// Calls `visit` for each integer.
    fn each(&self, visit: &mut dyn FnMut(isize));
}

macro_rules! axis {
    ($($integer:ident)*) => { $(
        impl Integers for $integer {
            fn each(&self, visit: &mut dyn FnMut(isize)) {
                visit(*self as isize);
            }
        }
    )* };
}

axis!(i32 i64 isize usize u32);

impl<A: Integers, const N: usize> Integers for [A; N] {
    fn each(&self, visit: &mut dyn FnMut(isize)) {
        self.iter().for_each(|axis| axis.each(visit));
    }
}

impl<A: Integers> Integers for Vec<A> {
    fn each(&self, visit: &mut dyn FnMut(isize)) {
        self.iter().for_each(|axis| axis.each(visit));
    }
}

/// An axis counted from the front.
#[track_caller]
pub(crate) fn axis(op: &str, axis: isize, shape: &[usize]) -> usize {
    let n = shape.len() as isize;
    if axis < -n || axis >= n {
        no_such_axis(op, axis, shape);
    }
    (if axis < 0 { axis + n } else { axis }) as usize
}

/// The axes counted from the front, in the order given.
#[track_caller]
pub(crate) fn ordered_axes(op: &str, axes: &impl Integers, shape: &[usize]) -> Vec<usize> {
    let mut given = Vec::new();
    axes.each(&mut |a| given.push(a));
    let mut out = Vec::with_capacity(given.len());
    for a in given {
        let a = axis(op, a, shape);
        if out.contains(&a) {
            panic!("`{op}` on shape {shape:?}: axis {a} is named twice");
        }
        out.push(a);
    }
    out
}

/// The axes counted from the front, in ascending order.
#[track_caller]
pub(crate) fn sorted_axes(op: &str, axes: &impl Integers, shape: &[usize]) -> Vec<usize> {
    let mut axes = ordered_axes(op, axes, shape);
    axes.sort_unstable();
    axes
}

#[cold]
#[inline(never)]
#[track_caller]
fn no_such_axis(op: &str, axis: isize, shape: &[usize]) -> ! {
    panic!(
        "`{op}` on shape {shape:?}: there is no axis {axis}, the tensor has {} of them",
        shape.len()
    )
}

/// The shape of two tensors together: axes are matched from the last one, and one of length 1 repeats.
#[track_caller]
pub(crate) fn broadcast(op: &str, a: &[usize], b: &[usize]) -> IxDyn {
    if a == b {
        return IxDyn(a);
    }
    let n = a.len().max(b.len());
    let mut out = IxDyn::zeros(n);
    for axis in 0..n {
        let (x, y) = (at(a, axis, n), at(b, axis, n));
        if x != y && x != 1 && y != 1 {
            panic!(
                "`{op}`: the shapes {a:?} and {b:?} do not broadcast: counted from the back, axis -{} has {x} on the left and {y} on the right",
                n - axis
            );
        }
        out[axis] = if x == 1 { y } else { x };
    }
    out
}

/// Whether two shapes broadcast.
pub(crate) fn broadcasts(a: &[usize], b: &[usize]) -> bool {
    let pairs = a.iter().rev().zip(b.iter().rev());
    pairs.into_iter().all(|(x, y)| x == y || *x == 1 || *y == 1)
}

/// The length along one of `n` axes, of a shape that may have fewer.
#[inline]
pub(crate) fn at(shape: &[usize], axis: usize, n: usize) -> usize {
    match (axis + shape.len()).checked_sub(n) {
        Some(axis) => shape[axis],
        None => 1,
    }
}

/// The number of elements.
#[track_caller]
pub(crate) fn count(shape: &[usize]) -> usize {
    let product = shape.iter().try_fold(1usize, |n, &len| n.checked_mul(len));
    match product.filter(|n| isize::try_from(*n).is_ok()) {
        Some(n) => n,
        None => panic!("a tensor of shape {shape:?} has more elements than memory can hold"),
    }
}

/// A shape without some axes, or with 1 in their place.
pub(crate) fn without(shape: &[usize], axes: &[usize], keep: bool) -> IxDyn {
    let rest = shape.iter().enumerate().filter_map(|(i, &len)| {
        if axes.contains(&i) {
            keep.then_some(1)
        } else {
            Some(len)
        }
    });
    IxDyn(&rest.collect::<Vec<usize>>())
}

/// Requires equal shapes.
#[track_caller]
pub(crate) fn same(op: &str, a: &[usize], b: &[usize]) {
    if a != b {
        panic!("`{op}`: the shapes {a:?} and {b:?} are not the same");
    }
}

/// Where an operation is split in rows: the lengths before an axis, along it, and behind it.
pub(crate) fn around(shape: &[usize], axis: usize) -> (usize, usize, usize) {
    (
        shape[..axis].iter().product(),
        shape[axis],
        shape[axis + 1..].iter().product(),
    )
}

/// A shape whose lengths may be unknown in one place, -1, which is what is left of the elements.
#[track_caller]
pub(crate) fn completed(op: &str, to: &impl Integers, from: &[usize]) -> Vec<usize> {
    let mut given = Vec::new();
    to.each(&mut |len| given.push(len));
    let len: usize = from.iter().product();
    let known: usize = given
        .iter()
        .filter(|n| **n >= 0)
        .map(|n| *n as usize)
        .product();
    let open = given.iter().filter(|n| **n < 0).count();
    let fits = match open {
        0 => known == len,
        1 => known != 0 && len.is_multiple_of(known) && given.iter().all(|n| *n >= -1),
        _ => false,
    };
    if !fits {
        panic!("`{op}`: the {len} elements of shape {from:?} do not fit the shape {given:?}");
    }
    let lens = given
        .iter()
        .map(|n| if *n < 0 { len / known } else { *n as usize });
    lens.collect()
}

/// Lengths, none of them negative.
#[track_caller]
pub(crate) fn lengths(op: &str, of: &impl Integers) -> Vec<usize> {
    let mut given = Vec::new();
    of.each(&mut |len| given.push(len));
    if let Some(len) = given.iter().find(|len| **len < 0) {
        panic!("`{op}`: {len} is no length of an axis");
    }
    given.iter().map(|len| *len as usize).collect()
}
