//! The operations and their rules, a file for each family.

mod arithmetic;
mod elementwise;
mod matmul;
mod reductions;

/// The entries, which generated code brings into scope under no name.
pub mod entries {
    pub use super::elementwise::entries::*;
    pub use super::matmul::entries::*;
    pub use super::reductions::entries::*;
}
