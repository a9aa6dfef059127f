//! Gradients that are kept from being too large.

use crate::{Real, Tangent};

/// Makes a gradient shorter whose Euclidean norm is larger than `most`, and gives the norm that it had.
///
/// A gradient with NaN keeps it, and what is given is NaN.
///
/// ```
/// use pullback_runtime::optim::clip_norm;
///
/// let mut gradient = (3.0, vec![4.0]);
/// assert_eq!(clip_norm(&mut gradient, 1.0), 5.0);
/// assert!((gradient.0 - 0.6_f64).abs() < 1e-15 && (gradient.1[0] - 0.8_f64).abs() < 1e-15);
/// assert_eq!(clip_norm(&mut vec![0.5], 1.0), 0.5);
/// ```
pub fn clip_norm<G: Tangent>(gradient: &mut G, most: f64) -> f64 {
    let norm = Real::sqrt(gradient.dot(gradient));
    if norm > most {
        gradient.scale(most / norm);
    }
    norm
}

/// Moves each component of a gradient into the range from `-most` to `most`.
///
/// ```
/// use pullback_runtime::optim::clip_value;
///
/// let mut gradient = [3.0, -0.25, -7.0];
/// clip_value(&mut gradient, 0.5);
/// assert_eq!(gradient, [0.5, -0.25, -0.5]);
/// ```
///
/// # Panics
/// If `most` is negative or NaN.
#[track_caller]
pub fn clip_value<G: Tangent>(gradient: &mut G, most: f64) {
    if most.is_nan() || most < 0.0 {
        panic!("gradients are clipped to {most:?}, which must be at least 0");
    }
    gradient.for_each_mut(&mut |g| *g = g.clamp(-most, most));
}
