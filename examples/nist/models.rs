//! The models of the NIST StRD collection, as a Rust programmer writes them.
//!
//! Every function here is an ordinary function of the parameters `b` and the predictor `x`; the
//! attribute adds the gradient with respect to `b`, which is one row of the Jacobian that the
//! solver needs. Nothing in this file is a hand-written derivative. The formulas are NIST's own,
//! whose `b1` is our `b[0]`.

use std::f64::consts::PI;

use pullback::differentiable;

/// The value of a model at the parameters `b`, for one observation's predictors.
pub type Value = fn(b: &[f64], x: &[f64]) -> f64;

/// The same with the gradient with respect to `b`.
pub type ValueAndGrad = fn(b: &[f64], x: &[f64]) -> (f64, Vec<f64>);

/// How a problem of the collection is computed.
pub struct Model {
    /// The name of the problem, as NIST spells it.
    pub problem: &'static str,
    /// The transformation of the response before it is compared with the model; the identity for
    /// all but one problem.
    pub response: fn(f64) -> f64,
    /// The model.
    pub value: Value,
    /// The model and a row of its Jacobian.
    pub value_and_grad: ValueAndGrad,
}

/// Entries of [`MODELS`]: a problem, the function that models it, and the predictors that it takes.
macro_rules! models {
    ($($problem:literal => $function:ident($($predictor:literal),+) $(, response $response:path)?;)+) => {
        &[$(Model {
            problem: $problem,
            response: models!(@response $($response)?),
            value: |b, x| $function(b, $(x[$predictor]),+),
            value_and_grad: |b, x| $function::value_and_grad(b, $(x[$predictor]),+),
        }),+]
    };
    (@response) => { |y| y };
    (@response $response:path) => { $response };
}

/// The 27 problems, in NIST's order of difficulty.
pub const MODELS: &[Model] = models! {
    "Misra1a" => saturation(0);
    "Chwirut2" => chwirut(0);
    "Chwirut1" => chwirut(0);
    "Lanczos3" => lanczos(0);
    "Gauss1" => gauss(0);
    "Gauss2" => gauss(0);
    "DanWood" => danwood(0);
    "Misra1b" => misra1b(0);
    "Kirby2" => kirby2(0);
    "Hahn1" => cubic_over_cubic(0);
    "Nelson" => nelson(0, 1), response f64::ln;
    "MGH17" => mgh17(0);
    "Lanczos1" => lanczos(0);
    "Lanczos2" => lanczos(0);
    "Gauss3" => gauss(0);
    "Misra1c" => misra1c(0);
    "Misra1d" => misra1d(0);
    "Roszman1" => roszman1(0);
    "ENSO" => enso(0);
    "MGH09" => mgh09(0);
    "Thurber" => cubic_over_cubic(0);
    "BoxBOD" => saturation(0);
    "Rat42" => rat42(0);
    "MGH10" => mgh10(0);
    "Eckerle4" => eckerle4(0);
    "Rat43" => rat43(0);
    "Bennett5" => bennett5(0);
};

/// Misra1a and BoxBOD: growth that saturates exponentially.
#[differentiable]
fn saturation(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (1.0 - (-b[1] * x).exp())
}

#[differentiable]
fn misra1b(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (1.0 - (1.0 + b[1] * x / 2.0).powi(-2))
}

#[differentiable]
fn misra1c(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (1.0 - 1.0 / (1.0 + 2.0 * b[1] * x).sqrt())
}

#[differentiable]
fn misra1d(b: &[f64], #[constant] x: f64) -> f64 {
    let t = b[1] * x;
    b[0] * t / (1.0 + t)
}

#[differentiable]
fn chwirut(b: &[f64], #[constant] x: f64) -> f64 {
    (-b[0] * x).exp() / (b[1] + b[2] * x)
}

#[differentiable]
fn danwood(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * x.powf(b[1])
}

/// Lanczos1 to 3: a sum of decays, each with an amplitude and a rate.
#[differentiable]
fn lanczos(b: &[f64], #[constant] x: f64) -> f64 {
    let mut y = 0.0;
    for k in (0..b.len()).step_by(2) {
        y += b[k] * (-b[k + 1] * x).exp();
    }
    y
}

/// Gauss1 to 3: peaks of a height, a centre and a width each, above a baseline that decays.
#[differentiable]
fn gauss(b: &[f64], #[constant] x: f64) -> f64 {
    let mut y = b[0] * (-b[1] * x).exp();
    for k in (2..b.len()).step_by(3) {
        let z = (x - b[k + 1]) / b[k + 2];
        y += b[k] * (-z * z).exp();
    }
    y
}

/// ENSO: the annual cycle and two cycles whose periods are fitted.
#[differentiable]
fn enso(b: &[f64], #[constant] x: f64) -> f64 {
    let annual = 2.0 * PI * x / 12.0;
    let mut y = b[0] + b[1] * annual.cos() + b[2] * annual.sin();
    for k in (3..b.len()).step_by(3) {
        let phase = 2.0 * PI * x / b[k];
        y += b[k + 1] * phase.cos() + b[k + 2] * phase.sin();
    }
    y
}

/// `c[0] + c[1] x + c[2] x² + …` by Horner's rule.
#[differentiable]
fn polynomial(c: &[f64], #[constant] x: f64) -> f64 {
    let mut y = 0.0;
    for k in (0..c.len()).rev() {
        y = y * x + c[k];
    }
    y
}

#[differentiable]
fn kirby2(b: &[f64], #[constant] x: f64) -> f64 {
    polynomial(&b[..3], x) / (1.0 + x * polynomial(&b[3..], x))
}

/// Hahn1 and Thurber.
#[differentiable]
fn cubic_over_cubic(b: &[f64], #[constant] x: f64) -> f64 {
    polynomial(&b[..4], x) / (1.0 + x * polynomial(&b[4..], x))
}

/// The one problem with two predictors, of the logarithm of the response.
#[differentiable]
fn nelson(b: &[f64], #[constant] x1: f64, #[constant] x2: f64) -> f64 {
    b[0] - b[1] * x1 * (-b[2] * x2).exp()
}

#[differentiable]
fn mgh09(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (x * x + x * b[1]) / (x * x + x * b[2] + b[3])
}

#[differentiable]
fn mgh10(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (b[1] / (x + b[2])).exp()
}

#[differentiable]
fn mgh17(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] + b[1] * (-x * b[3]).exp() + b[2] * (-x * b[4]).exp()
}

#[differentiable]
fn roszman1(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] - b[1] * x - (b[2] / (x - b[3])).atan() / PI
}

#[differentiable]
fn rat42(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] / (1.0 + (b[1] - b[2] * x).exp())
}

#[differentiable]
fn rat43(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] / (1.0 + (b[1] - b[2] * x).exp()).powf(1.0 / b[3])
}

#[differentiable]
fn eckerle4(b: &[f64], #[constant] x: f64) -> f64 {
    let z = (x - b[2]) / b[1];
    b[0] / b[1] * (-0.5 * z * z).exp()
}

#[differentiable]
fn bennett5(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (b[1] + x).powf(-1.0 / b[2])
}
