//! The forward algorithm of a hidden Markov model, in the logarithmic domain.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

/// Logarithms of probabilities.
#[derive(Debug, Clone, Differentiable)]
pub struct Hmm {
    pub initial: Vec<f64>,
    pub transition: Vec<Vec<f64>>,
    pub emission: Vec<Vec<f64>>,
}

#[differentiable]
fn log_sum_exp(values: &[f64]) -> f64 {
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + values.iter().map(|v| (v - max).exp()).sum::<f64>().ln()
}

#[differentiable]
impl Hmm {
    /// `None` if nothing was observed.
    pub fn log_likelihood(&self, observed: &[usize]) -> Option<f64> {
        let (&first, rest) = observed.split_first()?;
        let mut forward: Vec<f64> = self
            .initial
            .iter()
            .zip(&self.emission)
            .map(|(start, emit)| start + emit[first])
            .collect();
        for &symbol in rest {
            forward = (0..forward.len())
                .map(|to| {
                    let paths: Vec<f64> = forward
                        .iter()
                        .zip(&self.transition)
                        .map(|(score, row)| score + row[to])
                        .collect();
                    log_sum_exp(&paths) + self.emission[to][symbol]
                })
                .collect();
        }
        Some(log_sum_exp(&forward))
    }
}

/// The log-likelihood of a model given by logits, normalised row by row.
#[differentiable]
fn log_likelihood(
    initial: &[f64],
    transition: &[Vec<f64>],
    emission: &[Vec<f64>],
    observed: &[usize],
) -> f64 {
    let normalise = |logits: &[f64]| -> Vec<f64> {
        let total = log_sum_exp(logits);
        logits.iter().map(|l| l - total).collect()
    };
    let hmm = Hmm {
        initial: normalise(initial),
        transition: transition.iter().map(|row| normalise(row)).collect(),
        emission: emission.iter().map(|row| normalise(row)).collect(),
    };
    hmm.log_likelihood(observed).unwrap_or(0.0)
}

/// The same of a model whose rows need not be normalised.
#[differentiable]
fn raw_score(
    initial: &[f64],
    transition: &[Vec<f64>],
    emission: &[Vec<f64>],
    observed: &[usize],
) -> f64 {
    let hmm = Hmm {
        initial: initial.to_vec(),
        transition: transition.to_vec(),
        emission: emission.to_vec(),
    };
    hmm.log_likelihood(observed).unwrap_or_default()
}

fn transition() -> Vec<Vec<f64>> {
    vec![vec![0.1, -0.4], vec![-0.8, 0.3]]
}

fn emission() -> Vec<Vec<f64>> {
    vec![vec![0.2, -0.5, 0.1], vec![-0.3, 0.4, 0.9]]
}

/// Every path with its weight.
fn paths(
    initial: &[f64],
    transition: &[Vec<f64>],
    emission: &[Vec<f64>],
    observed: &[usize],
) -> Vec<(Vec<usize>, f64)> {
    let states = initial.len();
    (0..states.pow(observed.len() as u32))
        .map(|code| {
            let path: Vec<usize> = (0..observed.len())
                .map(|k| code / states.pow(k as u32) % states)
                .collect();
            let mut score = initial[path[0]];
            for k in 0..path.len() {
                score += emission[path[k]][observed[k]];
                if k > 0 {
                    score += transition[path[k - 1]][path[k]];
                }
            }
            (path, score.exp())
        })
        .collect()
}

#[test]
fn the_score_is_the_sum_over_all_paths() {
    let observed = [0, 2, 1, 2];
    let total: f64 = paths(&[0.3, -0.2], &transition(), &emission(), &observed)
        .iter()
        .map(|p| p.1)
        .sum();
    let got = raw_score(&[0.3, -0.2], &transition(), &emission(), &observed);
    reference::assert_close(&[got], &[total.ln()], 1e-14);
}

#[test]
fn all_observations_together_are_certain() {
    let total: f64 = (0..9)
        .map(|code| {
            log_likelihood(
                &[0.3, -0.2],
                &transition(),
                &emission(),
                &[code / 3, code % 3],
            )
            .exp()
        })
        .sum();
    reference::assert_close(&[total], &[1.0], 1e-14);
    assert_eq!(log_likelihood(&[0.0], &[vec![0.0]], &[vec![0.0]], &[]), 0.0);
}

// The derivatives.

/// The derivative by a score is how often a path uses it, on average over the paths.
fn raw_gradient(
    initial: &[f64],
    transition: &[Vec<f64>],
    emission: &[Vec<f64>],
    observed: &[usize],
) -> (Vec<f64>, Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let paths = paths(initial, transition, emission, observed);
    let total: f64 = paths.iter().map(|p| p.1).sum();
    let mut start = vec![0.0; initial.len()];
    let mut steps: Vec<Vec<f64>> = transition.iter().map(|row| vec![0.0; row.len()]).collect();
    let mut symbols: Vec<Vec<f64>> = emission.iter().map(|row| vec![0.0; row.len()]).collect();
    for (path, weight) in &paths {
        start[path[0]] += weight / total;
        for k in 0..path.len() {
            symbols[path[k]][observed[k]] += weight / total;
            if k > 0 {
                steps[path[k - 1]][path[k]] += weight / total;
            }
        }
    }
    (start, steps, symbols)
}

programs! {
    raw_score { initial: slice = vector(2, 1), transition: slice = transition(), emission: slice = emission(),
        observed: konst_slice = vec![0_usize, 2, 1, 2, 0] }
        exact [
            raw_gradient(&initial, &transition, &emission, &observed).0,
            raw_gradient(&initial, &transition, &emission, &observed).1,
            raw_gradient(&initial, &transition, &emission, &observed).2,
        ];
    log_likelihood { initial: slice = vector(2, 1), transition: slice = transition(), emission: slice = emission(),
        observed: konst_slice = vec![0_usize, 2, 1, 2, 0] };
}
