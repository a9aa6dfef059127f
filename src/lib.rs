//! Exact gradients of ordinary Rust functions, at compile time, on stable Rust.

pub use pullback_macros::differentiable;
pub use pullback_runtime::*;
