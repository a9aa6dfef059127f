//! `gmm`: the logarithm of the posterior of a Gaussian mixture, with a Wishart prior for the precisions.
//!
//! The precision of a component is QᵀQ with Q lower triangular: the exponentials of `q` on the diagonal, and `l`
//! below it, column by column. The loop over components is outside and that over points inside, eight points at a
//! time, so that every operation is the same for eight numbers side by side.

use std::f64::consts::{LN_2, PI};

use pullback::{Tape, detach, differentiable};
use serde::{Deserialize, Serialize};

use super::lse::log_sum_exp;
use super::{Module, flat, rows};
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "gmm",
    functions: &[
        ("objective", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, 0.0)),
                |(p, value)| *value = p.value(),
                |(_, value)| value,
            )
        }),
        ("jacobian", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, Tape::new(), Gradient::default())),
                |(p, tape, gradient)| *gradient = p.gradient(tape),
                |(p, _, gradient)| Output::new(&gradient, p.k),
            )
        }),
    ],
};

/// Parameters, points and prior.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// The dimensions.
    pub d: usize,
    /// The number of components.
    pub k: usize,
    /// The number of points.
    pub n: usize,
    /// The logarithms of the weights, up to a constant.
    pub alpha: Vec<f64>,
    /// A mean for each component.
    pub mu: Vec<Vec<f64>>,
    /// The logarithms of the diagonal of Q, for each component.
    pub q: Vec<Vec<f64>>,
    /// What is below the diagonal of Q, for each component.
    pub l: Vec<Vec<f64>>,
    /// The points.
    pub x: Vec<Vec<f64>>,
    /// The prior's scale.
    pub gamma: f64,
    /// Its degrees of freedom beyond d + 1.
    pub m: usize,
}

/// The derivatives, shaped as the parameters.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Output {
    /// With respect to the weights.
    pub alpha: Vec<f64>,
    /// The means.
    pub mu: Vec<Vec<f64>>,
    /// The diagonals.
    pub q: Vec<Vec<f64>>,
    /// What is below them.
    pub l: Vec<Vec<f64>>,
}

impl Output {
    fn new((alpha, mu, q, l): &Gradient, k: usize) -> Self {
        let nested = |flat: &[f64]| rows(flat, k).into_iter().map(<[f64]>::to_vec).collect();
        Self {
            alpha: alpha.clone(),
            mu: nested(mu),
            q: nested(q),
            l: nested(l),
        }
    }
}

/// With respect to `alpha`, `mu`, `q` and `l`.
pub type Gradient = (Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>);

/// The input row behind row.
#[derive(Clone, Debug)]
pub struct Problem {
    /// k.
    pub alpha: Vec<f64>,
    /// k × d.
    pub mu: Vec<f64>,
    /// k × d.
    pub q: Vec<f64>,
    /// k × d (d − 1) / 2.
    pub l: Vec<f64>,
    /// The points.
    pub points: Points,
    /// The number of components.
    pub k: usize,
    /// The prior.
    pub prior: Wishart,
}

/// The prior for the precisions.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Wishart {
    /// Its scale.
    pub gamma: f64,
    /// Its degrees of freedom beyond d + 1.
    pub m: usize,
    /// 1 as GradBench defines the posterior, −1 as ADBench did.
    pub sign: f64,
}

impl Problem {
    /// Checks the shapes.
    ///
    /// # Errors
    ///
    /// When they do not fit together.
    pub fn new(input: &Input) -> Result<Self, String> {
        let (d, k) = (input.d, input.k);
        let lengths = [&input.mu, &input.q, &input.l].map(Vec::len);
        if d == 0
            || k == 0
            || input.alpha.len() != k
            || lengths != [k; 3]
            || input.x.len() != input.n
        {
            return Err(
                "there is no component, or not as many parameters as components".to_string(),
            );
        }
        Ok(Self {
            alpha: input.alpha.clone(),
            mu: flat(&input.mu, d, "mu")?,
            q: flat(&input.q, d, "q")?,
            l: flat(&input.l, d * (d - 1) / 2, "l")?,
            points: Points::new(&flat(&input.x, d, "x")?, d),
            k,
            prior: Wishart {
                gamma: input.gamma,
                m: input.m,
                sign: 1.0,
            },
        })
    }

    /// The logarithm of the posterior.
    pub fn value(&self) -> f64 {
        log_posterior(
            &self.alpha,
            &self.mu,
            &self.q,
            &self.l,
            &self.points,
            self.k,
            &self.prior,
        )
    }

    /// Its gradient.
    pub fn gradient(&self, tape: &mut Tape) -> Gradient {
        let Self {
            alpha,
            mu,
            q,
            l,
            points,
            k,
            prior,
        } = self;
        log_posterior::grad_with(tape, alpha, mu, q, l, points, *k, prior)
    }
}

/// How many points are looked at together.
pub const LANES: usize = 16;

/// A number of [`LANES`] points.
pub type Lanes = [f64; LANES];

/// Points, [`LANES`] of them side by side.
#[derive(Clone, Debug)]
pub struct Points {
    /// `d` for each group of points; what is beyond the last point is zero.
    lanes: Vec<Lanes>,
    d: usize,
    n: usize,
}

impl Points {
    /// Takes points that stand row behind row.
    pub fn new(x: &[f64], d: usize) -> Self {
        let n = x.len() / d;
        let mut lanes = vec![[0.0; LANES]; n.div_ceil(LANES) * d];
        for (p, point) in x.chunks_exact(d).enumerate() {
            for (i, v) in point.iter().enumerate() {
                lanes[p / LANES * d + i][p % LANES] = *v;
            }
        }
        Self { lanes, d, n }
    }
}

