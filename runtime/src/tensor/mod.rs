//! Tensors: arrays of `f32` or `f64` with any number of axes, whose operations are rules of reverse and forward mode.

mod access;
mod block;
mod broadcast;
mod convert;
mod create;
mod element;
mod format;
mod mask;
#[cfg(feature = "npy")]
mod npy;
mod ops;
mod pick;
#[cfg(feature = "rand")]
mod random;
mod reduce;
mod rows;
mod rule;
#[cfg(feature = "serde")]
mod serde;
pub(crate) mod shape;
mod statistics;
mod tangent;

pub use crate::conv::{Conv, Layout, Padding, Pool, Resize};
pub use element::Element;
pub use mask::Mask;
#[doc(hidden)]
pub use ops::entries;
pub use ops::layout::{Pad, Span, Widths};
pub use shape::Integers;
pub use statistics::Statistics;

use block::Block;
use ndarray::IxDyn;

/// An array of real numbers with any number of axes.
///
/// A clone shares the elements with the original, until one of them is changed. The elements stand in row-major order
/// unless [`transpose`](Tensor::transpose) or [`permute`](Tensor::permute) changed the order of the axes.
///
/// ```
/// use pullback_runtime::Tensor;
///
/// let x = Tensor::from_vec([2, 3], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// let y = &x * 2.0 + Tensor::arange(3);
/// assert_eq!(y[[1, 2]], 14.0);
/// assert_eq!(y.matmul(&y.t()).shape(), &[2, 2]);
/// assert_eq!(x.sum(), 21.0);
/// ```
///
/// Its tangent is a tensor. The zero that a tangent begins as has a shape and no memory, so what no gradient reaches
/// costs nothing.
#[derive(Clone)]
pub struct Tensor<T = f32> {
    repr: Repr<T>,
}

/// How a tensor is held.
#[derive(Clone)]
enum Repr<T> {
    /// A block of memory without gaps, whose axes may stand in any order, and forwards.
    Dense(Block<T>),
    /// The zero of this shape.
    Zero(IxDyn),
    /// The zero of every shape.
    Neutral,
}
