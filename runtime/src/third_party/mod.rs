//! Types of other crates that carry derivatives, each behind a feature of the crate's name.

#[cfg(any(feature = "ndarray", feature = "nalgebra", feature = "num-complex"))]
mod entry;

#[cfg(feature = "num-complex")]
mod complex;
#[cfg(feature = "num-complex")]
mod complex_methods;
#[cfg(feature = "nalgebra")]
mod nalgebra;
#[cfg(feature = "ndarray")]
mod ndarray;

#[cfg(feature = "tensor")]
pub(crate) use entry::{constructor, entry};

/// The entries, which generated code brings into scope under no name.
pub mod entries {
    #[cfg(feature = "num-complex")]
    pub use super::complex_methods::{
        ArgEntry as _, ConjEntry as _, FromPolarEntry as _, InvEntry as _, NewEntry as _,
        NormEntry as _, NormSqrEntry as _, PowcEntry as _, ScaleEntry as _,
    };
    #[cfg(feature = "nalgebra")]
    pub use super::nalgebra::entries::*;
    #[cfg(feature = "ndarray")]
    pub use super::ndarray::entries::*;
}

/// What generated code names of ndarray.
#[cfg(feature = "ndarray")]
pub use self::ndarray::named as nd;
