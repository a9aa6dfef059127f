//! Convolutions and their transposes. Each is linear in its input and in its weights, and the adjoints of one are the
//! kernels of the other.

use super::super::rule::{each, plus, rules};
use super::super::{Element, Tensor};
use crate::conv::{self, Conv, Geometry};
#[allow(unused_imports)]
use crate::prelude::*;

impl<T: Element> Tensor<T> {
    /// The convolution of images with weights, as neural networks mean it: the kernel is not flipped.
    ///
    /// The input has the shape `[batch, channels, height, width]`, or `[batch, height, width, channels]` with
    /// [`Conv::channels_last`]; the weights `[outputs, channels / groups, kernel height, kernel width]` with either. The
    /// output is as long along an axis as `(length + padding - (kernel - 1) · dilation - 1) / stride + 1`, rounded down.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    /// use pullback_runtime::tensor::Conv;
    ///
    /// let x: Tensor = Tensor::arange(9).reshape([1, 1, 3, 3]);
    /// let w = Tensor::from_vec([1, 1, 2, 2], vec![1.0, 0.0, 0.0, -1.0]);
    /// assert_eq!(x.conv2d(&w, &Conv::new()).to_vec(), [-4.0; 4]);
    ///
    /// // A bias for each output is added by broadcasting.
    /// let bias = Tensor::from([10.0]);
    /// let y = x.conv2d(&w, &Conv::new().padding(1)) + bias.reshape([1, 1, 1]);
    /// assert_eq!(y.shape(), &[1, 1, 4, 4]);
    /// ```
    ///
    /// # Panics
    /// If the shapes and the options do not fit.
    #[track_caller]
    pub fn conv2d(&self, w: &Tensor<T>, options: &Conv) -> Tensor<T> {
        forward(
            &Geometry::new("conv2d", 2, self.shape(), w.shape(), options),
            self,
            w,
        )
    }

    /// The convolution of sequences `[batch, channels, length]` with weights `[outputs, channels / groups, kernel]`;
    /// see [`conv2d`](Tensor::conv2d).
    #[track_caller]
    pub fn conv1d(&self, w: &Tensor<T>, options: &Conv) -> Tensor<T> {
        forward(
            &Geometry::new("conv1d", 1, self.shape(), w.shape(), options),
            self,
            w,
        )
    }

    /// The convolution of volumes `[batch, channels, depth, height, width]`; see [`conv2d`](Tensor::conv2d).
    #[track_caller]
    pub fn conv3d(&self, w: &Tensor<T>, options: &Conv) -> Tensor<T> {
        forward(
            &Geometry::new("conv3d", 3, self.shape(), w.shape(), options),
            self,
            w,
        )
    }

    /// The transposed convolution of images, which spreads each element over as many as the kernel has: the adjoint of
    /// [`conv2d`](Tensor::conv2d) with the same options.
    ///
    /// The weights have the shape `[channels, outputs / groups, kernel height, kernel width]`. The output is as long
    /// along an axis as `(length - 1) · stride - padding + (kernel - 1) · dilation + 1`, plus
    /// [`Conv::output_padding`]; with the padding `Same` it is `length · stride`.
    ///
    /// ```
    /// use pullback_runtime::Tensor;
    /// use pullback_runtime::tensor::Conv;
    ///
    /// let x: Tensor = Tensor::ones([1, 8, 7, 7]);
    /// let w = Tensor::ones([8, 3, 2, 2]);
    /// assert_eq!(x.conv_transpose2d(&w, &Conv::new().stride(2)).shape(), &[1, 3, 14, 14]);
    /// ```
    ///
    /// # Panics
    /// If the shapes and the options do not fit.
    #[track_caller]
    pub fn conv_transpose2d(&self, w: &Tensor<T>, options: &Conv) -> Tensor<T> {
        let g = Geometry::transposed("conv_transpose2d", 2, self.shape(), w.shape(), options);
        backward(&g, self, w)
    }

    /// The transposed convolution of sequences; see [`conv_transpose2d`](Tensor::conv_transpose2d).
    #[track_caller]
    pub fn conv_transpose1d(&self, w: &Tensor<T>, options: &Conv) -> Tensor<T> {
        let g = Geometry::transposed("conv_transpose1d", 1, self.shape(), w.shape(), options);
        backward(&g, self, w)
    }

