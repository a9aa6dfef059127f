//! Elements and parts that integers name.

use super::super::pick;
use super::super::rule::{one, rules};
use super::super::{Element, Tensor, shape};
use crate::prelude::*;
use ndarray::ArrayD;

impl<T: Element> Tensor<T> {
    /// The parts along an axis at the given indices, in their order, repeated where an index is.
    #[track_caller]
    pub fn take(&self, axis: isize, indices: &[usize]) -> Tensor<T> {
        let axis = shape::axis("take", axis, self.shape());
        pick::check("take", indices, self.shape(), axis);
        pick::pick(self, axis, indices)
    }

    /// The rows of a table of embeddings at the given indices: one for each, in their order.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let table = Tensor::from([[0.0_f32, 1.0], [2.0, 3.0]]);
    /// assert_eq!(table.embedding(&[1, 1, 0]).to_vec(), [2.0, 3.0, 2.0, 3.0, 0.0, 1.0]);
    /// ```
    #[track_caller]
    pub fn embedding(&self, indices: &[usize]) -> Tensor<T> {
        if self.ndim() != 2 {
            panic!(
                "`embedding` on shape {:?}: a table of embeddings has two axes",
                self.shape()
            );
        }
        pick::check("embedding", indices, self.shape(), 0);
        pick::pick(self, 0, indices)
    }

    /// Along an axis, the element at the index that stands at the same place: `out[i][j] = x[i][indices[i][j]]` for
    /// the last one of two axes. The other axes have the same lengths.
    #[track_caller]
    pub fn gather(&self, axis: isize, indices: &ArrayD<usize>) -> Tensor<T> {
        let picks = picked("gather", self.shape(), axis, indices);
        let data = self.data();
        let gathered = picks.iter().map(|i| data[*i]).collect();
        Tensor::new(indices.shape(), gathered)
    }

    /// A copy in which the parts of `parts` along an axis are added at the given indices. The order of the sums is that
    /// of the indices.
    #[track_caller]
    pub fn scatter_add(&self, parts: &Tensor<T>, axis: isize, indices: &[usize]) -> Tensor<T> {
        let axis = shape::axis("scatter_add", axis, self.shape());
        pick::check("scatter_add", indices, self.shape(), axis);
        let mut expected = self.shape().to_vec();
        expected[axis] = indices.len();
        if parts.shape() != expected {
            panic!(
                "`scatter_add` on shape {:?}: for {} indices along the axis {axis} the parts have the shape {expected:?}, and not {:?}",
                self.shape(),
                indices.len(),
                parts.shape()
            );
        }
        let mut out = self.to_vec();
        pick::add(&mut out, self.shape(), parts, axis, indices);
        Tensor::new(self.shape(), out)
    }
}

/// Where in row-major order each gathered element stands.
#[track_caller]
fn picked(op: &str, shape: &[usize], axis: isize, indices: &ArrayD<usize>) -> Vec<usize> {
    let axis = shape::axis(op, axis, shape);
    let fits = indices.ndim() == shape.len()
        && (0..shape.len()).all(|i| i == axis || shape[i] == indices.shape()[i]);
    if !fits {
        panic!(
            "`{op}` along the axis {axis}: the shape {shape:?} and indices of shape {:?} differ in another axis",
            indices.shape()
        );
    }
    let behind: usize = shape[axis + 1..].iter().product();
    let mut picks = Vec::with_capacity(indices.len());
    for (at, &index) in indices.indexed_iter() {
        if index >= shape[axis] {
            panic!(
                "`{op}` on shape {shape:?}: the index {index} at place {:?} is beyond the axis {axis} of length {}",
                ndarray::Dimension::slice(&at),
                shape[axis]
            );
        }
        let at = ndarray::Dimension::slice(&at);
        let outer = at[..axis]
            .iter()
            .zip(shape)
            .fold(0, |sum, (i, n)| sum * n + i);
        let inner = at[axis + 1..]
            .iter()
            .zip(&shape[axis + 1..])
            .fold(0, |sum, (i, n)| sum * n + i);
        picks.push((outer * shape[axis] + index) * behind + inner);
    }
    picks
}

rules! {
    TensorTakeEntry __differentiable_take __masked_take __jvp_take __keep_take
        [] (x; axis: isize; & indices: [usize]) -> Tensor<T>,
        value x.take(axis, indices),
        pull |_| {
            let (from, axis, indices) = (x.shape().to_vec(), shape::axis("take", axis, x.shape()), indices.to_vec());
            one(move |t: Tensor<T>| pick::unpick(&t, &from, axis, &indices))
        },
        push |_, [d]| d.map(|d| d.take(axis, indices));
    TensorEmbeddingEntry __differentiable_embedding __masked_embedding __jvp_embedding __keep_embedding
        [] (x; & indices: [usize]) -> Tensor<T>,
        value x.embedding(indices),
        pull |_| {
            let (from, indices) = (x.shape().to_vec(), indices.to_vec());
            one(move |t: Tensor<T>| pick::unpick(&t, &from, 0, &indices))
        },
        push |_, [d]| d.map(|d| d.embedding(indices));
    TensorGatherEntry __differentiable_gather __masked_gather __jvp_gather __keep_gather
        [] (x; axis: isize; & indices: ArrayD<usize>) -> Tensor<T>,
        value x.gather(axis, indices),
        pull |_| {
            let (from, picks) = (x.shape().to_vec(), picked("gather", x.shape(), axis, indices));
            one(move |t: Tensor<T>| {
                let mut out = alloc::vec![T::zero(); shape::count(&from)];
                t.data().iter().zip(&picks).for_each(|(t, i)| out[*i] += *t);
                Tensor::new(&from, out)
            })
        },
        push |_, [d]| d.map(|d| d.gather(axis, indices));
    TensorScatterAddEntry __differentiable_scatter_add __masked_scatter_add __jvp_scatter_add __keep_scatter_add
        [] (x, parts; axis: isize; & indices: [usize]) -> Tensor<T>,
        value x.scatter_add(parts, axis, indices),
        pull |_| {
            let (axis, indices) = (shape::axis("scatter_add", axis, x.shape()), indices.to_vec());
            move |t: Tensor<T>, wanted: [bool; 2]| {
                let parts = wanted[1].then(|| pick::pick(&t, axis, &indices));
                [Some(t), parts]
            }
        },
        push |_, [d, dp]| match (d, dp) {
            (None, None) => None,
            (Some(d), None) => Some(d.clone()),
            (d, Some(dp)) => {
                let zero = Tensor::zero_of(x.shape());
                Some(d.unwrap_or(&zero).scatter_add(dp, axis, indices))
            }
        };
}
