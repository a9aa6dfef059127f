//! Truth values in the shape of a tensor, which choose between elements and carry no derivative.

use super::broadcast::{Strided, zip, zip3};
use super::{Element, Tensor, shape};
use crate::prelude::*;
use alloc::sync::Arc;
use core::ops::{BitAnd, BitOr, Not};
use ndarray::{Dimension, IxDyn};

/// Truth values in the shape of a tensor: what comparisons give and [`where_`](Mask::where_) takes.
///
/// ```
/// use pullback_runtime::Tensor;
///
/// let x = Tensor::from([-1.0_f32, 2.0, 5.0]);
/// let inside = x.gt(0.0) & x.lt(3.0);
/// assert_eq!(inside.count(), 1);
/// assert_eq!(inside.where_(&x, &Tensor::scalar(0.0)).to_vec(), [0.0, 2.0, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    shape: IxDyn,
    data: Arc<[bool]>,
}

impl Mask {
    pub(super) fn new(shape: IxDyn, data: Vec<bool>) -> Mask {
        Mask {
            shape,
            data: data.into(),
        }
    }

    /// The values in row-major order.
    ///
    /// # Panics
    /// If there are not as many as the shape asks for.
    #[track_caller]
    pub fn from_vec(shape: impl AsRef<[usize]>, data: Vec<bool>) -> Mask {
        let shape = shape.as_ref();
        let count = shape::count(shape);
        if data.len() != count {
            panic!(
                "`Mask::from_vec`: the shape {shape:?} asks for {count} values, and {} were given",
                data.len()
            );
        }
        Mask::new(IxDyn(shape), data)
    }

    /// The lower triangle of a square with its diagonal: each row sees itself and what is before it.
    pub fn lower_triangle(n: usize) -> Mask {
        let data = (0..n).flat_map(|i| (0..n).map(move |j| j <= i));
        Mask::new(IxDyn(&[n, n]), data.collect())
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[usize] {
        self.shape.slice()
    }

    /// How many are true.
    pub fn count(&self) -> usize {
        self.data.iter().filter(|x| **x).count()
    }

    /// Whether any is true.
    pub fn any(&self) -> bool {
        self.data.contains(&true)
    }

    /// Whether all are true.
    pub fn all(&self) -> bool {
        !self.data.contains(&false)
    }

    /// The values in row-major order.
    pub fn as_slice(&self) -> &[bool] {
        &self.data
    }

    /// 1 where it is true, 0 where it is not.
    pub fn to_tensor<T: Element>(&self) -> Tensor<T> {
        let data = self
            .data
            .iter()
            .map(|x| if *x { T::one() } else { T::zero() });
        Tensor::new(self.shape(), data.collect())
    }

    /// Where both are true, with broadcasting: `&`, also where the mask was made from values with a derivative.
    #[track_caller]
    pub fn both(&self, other: &Mask) -> Mask {
        self & other
    }

    /// Where either is true, with broadcasting: `|`, also where the mask was made from values with a derivative.
    #[track_caller]
    pub fn either(&self, other: &Mask) -> Mask {
        self | other
    }

    /// Where this is false: `!`, also where the mask was made from values with a derivative.
    pub fn inverted(&self) -> Mask {
        !self
    }

    /// The elements of `a` where this is true and those of `b` where it is not, all three with broadcasting. What is
    /// not chosen contributes nothing to a derivative.
    #[track_caller]
    pub fn where_<T: Element>(&self, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
        let (shape, data) = zip3("where_", a, b, self, |a, b, m| if m { a } else { b });
        Tensor::new(shape.slice(), data)
    }
}

impl Strided for Mask {
    type Elem = bool;
    fn strided(&self) -> (&[bool], &[usize], Vec<usize>) {
        let mut steps = alloc::vec![1; self.shape.ndim()];
        for axis in (1..steps.len()).rev() {
            steps[axis - 1] = steps[axis] * self.shape[axis];
        }
        (&self.data, self.shape(), steps)
    }
}

macro_rules! both {
    ($($trait:ident $method:ident $symbol:literal |$a:ident, $b:ident| $value:expr;)*) => { $(
        impl $trait<&Mask> for &Mask {
            type Output = Mask;
            #[track_caller]
            fn $method(self, other: &Mask) -> Mask {
                let (shape, data) = zip($symbol, self, other, |$a, $b| $value);
                Mask::new(shape, data)
            }
        }
        impl $trait<Mask> for Mask {
            type Output = Mask;
            #[track_caller]
            fn $method(self, other: Mask) -> Mask {
                $trait::$method(&self, &other)
            }
        }
    )* };
}

both! {
    BitAnd bitand "&" |a, b| a && b;
    BitOr bitor "|" |a, b| a || b;
}

impl Not for &Mask {
    type Output = Mask;
    fn not(self) -> Mask {
        Mask::new(self.shape.clone(), self.data.iter().map(|x| !x).collect())
    }
}

impl Not for Mask {
    type Output = Mask;
    fn not(self) -> Mask {
        !&self
    }
}