/// The logarithm of the posterior of `k` components.
#[differentiable]
pub fn log_posterior(
    alpha: &[f64],
    mu: &[f64],
    q: &[f64],
    l: &[f64],
    #[constant] points: &Points,
    k: usize,
    #[constant] prior: &Wishart,
) -> f64 {
    let (d, n) = (points.d, points.n);
    let below = d * (d - 1) / 2;
    let groups = n.div_ceil(LANES);
    let mut terms = vec![[0.0; LANES]; groups * k];
    let mut weight = 0.0;
    for c in 0..k {
        let (q, l) = (&q[c * d..(c + 1) * d], &l[c * below..(c + 1) * below]);
        let mut log_determinant = 0.0;
        let mut squares = 0.0;
        for log in q {
            log_determinant += log;
            squares += (2.0 * log).exp();
        }
        for v in l {
            squares += v * v;
        }
        weight += 0.5 * prior.gamma * prior.gamma * squares - prior.m as f64 * log_determinant;
        component(
            alpha[c] + log_determinant,
            &mu[c * d..(c + 1) * d],
            q,
            l,
            &points.lanes,
            &mut terms[c * groups..(c + 1) * groups],
        );
    }
    let likelihood: f64 = sum_of_logs(&terms, k, n);
    let normaliser: f64 = log_sum_exp(alpha);
    likelihood - n as f64 * normaliser - prior.sign * weight + constant(d, n, k, prior)
}

/// `offset` − ½ |Q (x − μ)|² for each point.
#[differentiable]
fn component(
    offset: f64,
    mu: &[f64],
    q: &[f64],
    l: &[f64],
    #[constant] x: &[[f64; LANES]],
    terms: &mut [[f64; LANES]],
) {
    let d = mu.len();
    let diagonal: Vec<[f64; LANES]> = q.iter().map(|v| [v.exp(); LANES]).collect();
    // By columns in `l`, by rows in `lower`.
    let mut lower = vec![[0.0; LANES]; l.len()];
    for j in 1..d {
        for i in 0..j {
            lower[j * (j - 1) / 2 + i] = [l[i * (2 * d - i - 1) / 2 + j - i - 1]; LANES];
        }
    }
    let mean: Vec<[f64; LANES]> = mu.iter().map(|v| [*v; LANES]).collect();
    for (x, term) in x.chunks_exact(d).zip(terms) {
        let mut distance = [0.0; LANES];
        for j in 0..d {
            let mut product = [0.0; LANES];
            for s in 0..LANES {
                product[s] = diagonal[j][s] * (x[j][s] - mean[j][s]);
            }
            let row = &lower[j * j.saturating_sub(1) / 2..][..j];
            for ((l, x), mean) in row.iter().zip(x).zip(&mean) {
                for s in 0..LANES {
                    product[s] += l[s] * (x[s] - mean[s]);
                }
            }
            for s in 0..LANES {
                distance[s] += product[s] * product[s];
            }
        }
        for s in 0..LANES {
            term[s] = offset - 0.5 * distance[s];
        }
    }
}

/// Σ log Σ exp over the points and the `k` components.
#[differentiable]
fn sum_of_logs(terms: &[[f64; LANES]], k: usize, n: usize) -> f64 {
    let groups = n.div_ceil(LANES);
    let mut total = 0.0;
    for g in 0..groups {
        let shift: [f64; LANES] = greatest(detach(terms), g, groups);
        let mut sum = [0.0; LANES];
        for c in 0..k {
            for s in 0..LANES {
                sum[s] += (terms[c * groups + g][s] - shift[s]).exp();
            }
        }
        for s in 0..LANES.min(n - g * LANES) {
            total += shift[s] + sum[s].ln();
        }
    }
    total
}

/// The greatest term of each point of a group.
fn greatest(terms: &[Lanes], group: usize, groups: usize) -> Lanes {
    let mut top = [f64::NEG_INFINITY; LANES];
    for term in terms[group..].iter().step_by(groups) {
        for (top, v) in top.iter_mut().zip(term) {
            *top = if v > top { *v } else { *top };
        }
    }
    top
}

/// What does not depend on the parameters.
fn constant(d: usize, n: usize, k: usize, prior: &Wishart) -> f64 {
    let (df, freedom) = (d as f64, (d + prior.m + 1) as f64);
    // Γ((freedom + 1 − j) / 2) for j = 1 … d.
    let log_gamma: f64 = (1..=d)
        .map(|j| log_gamma_of_half(d + prior.m + 2 - j))
        .sum();
    let normaliser = freedom * df * (prior.gamma.ln() - 0.5 * LN_2)
        - (0.25 * df * (df - 1.0) * PI.ln() + log_gamma);
    prior.sign * k as f64 * normaliser - 0.5 * (n * d) as f64 * (2.0 * PI).ln()
}

/// ln Γ(h / 2) for h ≥ 1, by Γ(x + 1) = x Γ(x) from Γ(½) = √π or Γ(1) = 1.
fn log_gamma_of_half(h: usize) -> f64 {
    let start = if h.is_multiple_of(2) {
        0.0
    } else {
        0.5 * PI.ln()
    };
    let steps = (1..h).rev().skip(1).step_by(2);
    start + steps.map(|twice| (0.5 * twice as f64).ln()).sum::<f64>()
}
