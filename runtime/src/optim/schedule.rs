//! Learning rates that change from step to step.

use crate::Real;
#[allow(unused_imports)]
use crate::prelude::*;

/// A learning rate for each step, counted from 0.
///
/// ```
/// use pullback_runtime::optim::{Schedule, Sgd};
///
/// let schedule = Schedule::cosine(0.1, 0.001, 1000).warmup(100);
/// let mut sgd = Sgd::new(0.0);
/// sgd.rate = schedule.at(0);
/// assert_eq!(sgd.rate, 0.001); // the first of 100 steps towards 0.1
/// assert_eq!(schedule.at(99), 0.1);
/// assert!((schedule.at(600) - 0.0505).abs() < 1e-12); // half of the way
/// assert!((schedule.at(5000) - 0.001).abs() < 1e-12); // it stays
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Schedule {
    warmup: usize,
    course: Course,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Course {
    Powers {
        rate: f64,
        every: usize,
        factor: f64,
    },
    Linear {
        from: f64,
        to: f64,
        steps: usize,
    },
    Cosine {
        from: f64,
        to: f64,
        steps: usize,
    },
}

impl Schedule {
    fn new(course: Course) -> Schedule {
        Schedule { warmup: 0, course }
    }

    /// The same rate in all steps.
    pub fn constant(rate: f64) -> Schedule {
        Schedule::exponential(rate, 1.0)
    }

    /// `rate · factor^step`.
    pub fn exponential(rate: f64, factor: f64) -> Schedule {
        Schedule::stairs(rate, 1, factor)
    }

    /// The rate is multiplied by `factor` after each `every` steps.
    ///
    /// ```
    /// use pullback_runtime::optim::Schedule;
    ///
    /// let schedule = Schedule::stairs(0.8, 30, 0.5);
    /// assert_eq!([0, 29, 30, 60].map(|step| schedule.at(step)), [0.8, 0.8, 0.4, 0.2]);
    /// ```
    ///
    /// # Panics
    /// If `every` is 0.
    #[track_caller]
    pub fn stairs(rate: f64, every: usize, factor: f64) -> Schedule {
        if every == 0 {
            panic!("a learning rate cannot change every 0 steps");
        }
        Schedule::new(Course::Powers {
            rate,
            every,
            factor,
        })
    }

    /// Evenly from one rate to another in a number of steps, and stays there.
    pub fn linear(from: f64, to: f64, steps: usize) -> Schedule {
        Schedule::new(Course::Linear { from, to, steps })
    }

    /// From one rate to another along half a wave of the cosine in a number of steps, and stays there (Loshchilov and
    /// Hutter, 2017).
    pub fn cosine(from: f64, to: f64, steps: usize) -> Schedule {
        Schedule::new(Course::Cosine { from, to, steps })
    }

    /// The first steps lead evenly from 0 up to the first rate of this schedule, which begins behind them.
    #[must_use]
    pub fn warmup(mut self, steps: usize) -> Schedule {
        self.warmup = steps;
        self
    }

    /// The learning rate of a step, counted from 0.
    pub fn at(&self, step: usize) -> f64 {
        match step.checked_sub(self.warmup) {
            Some(step) => self.course.at(step),
            None => self.course.at(0) * ((step + 1) as f64 / self.warmup as f64),
        }
    }
}

impl Course {
    fn at(&self, step: usize) -> f64 {
        let part = |steps: usize| match step < steps {
            true => step as f64 / steps as f64,
            false => 1.0,
        };
        match *self {
            Course::Powers {
                rate,
                every,
                factor,
            } => rate * Real::powf(factor, (step / every) as f64),
            Course::Linear { from, to, steps } => from + (to - from) * part(steps),
            Course::Cosine { from, to, steps } => {
                let wave = Real::cos(core::f64::consts::PI * part(steps));
                to + (from - to) * (1.0 + wave) / 2.0
            }
        }
    }
}
