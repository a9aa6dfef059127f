//! Both modes of a differentiable function against differences and against each other: what [`check!`](crate::check!)
//! runs.

use super::{Tolerance, derivative};
use crate::prelude::*;
use crate::{Differentiable, Tangent};
use core::fmt;

/// A function with its derivatives at a point, as [`check!`](crate::check!) puts it together.
///
/// `V` is the function's result, `D` what its pullback gives: one tangent, or a tuple of several.
pub struct Subject<'a, V: Differentiable, D> {
    /// The function's name.
    pub name: &'a str,
    /// Each argument as it is written, and its real components.
    pub arguments: Vec<(&'a str, Vec<f64>)>,
    /// The value where the components of all arguments are moved by these steps.
    pub value: &'a dyn Fn(&[f64]) -> V,
    /// The value and what the pullback makes of the seed that is chosen for it.
    #[expect(clippy::type_complexity)]
    pub vjp: &'a dyn Fn(&mut dyn FnMut(&V) -> V::Tangent) -> (V, D),
    /// The value and its tangent along a direction.
    pub jvp: Option<&'a dyn Fn(D) -> (V, V::Tangent)>,
}

/// What is wrong with a function's derivatives.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Wrong {
    /// The pullback gives another number of components than the arguments have.
    Length {
        /// The function.
        function: String,
        /// Components that the pullback gives.
        gradient: usize,
        /// Components of all arguments.
        arguments: usize,
    },
    /// Reverse mode and differences disagree.
    Reverse {
        /// The function.
        function: String,
        /// The argument as it is written.
        argument: String,
        /// Which component of it, of how many.
        component: (usize, usize),
        /// The input there.
        at: f64,
        /// What the pullback says.
        got: f64,
        /// What the differences say.
        wanted: f64,
        /// How many components of all arguments are beyond the tolerance.
        count: usize,
    },
    /// The tangent along a direction and differences disagree, or the two modes, where reverse mode is right.
    Forward {
        /// The function.
        function: String,
        /// The inner product of the seed and the tangent.
        got: f64,
        /// That of the pulled back seed and the direction.
        wanted: f64,
    },
    /// A mode gives another value than the function.
    Value {
        /// The function.
        function: String,
        /// Which mode.
        mode: &'static str,
        /// Which component of the value.
        component: usize,
        /// What the mode gives.
        got: f64,
        /// What the function gives.
        wanted: f64,
    },
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length {
                function,
                gradient,
                arguments,
            } => write!(
                f,
                "`{function}`: the pullback gives {gradient} components, the arguments have {arguments}; mark an \
                 argument that is not differentiated, as in `check!({function}, (x, #[constant] k))`"
            ),
            Self::Reverse {
                function,
                argument,
                component: (component, of),
                at,
                got,
                wanted,
                count,
            } => {
                write!(
                    f,
                    "`{function}`: reverse mode is wrong for the argument `{argument}`"
                )?;
                if *of > 1 {
                    write!(f, ", component {component}")?;
                }
                write!(
                    f,
                    ", at {at:e}\n   got {got:e}\nwanted {wanted:e} (by differences)\ncomponents beyond the \
                     tolerance, of all arguments: {count}"
                )
            }
            Self::Forward {
                function,
                got,
                wanted,
            } => write!(
                f,
                "`{function}`: forward mode is wrong along a random direction\n   got {got:e}\nwanted {wanted:e} (by \
                 reverse mode, which agrees with differences)"
            ),
            Self::Value {
                function,
                mode,
                component,
                got,
                wanted,
            } => write!(
                f,
                "`{function}`: {mode} gives another value than the function, component {component}\n   got \
                 {got:e}\nwanted {wanted:e}"
            ),
        }
    }
}

impl core::error::Error for Wrong {}

/// Numbers between a half and one and a half in size, of either sign, the same in each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let size = 0.5 + (self.0 >> 33) as f64 / (1_u64 << 31) as f64;
        if self.0 >> 32 & 1 == 0 { size } else { -size }
    }

    fn fill<T: Tangent>(&mut self, mut tangent: T) -> T {
        tangent.for_each_mut(&mut |component| *component = self.next());
        tangent
    }
}

fn components<T: Tangent>(tangent: &T) -> Vec<f64> {
    let mut all = Vec::new();
    tangent.for_each(&mut |component| all.push(component));
    all
}

