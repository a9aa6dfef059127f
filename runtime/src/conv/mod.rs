//! Kernels of convolutions, pooling and resampling over slices. They know no derivatives: that the adjoints of a
//! convolution are two more kernels of the same kind is all that the rules of tensors build on.
//!
//! A convolution runs image by image and group by group. The source is copied once with its channels last and with a
//! border of zeros, so that what one output reads is a few runs of consecutive numbers, and the loops over them have no
//! conditions. No matrix of windows is ever written: beside the result the workspace is one image with its border,
//! the reordered weights, and a tile of a few hundred positions.

mod axes;
mod channelwise;
mod depthwise;
mod destination;
mod geometry;
mod isa;
mod options;
mod plan;
mod plane;
mod products;
mod source;
mod spread;
mod stencil;
#[cfg(test)]
mod tests;
mod tile;
mod weights;

pub(crate) use geometry::Geometry;
pub use isa::Float;
pub use options::{Conv, Layout, Padding, Pool, Resize};
pub(crate) use products::{adjoint, convolve};
pub(crate) use stencil::Stencil;
pub(crate) use weights::weights_adjoint;
