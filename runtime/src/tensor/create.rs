//! How tensors are made.

use super::{Element, Tensor, shape};
#[allow(unused_imports)]
use crate::prelude::*;

impl<T: Element> Tensor<T> {
    /// Zeros.
    #[track_caller]
    pub fn zeros(shape: impl AsRef<[usize]>) -> Tensor<T> {
        Tensor::full(shape, T::zero())
    }

    /// Ones.
    #[track_caller]
    pub fn ones(shape: impl AsRef<[usize]>) -> Tensor<T> {
        Tensor::full(shape, T::one())
    }

    /// A tensor of equal elements.
    #[track_caller]
    pub fn full(shape: impl AsRef<[usize]>, value: T) -> Tensor<T> {
        let shape = shape.as_ref();
        Tensor::new(shape, alloc::vec![value; shape::count(shape)])
    }

    /// The tensor without axes that holds one number.
    pub fn scalar(value: T) -> Tensor<T> {
        Tensor::new(&[], alloc::vec![value])
    }

    /// The elements in row-major order, without a copy.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let x = Tensor::from_vec([2, 2], vec![1.0_f32, 2.0, 3.0, 4.0]);
    /// assert_eq!(x[[1, 0]], 3.0);
    /// ```
    ///
    /// # Panics
    /// If there are not as many elements as the shape asks for.
    #[track_caller]
    pub fn from_vec(shape: impl AsRef<[usize]>, data: Vec<T>) -> Tensor<T> {
        let shape = shape.as_ref();
        let count = shape::count(shape);
        if data.len() != count {
            panic!(
                "`from_vec`: the shape {shape:?} asks for {count} elements, and {} were given",
                data.len()
            );
        }
        Tensor::new(shape, data)
    }

    /// `f` of each index, in row-major order.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let x: Tensor<f64> = Tensor::from_fn([2, 3], |i| (10 * i[0] + i[1]) as f64);
    /// assert_eq!(x.to_vec(), [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    /// ```
    #[track_caller]
    pub fn from_fn(shape: impl AsRef<[usize]>, mut f: impl FnMut(&[usize]) -> T) -> Tensor<T> {
        let shape = shape.as_ref();
        let count = shape::count(shape);
        let mut index = alloc::vec![0; shape.len()];
        let mut data = Vec::with_capacity(count);
        for _ in 0..count {
            data.push(f(&index));
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        Tensor::new(shape, data)
    }

    /// 0, 1, 2, … `n - 1`.
    pub fn arange(n: usize) -> Tensor<T> {
        Tensor::new(&[n], (0..n).map(|i| T::from_f64(i as f64)).collect())
    }

    /// `n` numbers at equal distances from `first` to `last`, both included; `first` alone if `n` is 1.
    pub fn linspace(first: T, last: T, n: usize) -> Tensor<T> {
        let (from, to) = (first.to_f64(), last.to_f64());
        let step = (to - from) / n.max(2).saturating_sub(1) as f64;
        let at = |i: usize| {
            if i + 1 == n && n > 1 {
                last
            } else {
                T::from_f64(from + step * i as f64)
            }
        };
        Tensor::new(&[n], (0..n).map(at).collect())
    }

    /// The identity matrix of `n` rows.
    #[track_caller]
    pub fn eye(n: usize) -> Tensor<T> {
        let mut eye = Tensor::zeros([n, n]);
        eye.as_mut_slice()
            .iter_mut()
            .step_by(n + 1)
            .for_each(|x| *x = T::one());
        eye
    }
}