    /// The transposed convolution of volumes; see [`conv_transpose2d`](Tensor::conv_transpose2d).
    #[track_caller]
    pub fn conv_transpose3d(&self, w: &Tensor<T>, options: &Conv) -> Tensor<T> {
        let g = Geometry::transposed("conv_transpose3d", 3, self.shape(), w.shape(), options);
        backward(&g, self, w)
    }
}

/// The convolution of `x` with `w`.
fn forward<T: Element>(g: &Geometry, x: &Tensor<T>, w: &Tensor<T>) -> Tensor<T> {
    let shape = g.output_shape();
    if x.is_zero() || w.is_zero() {
        return Tensor::zero_of(&shape);
    }
    Tensor::new(&shape, conv::convolve(g, &x.data(), &w.data()))
}

/// Its adjoint in the input, at a cotangent of the output.
fn backward<T: Element>(g: &Geometry, y: &Tensor<T>, w: &Tensor<T>) -> Tensor<T> {
    let shape = g.input_shape();
    if y.is_zero() || w.is_zero() {
        return Tensor::zero_of(&shape);
    }
    Tensor::new(&shape, conv::adjoint(g, &y.data(), &w.data()))
}

/// Its adjoint in the weights.
fn weights<T: Element>(g: &Geometry, x: &Tensor<T>, y: &Tensor<T>) -> Tensor<T> {
    let shape = g.weights_shape();
    if x.is_zero() || y.is_zero() {
        return Tensor::zero_of(&shape);
    }
    Tensor::new(&shape, conv::weights_adjoint(g, &x.data(), &y.data()))
}

/// The rules, which differ in the number of axes alone.
macro_rules! convolutions {
    ($(
        $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident $op:literal $space:literal,
        $entry_t:ident $differentiable_t:ident $masked_t:ident $jvp_t:ident $keep_t:ident $op_t:literal;
    )*) => {
        rules! { $(
            $entry $differentiable $masked $jvp $keep [] (x, w; & options: Conv) -> Tensor<T>,
                with g = Geometry::new($op, $space, x.shape(), w.shape(), options),
                value forward(&g, x, w),
                pull |_| {
                    let (g, x, w) = (g.clone(), x.clone(), w.clone());
                    each(move |t: &Tensor<T>, i| match i {
                        0 => backward(&g, t, &w),
                        _ => weights(&g, &x, t),
                    })
                },
                push |_, [dx, dw]| plus(dx.map(|dx| forward(&g, dx, w)), dw.map(|dw| forward(&g, x, dw)));
            $entry_t $differentiable_t $masked_t $jvp_t $keep_t [] (x, w; & options: Conv) -> Tensor<T>,
                with g = Geometry::transposed($op_t, $space, x.shape(), w.shape(), options),
                value backward(&g, x, w),
                pull |_| {
                    let (g, x, w) = (g.clone(), x.clone(), w.clone());
                    each(move |t: &Tensor<T>, i| match i {
                        0 => forward(&g, t, &w),
                        _ => weights(&g, t, &x),
                    })
                },
                push |_, [dx, dw]| plus(dx.map(|dx| backward(&g, dx, w)), dw.map(|dw| backward(&g, x, dw)));
        )* }
    };
}

convolutions! {
    TensorConv1dEntry __differentiable_conv1d __masked_conv1d __jvp_conv1d __keep_conv1d "conv1d" 1,
    TensorConvTranspose1dEntry __differentiable_conv_transpose1d __masked_conv_transpose1d __jvp_conv_transpose1d
        __keep_conv_transpose1d "conv_transpose1d";
    TensorConv2dEntry __differentiable_conv2d __masked_conv2d __jvp_conv2d __keep_conv2d "conv2d" 2,
    TensorConvTranspose2dEntry __differentiable_conv_transpose2d __masked_conv_transpose2d __jvp_conv_transpose2d
        __keep_conv_transpose2d "conv_transpose2d";
    TensorConv3dEntry __differentiable_conv3d __masked_conv3d __jvp_conv3d __keep_conv3d "conv3d" 3,
    TensorConvTranspose3dEntry __differentiable_conv_transpose3d __masked_conv_transpose3d __jvp_conv_transpose3d
        __keep_conv_transpose3d "conv_transpose3d";
}
