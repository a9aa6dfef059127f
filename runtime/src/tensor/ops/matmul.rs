//! Products of matrices, also of stacks of them.

use super::super::rule::{plus, rules};
use super::super::{Element, Repr, Tensor, shape};
#[allow(unused_imports)]
use crate::prelude::*;
use crate::{parallel, pool};
use ndarray::{ArrayView2, ArrayViewMut2, Dimension, Ix2, IxDyn, s};

/// The lengths of a product of two stacks of matrices.
struct Product {
    /// The stack, after broadcasting.
    stack: IxDyn,
    rows: usize,
    inner: usize,
    columns: usize,
}

impl Product {
    #[track_caller]
    fn of(a: &[usize], b: &[usize]) -> Product {
        let ([a_stack @ .., rows, inner], [b_stack @ .., other, columns]) = (a, b) else {
            panic!("`matmul`: the shapes {a:?} and {b:?} are not those of matrices")
        };
        if inner != other {
            panic!(
                "`matmul`: the shapes {a:?} and {b:?} do not fit: {inner} columns on the left meet {other} rows on the right"
            );
        }
        if !shape::broadcasts(a_stack, b_stack) {
            panic!(
                "`matmul`: the shapes {a:?} and {b:?} do not broadcast in their stacks {a_stack:?} and {b_stack:?}"
            );
        }
        let stack = shape::broadcast("matmul", a_stack, b_stack);
        Product {
            stack,
            rows: *rows,
            inner: *inner,
            columns: *columns,
        }
    }
}

impl<T: Element> Tensor<T> {
    /// The product of matrices. Integers in front of the last two are a stack of matrices, and stacks broadcast.
    ///
    /// A tensor with one axis is a row on the left and a column on the right, and its axis goes.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    ///
    /// let a = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0]]);
    /// let x = Tensor::from([1.0, -1.0]);
    /// assert_eq!(a.matmul(&x).to_vec(), [-1.0, -1.0]);
    /// assert_eq!(x.matmul(&a).to_vec(), [-2.0, -2.0]);
    /// ```
    ///
    /// # Panics
    /// If the columns of the left are not as many as the rows of the right, or a tensor has no axes.
    #[track_caller]
    pub fn matmul(&self, b: &Tensor<T>) -> Tensor<T> {
        match (self.ndim(), b.ndim()) {
            (0, _) | (_, 0) => panic!(
                "`matmul`: the shapes {:?} and {:?} are not those of matrices or vectors",
                self.shape(),
                b.shape()
            ),
            (1, 1) => self.row().matmul(&b.column()).shaped(&[]),
            (1, _) => {
                let y = self.row().matmul(b);
                let axis = y.ndim() - 2;
                y.drop_axis(axis)
            }
            (_, 1) => {
                let y = self.matmul(&b.column());
                let axis = y.ndim() - 1;
                y.drop_axis(axis)
            }
            _ => product(self, b),
        }
    }

    /// The one axis as a row of a matrix.
    fn row(&self) -> Tensor<T> {
        self.shaped(&[1, self.len()])
    }

    /// The one axis as a column of a matrix.
    fn column(&self) -> Tensor<T> {
        self.shaped(&[self.len(), 1])
    }

    /// Without an axis of length 1.
    fn drop_axis(&self, axis: usize) -> Tensor<T> {
        self.shaped(shape::without(self.shape(), &[axis], false).slice())
    }

    /// The same elements in another shape of as many.
    pub(crate) fn shaped(&self, shape: &[usize]) -> Tensor<T> {
        match &self.repr {
            Repr::Dense(a) if a.is_standard_layout() => {
                match a.shared().into_shape_with_order(IxDyn(shape)) {
                    Ok(a) => Tensor::held(a),
                    Err(_) => unreachable!("{} elements in the shape {shape:?}", self.len()),
                }
            }
            Repr::Dense(_) => Tensor::new(shape, self.to_vec()),
            _ => Tensor::zero_of(shape),
        }
    }

    /// The last two axes exchanged, in the same memory.
    pub(crate) fn swapped(&self) -> Tensor<T> {
        let n = self.ndim();
        match &self.repr {
            Repr::Dense(a) => {
                let mut a = a.shared();
                a.swap_axes(n - 2, n - 1);
                Tensor::held(a)
            }
            _ => {
                let mut shape = self.shape().to_vec();
                shape.swap(n - 2, n - 1);
                Tensor::zero_of(&shape)
            }
        }
    }
}