pub(super) fn coordinates<V: Differentiable>(value: &V) -> Vec<f64> {
    let mut all = Vec::new();
    value.coordinates(&mut |component| all.push(component));
    all
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn size(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum()
}

/// Checks a function's derivatives at a point: ⟨w, J·v⟩ = ⟨Jᵀ·w, v⟩ for a random seed `w` and a random direction
/// `v`, and both against extrapolated central differences; where these disagree, component by component.
///
/// # Errors
///
/// [`Wrong`], which says what disagrees and where.
pub fn derivatives<V: Differentiable, D: Tangent>(
    subject: &Subject<'_, V, D>,
    tolerance: &Tolerance,
) -> Result<(), Wrong> {
    let function = || String::from(subject.name);
    let mut noise = Noise(0x5EED);
    let mut seed = Vec::new();
    let (value, gradient) = (subject.vjp)(&mut |value| {
        let mut chosen = noise.fill(value.zero_tangent());
        // Of a single number, what is reported is then the gradient itself.
        if components(&chosen).len() == 1 {
            chosen.for_each_mut(&mut |component| *component = 1.0);
        }
        seed = components(&chosen);
        chosen
    });
    let direction = noise.fill(gradient.zero_like());
    let (gradient, along) = (components(&gradient), components(&direction));
    let arguments: usize = subject.arguments.iter().map(|(_, all)| all.len()).sum();
    if gradient.len() != arguments {
        return Err(Wrong::Length {
            function: function(),
            gradient: gradient.len(),
            arguments,
        });
    }
    let plain = coordinates(&(subject.value)(&crate::rt::vec![0.0; arguments]));
    same_value(
        subject.name,
        "reverse mode",
        &plain,
        &coordinates(&value),
        tolerance,
    )?;

    // The inputs decide how large a step is.
    let inputs = || {
        subject
            .arguments
            .iter()
            .flat_map(|(_, all)| all.iter().copied())
    };
    let difference = |direction: &[f64]| {
        let far = inputs().zip(direction).filter(|(_, d)| **d != 0.0);
        let scale = far.fold(1.0_f64, |scale, (x, _)| scale.max(x.abs()));
        let moved = |h: f64| {
            let steps: Vec<f64> = direction.iter().map(|d| d * h).collect();
            dot(&coordinates(&(subject.value)(&steps)), &seed)
        };
        derivative(moved, 0.0, tolerance.step * scale)
    };
    // What is summed may cancel: the error allowed is relative to the terms.
    let agree = |a: f64, b: f64, terms: f64| {
        (a - b).abs() <= tolerance.absolute + tolerance.relative * a.abs().max(b.abs()).max(terms)
    };
    let backward = dot(&gradient, &along);
    let terms = size(&gradient, &along);
    if !agree(backward, difference(&along), terms) {
        return Err(
            locate(subject, &gradient, &difference, tolerance).unwrap_or(Wrong::Reverse {
                function: function(),
                argument: String::from("a random direction through all arguments"),
                component: (0, 1),
                at: 0.0,
                got: backward,
                wanted: difference(&along),
                count: 1,
            }),
        );
    }
    let Some(jvp) = subject.jvp else {
        return Ok(());
    };
    let (value, tangent) = jvp(direction);
    same_value(
        subject.name,
        "forward mode",
        &plain,
        &coordinates(&value),
        tolerance,
    )?;
    let tangent = components(&tangent);
    let forward = dot(&tangent, &seed);
    if !agree(forward, backward, terms.max(size(&tangent, &seed))) {
        return Err(Wrong::Forward {
            function: function(),
            got: forward,
            wanted: backward,
        });
    }
    Ok(())
}

fn same_value(
    name: &str,
    mode: &'static str,
    plain: &[f64],
    given: &[f64],
    tolerance: &Tolerance,
) -> Result<(), Wrong> {
    for (component, (wanted, got)) in plain.iter().zip(given).enumerate() {
        if !tolerance.accepts(*wanted, *got) {
            let (got, wanted) = (*got, *wanted);
            return Err(Wrong::Value {
                function: String::from(name),
                mode,
                component,
                got,
                wanted,
            });
        }
    }
    Ok(())
}

/// The component of the gradient that is furthest from the differences.
fn locate<V: Differentiable, D: Tangent>(
    subject: &Subject<'_, V, D>,
    gradient: &[f64],
    difference: &dyn Fn(&[f64]) -> f64,
    tolerance: &Tolerance,
) -> Option<Wrong> {
    let mut worst = None;
    let mut furthest = -1.0;
    let mut count = 0;
    let mut unit = crate::rt::vec![0.0; gradient.len()];
    let mut position = 0;
    for (argument, all) in &subject.arguments {
        for (component, at) in all.iter().enumerate() {
            unit[position] = 1.0;
            let (got, wanted) = (gradient[position], difference(&unit));
            unit[position] = 0.0;
            position += 1;
            if tolerance.accepts(got, wanted) {
                continue;
            }
            count += 1;
            let distance = (got - wanted).abs();
            let distance = if distance.is_nan() {
                f64::INFINITY
            } else {
                distance
            };
            if distance > furthest {
                furthest = distance;
                worst = Some((*argument, component, all.len(), *at, got, wanted));
            }
        }
    }
    let (argument, component, of, at, got, wanted) = worst?;
    Some(Wrong::Reverse {
        function: String::from(subject.name),
        argument: String::from(argument),
        component: (component, of),
        at,
        got,
        wanted,
        count,
    })
}
