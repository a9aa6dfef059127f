//! Poolings and changes of size, for which every channel is alike.

use super::super::rule::{one, rules};
use super::super::{Element, Tensor};
use crate::conv::{Pool, Resize, Stencil};
#[allow(unused_imports)]
use crate::prelude::*;

/// The methods, which differ in the number of axes alone.
macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident($options:ident) = $run:ident $make:ident $op:literal $space:literal;)*) => {
        impl<T: Element> Tensor<T> { $(
            $(#[$doc])*
            ///
            /// # Panics
            /// If the shape and the options do not fit.
            #[track_caller]
            pub fn $method(&self, options: &$options) -> Tensor<T> {
                $run(&Stencil::$make($op, $space, self.shape(), options), self)
            }
        )* }
    };
}

methods! {
    /// The largest element of each window of images `[batch, channels, height, width]`, or with the channels last.
    ///
    /// A derivative is shared equally by equal largest elements. Padding is never the largest.
    max_pool2d(Pool) = largest pooling "max_pool2d" 2;
    /// The largest element of each window of sequences; see [`max_pool2d`](Tensor::max_pool2d).
    max_pool1d(Pool) = largest pooling "max_pool1d" 1;
    /// The largest element of each window of volumes; see [`max_pool2d`](Tensor::max_pool2d).
    max_pool3d(Pool) = largest pooling "max_pool3d" 3;
    /// The mean of each window of images `[batch, channels, height, width]`, or with the channels last.
    ///
    /// Padding does not count unless [`Pool::count_padding`] says so.
    avg_pool2d(Pool) = sums pooling "avg_pool2d" 2;
    /// The mean of each window of sequences; see [`avg_pool2d`](Tensor::avg_pool2d).
    avg_pool1d(Pool) = sums pooling "avg_pool1d" 1;
    /// The mean of each window of volumes; see [`avg_pool2d`](Tensor::avg_pool2d).
    avg_pool3d(Pool) = sums pooling "avg_pool3d" 3;
    /// Images `[batch, channels, height, width]`, or with the channels last, in another size.
    resize2d(Resize) = sums resizing "resize2d" 2;
    /// Sequences in another length; see [`Resize`].
    resize1d(Resize) = sums resizing "resize1d" 1;
    /// Volumes in another size; see [`Resize`].
    resize3d(Resize) = sums resizing "resize3d" 3;
}

/// What each output looks at, weighted and summed.
fn sums<T: Element>(s: &Stencil, x: &Tensor<T>) -> Tensor<T> {
    if x.is_zero() {
        return Tensor::zero_of(&s.output_shape);
    }
    Tensor::new(&s.output_shape, s.sums(&x.data()))
}

/// Its adjoint.
fn sums_adjoint<T: Element>(s: &Stencil, t: &Tensor<T>) -> Tensor<T> {
    if t.is_zero() {
        return Tensor::zero_of(&s.input_shape);
    }
    Tensor::new(&s.input_shape, s.sums_adjoint(&t.data()))
}

/// The largest of what each output looks at.
fn largest<T: Element>(s: &Stencil, x: &Tensor<T>) -> Tensor<T> {
    if x.is_zero() {
        return Tensor::zero_of(&s.output_shape);
    }
    Tensor::new(&s.output_shape, s.largest(&x.data()))
}

/// The rules, which differ in the number of axes alone.
macro_rules! stencils {
    (
        largest { $($entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident $op:literal $space:literal;)* }
        sums { $($entry_s:ident $differentiable_s:ident $masked_s:ident $jvp_s:ident $keep_s:ident
            $options:ident $make:ident $op_s:literal $space_s:literal;)* }
    ) => {
        rules! {
            $(
                $entry $differentiable $masked $jvp $keep [] (x; & options: Pool) -> Tensor<T>,
                    with s = Stencil::pooling($op, $space, x.shape(), options),
                    value largest(&s, x),
                    pull |y| {
                        let (x, y) = (x.clone(), y.clone());
                        one(move |t: Tensor<T>| {
                            Tensor::new(x.shape(), s.largest_adjoint(&x.data(), &y.data(), &t.data()))
                        })
                    },
                    push |y, [d]| d.filter(|d| !d.is_zero()).map(|d| {
                        Tensor::new(y.shape(), s.largest_tangent(&x.data(), &y.data(), &d.data()))
                    });
            )*
            $(
                $entry_s $differentiable_s $masked_s $jvp_s $keep_s [] (x; & options: $options) -> Tensor<T>,
                    with s = Stencil::$make($op_s, $space_s, x.shape(), options),
                    value sums(&s, x),
                    pull |_| one(move |t: Tensor<T>| sums_adjoint(&s, &t)),
                    push |_, [d]| d.map(|d| sums(&s, d));
            )*
        }
    };
}

stencils! {
    largest {
        TensorMaxPool1dEntry __differentiable_max_pool1d __masked_max_pool1d __jvp_max_pool1d __keep_max_pool1d "max_pool1d" 1;
        TensorMaxPool2dEntry __differentiable_max_pool2d __masked_max_pool2d __jvp_max_pool2d __keep_max_pool2d "max_pool2d" 2;
        TensorMaxPool3dEntry __differentiable_max_pool3d __masked_max_pool3d __jvp_max_pool3d __keep_max_pool3d "max_pool3d" 3;
    }
    sums {
        TensorAvgPool1dEntry __differentiable_avg_pool1d __masked_avg_pool1d __jvp_avg_pool1d __keep_avg_pool1d
            Pool pooling "avg_pool1d" 1;
        TensorAvgPool2dEntry __differentiable_avg_pool2d __masked_avg_pool2d __jvp_avg_pool2d __keep_avg_pool2d
            Pool pooling "avg_pool2d" 2;
        TensorAvgPool3dEntry __differentiable_avg_pool3d __masked_avg_pool3d __jvp_avg_pool3d __keep_avg_pool3d
            Pool pooling "avg_pool3d" 3;
        TensorResize1dEntry __differentiable_resize1d __masked_resize1d __jvp_resize1d __keep_resize1d
            Resize resizing "resize1d" 1;
        TensorResize2dEntry __differentiable_resize2d __masked_resize2d __jvp_resize2d __keep_resize2d
            Resize resizing "resize2d" 2;
        TensorResize3dEntry __differentiable_resize3d __masked_resize3d __jvp_resize3d __keep_resize3d
            Resize resizing "resize3d" 3;
    }
}