/// The product of two stacks of matrices.
#[track_caller]
fn product<T: Element>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let p = Product::of(a.shape(), b.shape());
    let mut shape = p.stack.slice().to_vec();
    shape.extend([p.rows, p.columns]);
    let mut out = pool::zeros(shape::count(&shape));
    if out.is_empty() || p.inner == 0 || a.is_zero() || b.is_zero() {
        return Tensor::new(&shape, out);
    }
    if b.ndim() == 2 && a.ndim() > 2 {
        // One matrix on the right: the stack on the left is one of more rows.
        let rows = out.len() / p.columns;
        let a = a.shaped(&[rows, p.inner]);
        multiply(&matrix(&a), &matrix(b), T::zero(), &mut out, p.columns);
        return Tensor::new(&shape, out);
    }
    let size = p.rows * p.columns;
    if p.stack.ndim() == 0 {
        multiply(&matrix(a), &matrix(b), T::zero(), &mut out, p.columns);
        return Tensor::new(&shape, out);
    }
    let stacked = |x: &Tensor<T>| {
        let mut shape = p.stack.slice().to_vec();
        shape.extend_from_slice(&x.shape()[x.ndim() - 2..]);
        x.repeated_to("matmul", &shape)
    };
    let (a, b) = (stacked(a), stacked(b));
    let (a, b) = (a.view(), b.view());
    let work = out.len() * p.inner;
    parallel::chunks(
        &mut out,
        size,
        work,
        || (),
        |(), i, out| {
            let mut index = p.stack.slice().to_vec();
            let mut rest = i;
            for len in index.iter_mut().rev() {
                (rest, *len) = (rest / *len, rest % *len);
            }
            let (a, b) = (at(&a, &index), at(&b, &index));
            multiply(&a, &b, T::zero(), out, p.columns);
        },
    );
    Tensor::new(&shape, out)
}

/// The matrix of a stack at an index.
fn at<'a, T: Element>(x: &ndarray::ArrayViewD<'a, T>, index: &[usize]) -> ArrayView2<'a, T> {
    let mut x = x.clone();
    for &i in index {
        x = x.index_axis_move(ndarray::Axis(0), i);
    }
    match x.into_dimensionality::<Ix2>() {
        Ok(x) => x,
        Err(_) => unreachable!("a stack of matrices consists of matrices"),
    }
}

/// A tensor with two axes as a matrix.
pub(crate) fn matrix<T: Element>(x: &Tensor<T>) -> ArrayView2<'_, T> {
    at(&x.view(), &[])
}

/// `out = a · b + beta · out`.
pub(crate) fn multiply<T: Element>(
    a: &ArrayView2<'_, T>,
    b: &ArrayView2<'_, T>,
    beta: T,
    out: &mut [T],
    columns: usize,
) {
    let work = out.len() * a.ncols();
    parallel::chunks(
        out,
        ROWS * columns,
        work,
        || (),
        |(), i, out| {
            let rows = out.len() / columns;
            let a = a.slice(s![i * ROWS..i * ROWS + rows, ..]);
            match ArrayViewMut2::from_shape((rows, columns), out) {
                Ok(mut out) => T::gemm(&a, b, beta, &mut out),
                Err(_) => unreachable!("whole rows"),
            }
        },
    );
}

/// How many rows of a product are made at once, by one thread: a multiple of what the kernels take, and enough that
/// the right factor, which is put in order for each, costs little.
const ROWS: usize = 192;

/// The cotangents of both factors.
fn pull<T: Element>(
    a: &Tensor<T>,
    b: &Tensor<T>,
    t: &Tensor<T>,
    wanted: [bool; 2],
) -> [Option<Tensor<T>>; 2] {
    // Vectors as the matrices that they were multiplied as.
    let (mut a2, mut b2, mut t_shape) = (a.clone(), b.clone(), t.shape().to_vec());
    if b.ndim() == 1 {
        b2 = b.column();
        t_shape.push(1);
    }
    if a.ndim() == 1 {
        a2 = a.row();
        t_shape.insert(t_shape.len() - 1, 1);
    }
    let t = t.shaped(&t_shape);
    let a_bar = wanted[0].then(|| {
        product(&t, &b2.swapped())
            .reduced_to(a2.shape())
            .shaped(a.shape())
    });
    let b_bar = wanted[1].then(|| {
        if b2.ndim() == 2 && a2.ndim() > 2 {
            // The sum over the stack is part of one product.
            let [rows @ .., inner] = a2.shape() else {
                unreachable!("a stack of matrices without axes")
            };
            let a2 = a2.shaped(&[rows.iter().product(), *inner]);
            let t = t.shaped(&[a2.shape()[0], b2.shape()[1]]);
            return product(&a2.swapped(), &t).shaped(b.shape());
        }
        product(&a2.swapped(), &t)
            .reduced_to(b2.shape())
            .shaped(b.shape())
    });
    [a_bar, b_bar]
}

rules! {
    TensorMatmulEntry __differentiable_matmul __masked_matmul __jvp_matmul __keep_matmul [] (a, b) -> Tensor<T>,
        value a.matmul(b),
        pull |_| {
            let (a, b) = (a.clone(), b.clone());
            move |t: Tensor<T>, wanted: [bool; 2]| pull(&a, &b, &t, wanted)
        },
        push |_, [da, db]| plus(da.map(|da| da.matmul(b)), db.map(|db| a.matmul(db)));
}
