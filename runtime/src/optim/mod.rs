//! Optimisers: how the parameters of a model move by their gradient.
//!
//! A model is anything that has a tangent and can be changed: a number, a `Vec<f64>`, a tensor, a tuple of them, a struct
//! that derives [`Differentiable`](crate::Differentiable). The gradient is what `grad` and `value_and_grad` give of it.
//! A field marked `#[constant]` has no gradient and is left alone.
//!
//! ```
//! use pullback_runtime::optim::{Adam, Schedule, clip_norm};
//!
//! // The least (x - 3)² + y² / 2, by its gradient written out.
//! let mut model = (0.0_f64, vec![1.0_f64]);
//! let schedule = Schedule::cosine(0.3, 0.0, 200);
//! let mut adam = Adam::new(0.3);
//! for step in 0..200 {
//!     let mut gradient = (2.0 * (model.0 - 3.0), model.1.clone());
//!     clip_norm(&mut gradient, 1.0);
//!     adam.rate = schedule.at(step);
//!     adam.step(&mut model, &gradient);
//! }
//! assert!((model.0 - 3.0).abs() < 1e-2 && model.1[0].abs() < 1e-2);
//! ```
//!
//! An optimiser remembers what it needs of earlier steps by the order of the parameters, so that one optimiser belongs to
//! one model, whose number of parameters stays. Parts of a model that move at other rates have optimisers of their own:
//! `slow.step(&mut model.body, &d.body); fast.step(&mut model.head, &d.head);`.

mod adam;
mod clip;
mod kept;
mod parameters;
mod schedule;
mod sgd;

pub use adam::Adam;
pub use clip::{clip_norm, clip_value};
#[doc(hidden)]
pub use parameters::UpdateBy;
pub use parameters::{Parameters, Update};
pub use schedule::Schedule;
pub use sgd::Sgd;

use crate::Real;

/// Calls `each` with each parameter, the component of its gradient, which is 0 where none is given, and what is kept
/// beside it.
#[inline]
fn beside<T: Real, K>(
    values: &mut [T],
    gradient: &[T],
    kept: impl IntoIterator<Item = K>,
    mut each: impl FnMut(&mut T, T, K),
) {
    if gradient.is_empty() {
        for (x, kept) in values.iter_mut().zip(kept) {
            each(x, T::zero(), kept);
        }
    } else {
        for ((x, g), kept) in values.iter_mut().zip(gradient).zip(kept) {
            each(x, *g, kept);
        }
    }
}

/// Requires a number of an option's range.
#[track_caller]
fn within(what: &str, x: f64, range: core::ops::Range<f64>) {
    if !range.contains(&x) {
        let (low, high) = (range.start, range.end);
        panic!("{what} is {x:?}, and must be at least {low:?} and less than {high:?}");
    }
}
