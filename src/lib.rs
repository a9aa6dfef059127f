//! Exact gradients of ordinary Rust functions, at compile time, on stable Rust.
//!
//! [`differentiable`] reads a function as it is written and puts its derivatives beside it. There is no graph
//! and no tracing at run time: the derivative is Rust code that the compiler optimises like yours.
//!
//! ```
//! use pullback::differentiable;
//!
//! #[differentiable]
//! fn loss(w: f64, b: f64) -> f64 {
//!     let y = w * 2.0 + b;
//!     if y > 0.0 { y * y } else { y.exp() }
//! }
//!
//! assert_eq!(loss(1.0, 3.0), 25.0); // the function itself is untouched
//! let (dw, db) = loss::grad(1.0, 3.0); // and a name space of the same name stands beside it
//! assert_eq!((dw, db), (20.0, 10.0));
//! ```
//!
//! # What stands beside the function
//!
//! For a function `f`, the name space `f` has the function's own visibility and comes along with every `use`.
//!
//! | call | gives |
//! |---|---|
//! | `f::grad(…)` | one tangent for each differentiated parameter, in order; a bare value where there is one |
//! | `f::value_and_grad(…)` | the value as well, from the same forward sweep |
//! | `f::gradients(…)` | a struct with an `Option` for each parameter: `None` where it is not connected |
//! | `f::checked_grad(…)` | the gradient, or the first operation whose value or cotangent is NaN or infinite |
//! | `f::reachability()` | for each parameter: connected always, sometimes (when) or never (why); nothing runs |
//! | `f::accumulate_grad(…, &mut dx)` | the value, with the gradient added into your own buffers |
//! | `f::vjp(…)` | the value and its pullback, for any return type |
//! | `f::jvp((…), (…))` | the value and its tangent along a direction: forward mode |
//! | `f::jacobian(…)` | all partial derivatives, a row for each number of the result: [`Jacobian`] |
//! | `f::hvp((…), (…))` | the Hessian times a direction, with `#[differentiable(order = 2)]` |
//! | `f::grad_with(&mut tape, …)`, `f::value_and_grad_with(&mut tape, …)` | the same in a workspace that is used again |
//!
//! # Loops, memory and calls
//!
//! Slices are borrowed, their gradients are owned vectors. A differentiable function may call others.
//!
//! ```
//! use pullback::differentiable;
//!
//! #[differentiable]
//! fn softplus(x: f64) -> f64 {
//!     if x > 30.0 { x } else { x.exp().ln_1p() }
//! }
//!
//! #[differentiable]
//! fn smooth(x: &[f64], k: f64, steps: usize) -> f64 {
//!     let mut u = x.to_vec();
//!     for _ in 0..steps {
//!         for i in 1..u.len() {
//!             u[i] += k * (u[i - 1] - u[i]); // overwritten in place
//!         }
//!     }
//!     let mut sum = 0.0;
//!     for v in &u {
//!         sum += softplus(*v);
//!     }
//!     sum
//! }
//!
//! let x = [1.0, -2.0, 0.5];
//! let (dx, dk) = smooth::grad(&x, 0.1, 4);
//! // Moving an input by a little moves the result as the gradient says.
//! let moved = |h: f64| smooth(&[1.0 + h, -2.0, 0.5], 0.1, 4);
//! assert!(((moved(1e-5) - moved(-1e-5)) / 2e-5 - dx[0]).abs() < 1e-8);
//! let moved = |h: f64| smooth(&x, 0.1 + h, 4);
//! assert!(((moved(1e-5) - moved(-1e-5)) / 2e-5 - dk).abs() < 1e-8);
//! ```
//!
//! # Second derivatives
//!
//! ```
//! use pullback::differentiable;
//!
//! #[differentiable(order = 2)]
//! fn cubic(x: f64, y: f64) -> f64 {
//!     x * x * x * y
//! }
//!
//! // The Hessian at (2, 3) is [[36, 12], [12, 0]].
//! assert_eq!(cubic::hvp((2.0, 3.0), (1.0, 0.0)), (36.0, 12.0));
//! ```
//!
//! # `None` is not zero
//!
//! ```
//! use pullback::differentiable;
//!
//! #[differentiable]
//! fn tax(income: f64, relief: f64) -> f64 {
//!     if income > 100.0 { 0.3 * income - relief } else { 0.2 * income }
//! }
//!
//! let g = tax::gradients(50.0, 7.0);
//! assert_eq!(g.income, Some(0.2));
//! assert_eq!(g.relief, None); // the branch that was taken does not use it
//! assert_eq!(tax::grad(50.0, 7.0), (0.2, 0.0));
//! ```
//!
//! A parameter that *no* path connects to the result is a warning at that parameter while compiling. In a
//! crate that denies warnings it is an error:
//!
//! ```compile_fail
//! #![deny(warnings)]
//! # fn main() {}
//! #[pullback::differentiable]
//! pub fn area(width: f64, height: f64) -> f64 {
//!     width * (height as i64) as f64
//! }
//! ```
//!
//! An option of the attribute, `#[constant]` on the parameter, or `#[allow(deprecated)]` on the function says
//! that it is meant:
//!
//! ```
//! #![deny(warnings)]
//! # fn main() {}
//! #[pullback::differentiable(detached = "allow")]
//! pub fn area(width: f64, height: f64) -> f64 {
//!     width * (height as i64) as f64
//! }
//! ```
//!
//! # More
//!
//! The manual is in the repository's directory `docs/manual`: the language that is accepted, what `None`
//! means, and the derivatives at kinks and singular points.

#![cfg_attr(not(doctest), no_std)]
#![forbid(unsafe_code)]
// Here and not for the package, so that an example that somebody tries is not asked for documentation.
#![warn(missing_docs)]

pub use pullback_macros::{Differentiable, differentiable};
pub use pullback_runtime::{
    Cut, Differentiable, DynTangent, Jacobian, NoTangent, NonFinite, OptionTangent, Reach, ReachOf,
    Reachability, Real, ResultTangent, Sweep, Tangent, TangentOf, Tape, check, detach, optim,
    stop_gradient,
};

#[cfg(feature = "tensor")]
pub use pullback_runtime::{Tensor, tensor};

/// What generated code calls. Not for users: names and meanings may change in any version.
#[doc(hidden)]
pub use pullback_runtime::rt;

/// The examples of the README and of the manual are tests.
#[cfg(doctest)]
mod written {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/manual/language.md")]
    struct Language;
    #[doc = include_str!("../docs/manual/none.md")]
    struct None;
    #[doc = include_str!("../docs/manual/conventions.md")]
    struct Conventions;
    #[doc = include_str!("../docs/manual/checking.md")]
    struct Checking;
    #[doc = include_str!("../docs/manual/nonfinite.md")]
    struct NonFinite;
    #[doc = include_str!("../docs/manual/tensors.md")]
    struct Tensors;
    #[doc = include_str!("../docs/manual/third_party.md")]
    struct ThirdParty;
    #[cfg(feature = "tensor")]
    #[doc = include_str!("../docs/manual/convolutions.md")]
    struct Convolutions;
}
