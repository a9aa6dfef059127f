//! Steps that are scaled by running moments of the gradient.

use super::kept::Kept;
use super::{Parameters, Update, beside, within};
use crate::Real;

/// Adam (Kingma and Ba, 2015), and AdamW (Loshchilov and Hutter, 2019).
///
/// For each parameter the means of the gradient and of its square are kept, `m = β₁ m + (1 - β₁) g` and
/// `v = β₂ v + (1 - β₂) g²`. In step `t`, counted from 1, `x -= rate · m̂ / (√v̂ + ε)`, where `m̂ = m / (1 - β₁ᵗ)` and
/// `v̂ = v / (1 - β₂ᵗ)`. The formulas and the values that are not given are those of `torch.optim.Adam` and `AdamW`.
///
/// ```
/// use pullback_runtime::optim::Adam;
///
/// let mut model = [1.0, -1.0];
/// let mut adam = Adam::new(0.1);
/// adam.step(&mut model, &[50.0, -0.02]);
/// // The first step has the length of the rate, whatever the size of the gradient.
/// assert!((model[0] - 0.9_f64).abs() < 1e-6 && (model[1] + 0.9_f64).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Adam {
    /// The learning rate, which may be changed between steps.
    pub rate: f64,
    options: Options,
    moments: Kept<2>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Options {
    betas: (f64, f64),
    epsilon: f64,
    decay: f64,
    decoupled: bool,
}

impl Adam {
    /// Adam with a learning rate, 0.001 usually, and β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    pub fn new(rate: f64) -> Adam {
        Adam {
            rate,
            options: Options {
                betas: (0.9, 0.999),
                epsilon: 1e-8,
                decay: 0.0,
                decoupled: false,
            },
            moments: Kept::new(),
        }
    }

    /// AdamW: before each step `x *= 1 - rate · decay`; 0.01 is usual.
    ///
    /// ```
    /// use pullback_runtime::optim::Adam;
    ///
    /// let mut x = 1.0_f64;
    /// Adam::decoupled(0.1, 0.01).step(&mut x, &0.0);
    /// assert_eq!(x, 1.0 - 0.1 * 0.01);
    /// ```
    ///
    /// # Panics
    /// If the decay is negative or not finite.
    #[track_caller]
    pub fn decoupled(rate: f64, decay: f64) -> Adam {
        let mut adam = Adam::new(rate).weight_decay(decay);
        adam.options.decoupled = true;
        adam
    }

    /// How slowly the means of the gradient and of its square fade.
    ///
    /// # Panics
    /// If one of them is not at least 0 and less than 1.
    #[must_use]
    #[track_caller]
    pub fn betas(mut self, first: f64, second: f64) -> Adam {
        within("β₁", first, 0.0..1.0);
        within("β₂", second, 0.0..1.0);
        self.options.betas = (first, second);
        self
    }

    /// What is added to the root, so that small gradients do not give large steps.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn epsilon(mut self, epsilon: f64) -> Adam {
        within("ε", epsilon, 0.0..f64::INFINITY);
        self.options.epsilon = epsilon;
        self
    }

    /// Adds `decay · x` to the gradient, which is that of `decay / 2 · ‖x‖²`. In [`decoupled`](Adam::decoupled) it is the
    /// decay of AdamW.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Adam {
        within("the weight decay", decay, 0.0..f64::INFINITY);
        self.options.decay = decay;
        self
    }

    /// Moves the parameters of a model by one step against its gradient.
    ///
    /// # Panics
    /// If the gradient has another shape, or the model another number of parameters than in earlier steps.
    pub fn step<M: Parameters + ?Sized>(&mut self, model: &mut M, gradient: &M::Tangent) {
        self.moments.begin();
        let mut step = Step {
            rate: self.rate,
            options: self.options,
            moments: &mut self.moments,
        };
        model.update(gradient, &mut step);
        self.moments.finish();
    }
}

struct Step<'a> {
    rate: f64,
    options: Options,
    moments: &'a mut Kept<2>,
}

impl Update for Step<'_> {
    fn singles(&mut self, values: &mut [f32], gradient: &[f32]) {
        let steps = self.moments.steps;
        let moments = self.moments.singles(values.len());
        run(self.rate, self.options, steps, values, gradient, moments);
    }
    fn doubles(&mut self, values: &mut [f64], gradient: &[f64]) {
        let steps = self.moments.steps;
        let moments = self.moments.doubles(values.len());
        run(self.rate, self.options, steps, values, gradient, moments);
    }
}

fn run<T: Real>(
    rate: f64,
    options: Options,
    steps: u32,
    values: &mut [T],
    gradient: &[T],
    [mean, square]: [&mut [T]; 2],
) {
    let (b1, b2) = options.betas;
    let fade = |beta: f64| 1.0 - Real::powf(beta, f64::from(steps));
    // What depends on the step alone is rounded once.
    let length = T::from_f64(rate / fade(b1));
    let root = T::from_f64(Real::sqrt(fade(b2)));
    let [new1, new2] = [b1, b2].map(|beta| T::from_f64(1.0 - beta));
    let [b2, epsilon] = [b2, options.epsilon].map(T::from_f64);
    let (decay, keep) = match options.decoupled {
        true => (0.0, 1.0 - rate * options.decay),
        false => (options.decay, 1.0),
    };
    let [decay, keep] = [decay, keep].map(T::from_f64);
    let moments = mean.iter_mut().zip(square);
    beside(values, gradient, moments, |x, g, (m, v)| {
        *x *= keep;
        let g = g + decay * *x;
        *m += new1 * (g - *m);
        *v = b2 * *v + new2 * (g * g);
        *x -= length * *m / (Real::sqrt(*v) / root + epsilon);
    });
}
