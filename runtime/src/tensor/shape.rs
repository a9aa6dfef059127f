//! Shapes and axes: what fits what, and what is said where it does not. Every message names the operation and the
//! shapes, and panics at the caller's line.

#[allow(unused_imports)]
use crate::prelude::*;
use ndarray::IxDyn;

/// An axis or several, counted from the front from 0 or from the back from -1.
///
/// An integer, an array or a slice of integers, or a `Vec`.
///
/// ```
/// use pullback_runtime::Tensor;
///
/// let x: Tensor = Tensor::ones(&[2, 3, 4]);
/// assert_eq!(x.sum_axis(-1, false).shape(), &[2, 3]);
/// assert_eq!(x.sum_axis([0, 2], true).shape(), &[1, 3, 1]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name axes",
    note = "write an integer such as `0` or `-1`, or an array of integers such as `[0, 2]`"
)]
pub trait Axes {
    /// Calls `visit` for each axis.
    fn each(&self, visit: &mut dyn FnMut(isize));
}

macro_rules! axis {
    ($($integer:ident)*) => { $(
        impl Axes for $integer {
            fn each(&self, visit: &mut dyn FnMut(isize)) {
                visit(*self as isize);
            }
        }
    )* };
}

axis!(i32 i64 isize usize u32);

impl<A: Axes> Axes for [A] {
    fn each(&self, visit: &mut dyn FnMut(isize)) {
        self.iter().for_each(|axis| axis.each(visit));
    }
}

impl<A: Axes, const N: usize> Axes for [A; N] {
    fn each(&self, visit: &mut dyn FnMut(isize)) {
        self.as_slice().each(visit);
    }
}

impl<A: Axes> Axes for Vec<A> {
    fn each(&self, visit: &mut dyn FnMut(isize)) {
        self.as_slice().each(visit);
    }
}

impl<A: Axes + ?Sized> Axes for &A {
    fn each(&self, visit: &mut dyn FnMut(isize)) {
        (**self).each(visit);
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
pub(crate) fn ordered_axes(op: &str, axes: &(impl Axes + ?Sized), shape: &[usize]) -> Vec<usize> {
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
pub(crate) fn sorted_axes(op: &str, axes: &(impl Axes + ?Sized), shape: &[usize]) -> Vec<usize> {
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
