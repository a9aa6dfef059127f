//! Gradients against differences: for the tests of this project and of its users.
//!
//! The reference is Ridders' method: central differences with steps that shrink, extrapolated to
//! step zero by Richardson's scheme, of which the entry with the smallest error estimate is kept
//! (C. J. F. Ridders, *Accurate computation of F′(x) and F′(x)F″(x)*, Advances in Engineering
//! Software 4, 1982).

#[allow(unused_imports)]
use crate::prelude::*;
mod arguments;
mod derivatives;
mod macros;

#[doc(hidden)]
pub use arguments::{AnyArgument, Argument};
pub use derivatives::{Subject, Wrong, derivatives};

use core::fmt;

/// How closely a gradient must agree with the differences, and how these are taken.
///
/// ```
/// use pullback_runtime::check::Tolerance;
///
/// let loose = Tolerance { relative: 1e-6, ..Tolerance::default() };
/// assert!(loose.accepts(1.0, 1.0 + 1e-7));
/// assert!(!loose.accepts(f64::NAN, f64::NAN));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// The error allowed relative to the larger of the two numbers. 1e-8 by default.
    pub relative: f64,
    /// The error allowed besides, where both are about zero. 1e-9 by default.
    pub absolute: f64,
    /// The first step, relative to the input where that is larger than 1. 1e-2 by default; smaller
    /// where the function has a kink or a jump close by.
    pub step: f64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            relative: 1e-8,
            absolute: 1e-9,
            step: 1e-2,
        }
    }
}

impl Tolerance {
    /// Whether two numbers agree. A NaN agrees with nothing.
    pub fn accepts(&self, a: f64, b: f64) -> bool {
        (a - b).abs() <= self.absolute + self.relative * a.abs().max(b.abs())
    }
}

/// A gradient that differs from the differences, or does not fit the point.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The gradient has another number of components than the point.
    Length {
        /// Components of the gradient.
        gradient: usize,
        /// Components of the point.
        point: usize,
    },
    /// A component differs by more than the tolerance; of several, the one that differs most.
    Component {
        /// Which one.
        index: usize,
        /// The input there.
        at: f64,
        /// What the gradient says.
        gradient: f64,
        /// What the differences say.
        difference: f64,
        /// How many components differ by more than the tolerance.
        count: usize,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { gradient, point } => write!(
                f,
                "the gradient has {gradient} components, the point has {point}"
            ),
            Self::Component {
                index,
                at,
                gradient,
                difference,
                count,
            } => write!(
                f,
                "component {index} (at {at:e}): the gradient says {gradient:e}, differences say \
                 {difference:e}; components beyond the tolerance: {count}"
            ),
        }
    }
}

impl core::error::Error for Mismatch {}

/// The derivative of a function of one variable at `x`, the first step being `step`.
///
/// NaN if the function gives NaN around `x`.
///
/// ```
/// let slope = pullback_runtime::check::derivative(f64::exp, 0.0, 1e-2);
/// assert!((slope - 1.0).abs() < 1e-11);
/// ```
pub fn derivative(mut f: impl FnMut(f64) -> f64, x: f64, step: f64) -> f64 {
    /// How much the step shrinks, and how often. Richardson's error terms are even in the step.
    const SHRINK: f64 = 1.4;
    const ROWS: usize = 10;
    let mut difference = |h: f64| (f(x + h) - f(x - h)) / ((x + h) - (x - h));

    let mut step = step;
    let mut best = f64::NAN;
    let mut best_error = f64::INFINITY;
    let mut previous = [0.0; ROWS];
    for row in 0..ROWS {
        let mut current = [0.0; ROWS];
        current[0] = difference(step);
        let mut factor = SHRINK * SHRINK;
        for k in 1..=row {
            current[k] = (current[k - 1] * factor - previous[k - 1]) / (factor - 1.0);
            factor *= SHRINK * SHRINK;
            let to_left = (current[k] - current[k - 1]).abs();
            let to_above = (current[k] - previous[k - 1]).abs();
            let error = to_left.max(to_above);
            if error <= best_error {
                best_error = error;
                best = current[k];
            }
        }
        previous = current;
        step /= SHRINK;
    }
    best
}

/// The gradient of a function of several variables at `x`, by differences.
///
/// ```
/// let gradient = pullback_runtime::check::central_difference(|x| x[0] * x[1], &[2.0, 3.0], 1e-2);
/// assert!((gradient[0] - 3.0).abs() < 1e-10 && (gradient[1] - 2.0).abs() < 1e-10);
/// ```
pub fn central_difference(mut f: impl FnMut(&[f64]) -> f64, x: &[f64], step: f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    (0..x.len())
        .map(|i| {
            let along = |value: f64| {
                moved[i] = value;
                f(&moved)
            };
            let slope = derivative(along, x[i], step * x[i].abs().max(1.0));
            moved[i] = x[i];
            slope
        })
        .collect()
}

/// Holds the gradient that was computed at `x` against the differences of the value.
///
/// # Errors
///
/// [`Mismatch`], if a component is beyond the tolerance or NaN, or the lengths differ.
///
/// ```
/// use pullback_runtime::check::{Tolerance, check_gradient};
///
/// let area = |x: &[f64]| x[0] * x[1];
/// let x = [2.0, 3.0];
/// assert!(check_gradient(area, &[3.0, 2.0], &x, &Tolerance::default()).is_ok());
/// let wrong = check_gradient(area, &[3.0, 3.0], &x, &Tolerance::default());
/// assert!(wrong.unwrap_err().to_string().starts_with("component 1"));
/// ```
pub fn check_gradient(
    value: impl FnMut(&[f64]) -> f64,
    gradient: &[f64],
    x: &[f64],
    tolerance: &Tolerance,
) -> Result<(), Mismatch> {
    if gradient.len() != x.len() {
        return Err(Mismatch::Length {
            gradient: gradient.len(),
            point: x.len(),
        });
    }
    let differences = central_difference(value, x, tolerance.step);
    let wrong: Vec<usize> = (0..x.len())
        .filter(|&i| !tolerance.accepts(gradient[i], differences[i]))
        .collect();
    let distance = |i: usize| {
        let distance = (gradient[i] - differences[i]).abs();
        if distance.is_nan() {
            f64::INFINITY
        } else {
            distance
        }
    };
    match wrong
        .iter()
        .copied()
        .max_by(|&i, &j| distance(i).total_cmp(&distance(j)))
    {
        None => Ok(()),
        Some(index) => Err(Mismatch::Component {
            index,
            at: x[index],
            gradient: gradient[index],
            difference: differences[index],
            count: wrong.len(),
        }),
    }
}
