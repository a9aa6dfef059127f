//! Gradient descent, with momentum.

use super::kept::Kept;
use super::{Parameters, Update, beside, within};
use crate::Real;

/// Gradient descent: `x -= rate · g`.
///
/// With [`momentum`](Sgd::momentum) μ a velocity is kept, `v = μ v + g`, which begins as the first gradient, and
/// `x -= rate · v`; with [`nesterov`](Sgd::nesterov) `x -= rate · (g + μ v)`. These are the formulas of
/// `torch.optim.SGD` (Sutskever et al., 2013).
///
/// ```
/// use pullback_runtime::optim::Sgd;
///
/// let mut x = 1.0;
/// let mut sgd = Sgd::new(0.1).momentum(0.9);
/// sgd.step(&mut x, &2.0); // v = 2
/// assert_eq!(x, 1.0 - 0.2);
/// sgd.step(&mut x, &1.0); // v = 0.9 · 2 + 1
/// assert!((x - (0.8 - 0.28_f64)).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sgd {
    /// The learning rate, which may be changed between steps.
    pub rate: f64,
    options: Options,
    velocity: Kept<1>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Options {
    momentum: f64,
    nesterov: bool,
    decay: f64,
}

impl Sgd {
    /// Plain descent with a learning rate.
    pub fn new(rate: f64) -> Sgd {
        Sgd {
            rate,
            options: Options {
                momentum: 0.0,
                nesterov: false,
                decay: 0.0,
            },
            velocity: Kept::new(),
        }
    }

    /// Keeps a velocity, which fades by this factor in each step; 0.9 is usual.
    ///
    /// # Panics
    /// If it is not at least 0 and less than 1.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Sgd {
        within("the momentum", momentum, 0.0..1.0);
        self.options.momentum = momentum;
        self
    }

    /// Looks ahead along the velocity (Nesterov, 1983). Without momentum this changes nothing.
    #[must_use]
    pub fn nesterov(mut self) -> Sgd {
        self.options.nesterov = true;
        self
    }

    /// Adds `decay · x` to the gradient, which is that of `decay / 2 · ‖x‖²`.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Sgd {
        within("the weight decay", decay, 0.0..f64::INFINITY);
        self.options.decay = decay;
        self
    }

    /// Moves the parameters of a model by one step against its gradient.
    ///
    /// # Panics
    /// If the gradient has another shape, or the model another number of parameters than in earlier steps.
    pub fn step<M: Parameters + ?Sized>(&mut self, model: &mut M, gradient: &M::Tangent) {
        self.velocity.begin();
        let (rate, options) = (self.rate, self.options);
        let velocity = &mut self.velocity;
        if options.momentum == 0.0 {
            model.update(gradient, &mut Plain { rate, options });
        } else {
            let mut with = WithMomentum {
                rate,
                options,
                velocity,
            };
            model.update(gradient, &mut with);
            velocity.finish();
        }
    }
}

struct Plain {
    rate: f64,
    options: Options,
}

impl Plain {
    fn run<T: Real>(&self, values: &mut [T], gradient: &[T]) {
        let (rate, decay) = (T::from_f64(self.rate), T::from_f64(self.options.decay));
        let nothing = core::iter::repeat(());
        beside(values, gradient, nothing, |x, g, ()| {
            *x -= rate * (g + decay * *x)
        });
    }
}

impl Update for Plain {
    fn singles(&mut self, values: &mut [f32], gradient: &[f32]) {
        self.run(values, gradient);
    }
    fn doubles(&mut self, values: &mut [f64], gradient: &[f64]) {
        self.run(values, gradient);
    }
}

struct WithMomentum<'a> {
    rate: f64,
    options: Options,
    velocity: &'a mut Kept<1>,
}

impl Update for WithMomentum<'_> {
    fn singles(&mut self, values: &mut [f32], gradient: &[f32]) {
        let [velocity] = self.velocity.singles(values.len());
        with_momentum(self.rate, self.options, values, gradient, velocity);
    }
    fn doubles(&mut self, values: &mut [f64], gradient: &[f64]) {
        let [velocity] = self.velocity.doubles(values.len());
        with_momentum(self.rate, self.options, values, gradient, velocity);
    }
}

fn with_momentum<T: Real>(
    rate: f64,
    options: Options,
    values: &mut [T],
    gradient: &[T],
    velocity: &mut [T],
) {
    let [rate, momentum, decay] = [rate, options.momentum, options.decay].map(T::from_f64);
    beside(values, gradient, velocity, |x, g, v| {
        let g = g + decay * *x;
        *v = momentum * *v + g;
        *x -= rate
            * if options.nesterov {
                g + momentum * *v
            } else {
                *v
            };
    });
}
