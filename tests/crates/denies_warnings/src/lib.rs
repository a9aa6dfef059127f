//! Every warning is an error, and a few lints are denied by name.
#![deny(
    warnings,
    unused,
    nonstandard_style,
    future_incompatible,
    rust_2018_idioms
)]
#![deny(
    unused_variables,
    unused_mut,
    unused_parens,
    unused_assignments,
    unused_results,
    unreachable_code
)]
#![deny(
    trivial_casts,
    unused_qualifications,
    unused_lifetimes,
    single_use_lifetimes,
    let_underscore_drop
)]

mod cuts;
mod functions;

pub use cuts::*;
pub use functions::*;
