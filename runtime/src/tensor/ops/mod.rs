//! The operations and their rules, a file for each family.

mod arithmetic;
mod between;
mod choice;
mod convolution;
mod cumulative;
mod einsum;
mod elementwise;
mod indexing;
mod join;
pub(super) mod layout;
mod losses;
mod matmul;
mod norm;
mod pooling;
mod reductions;

/// The entries, which generated code brings into scope under no name.
pub mod entries {
    pub use super::between::entries::*;
    pub use super::choice::entries::*;
    pub use super::convolution::entries::*;
    pub use super::cumulative::entries::*;
    pub use super::einsum::{entries::*, functions::*};
    pub use super::elementwise::entries::*;
    pub use super::indexing::entries::*;
    pub use super::join::entries::*;
    pub use super::layout::entries::*;
    pub use super::losses::entries::*;
    pub use super::matmul::entries::*;
    pub use super::norm::entries::*;
    pub use super::pooling::entries::*;
    pub use super::reductions::entries::*;
}
