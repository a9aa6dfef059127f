//! Shape, elements and storage of a tensor.

use super::block::Block;
use super::{Element, Repr, Tensor};
use crate::pool;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::ways::{Direct, IndexedAlike};
use alloc::borrow::Cow;
use core::ops::{Index, IndexMut};
use core::slice;
use ndarray::{ArcArray, Array, ArrayView, ArrayViewD, Dimension, IxDyn, ShapeBuilder};

impl<T: Element> Tensor<T> {
    /// The length of each axis. A single number without axes has the shape `[]`.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        match &self.repr {
            Repr::Dense(a) => a.shape(),
            Repr::Zero(shape) => shape.slice(),
            Repr::Neutral => &[0],
        }
    }

    /// The number of axes.
    #[inline]
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether there is no element.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements as a view of `ndarray`'s.
    pub fn view(&self) -> ArrayViewD<'_, T> {
        if let Repr::Dense(a) = &self.repr {
            return a.view();
        }
        // One zero, which every index leads to.
        let shape = IxDyn(self.shape());
        let strides = IxDyn::zeros(shape.ndim());
        match ArrayView::from_shape(shape.strides(strides), slice::from_ref(T::ZERO)) {
            Ok(view) => view,
            Err(_) => unreachable!("a number broadcasts to every shape"),
        }
    }

    /// The elements in row-major order, if they stand in memory so.
    ///
    /// `None` for a transposed tensor and for a zero that has no memory; [`contiguous`](Tensor::contiguous) makes
    /// either a tensor for which this is `Some`.
    pub fn as_slice(&self) -> Option<&[T]> {
        match &self.repr {
            Repr::Dense(a) => a.as_slice(),
            _ => None,
        }
    }

    /// The elements in row-major order, to be changed. They are copied first where they are shared or stand otherwise.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        if self.as_slice().is_none() {
            *self = self.contiguous();
        }
        match &mut self.repr {
            Repr::Dense(a) => a.as_slice_mut(),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// The same tensor with its elements in row-major order in memory.
    pub fn contiguous(&self) -> Tensor<T> {
        match self.as_slice() {
            Some(_) => self.clone(),
            None => Tensor::new(self.shape(), self.to_vec()),
        }
    }

    /// A copy of the elements in row-major order.
    pub fn to_vec(&self) -> Vec<T> {
        self.data().into_owned()
    }

    /// The one element.
    ///
    /// # Panics
    /// If there are none or several.
    #[track_caller]
    pub fn item(&self) -> T {
        match &*self.data() {
            [x] => *x,
            _ => panic!(
                "`item` on shape {:?}: it has {} elements and not one",
                self.shape(),
                self.len()
            ),
        }
    }

    /// The elements in row-major order.
    pub(crate) fn data(&self) -> Cow<'_, [T]> {
        match self.as_slice() {
            Some(slice) => Cow::Borrowed(slice),
            None => Cow::Owned(match &self.repr {
                Repr::Dense(a) => a.iter().copied().collect(),
                _ => pool::zeros(self.len()),
            }),
        }
    }

    /// A tensor of as many elements as the shape asks for.
    pub(crate) fn new(shape: &[usize], data: Vec<T>) -> Tensor<T> {
        let len = data.len();
        match Array::from_shape_vec(IxDyn(shape), data) {
            Ok(a) => Tensor::held(a.into_shared()),
            Err(_) => unreachable!("{len} elements for the shape {shape:?}"),
        }
    }

    /// A tensor of an array that is a block without gaps, whose axes run forwards.
    pub(super) fn held(a: ArcArray<T, IxDyn>) -> Tensor<T> {
        Tensor {
            repr: Repr::Dense(Block::new(a)),
        }
    }

    /// The elements, if nobody else has them and they stand in row-major order, so that they may be overwritten.
    pub(crate) fn reusable(&mut self) -> Option<&mut [T]> {
        match &mut self.repr {
            Repr::Dense(a) if a.is_unique() => a.as_slice_mut(),
            _ => None,
        }
    }

    /// The zero of a shape.
    pub(crate) fn zero_of(shape: &[usize]) -> Tensor<T> {
        Tensor {
            repr: Repr::Zero(IxDyn(shape)),
        }
    }

    /// Whether this is a zero that has no memory.
    #[inline]
    pub(crate) fn is_zero(&self) -> bool {
        !matches!(self.repr, Repr::Dense(_))
    }
}

/// The place of an element in row-major order.
#[track_caller]
fn offset(index: &[usize], shape: &[usize]) -> usize {
    if index.len() != shape.len() || index.iter().zip(shape).any(|(i, n)| i >= n) {
        panic!("there is no element {index:?} in a tensor of shape {shape:?}");
    }
    index.iter().zip(shape).fold(0, |at, (i, n)| at * n + i)
}

impl<T: Element, const N: usize> Index<[usize; N]> for Tensor<T> {
    type Output = T;
    #[track_caller]
    fn index(&self, index: [usize; N]) -> &T {
        let at = offset(&index, self.shape());
        match (&self.repr, self.as_slice()) {
            (_, Some(slice)) => &slice[at],
            (Repr::Dense(a), None) => &a[index.as_slice()],
            _ => T::ZERO,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Element, const N: usize> IndexedAlike<[usize; N]> for Tensor<T> {
    type Way = Direct<[usize; N]>;
    #[inline(always)]
    fn direct(index: [usize; N]) -> Direct<[usize; N]> {
        Direct(index)
    }
}

impl<T: Element, const N: usize> IndexMut<[usize; N]> for Tensor<T> {
    #[track_caller]
    fn index_mut(&mut self, index: [usize; N]) -> &mut T {
        let at = offset(&index, self.shape());
        &mut self.as_mut_slice()[at]
    }
}
