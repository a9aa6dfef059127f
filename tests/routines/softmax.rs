//! The loss of softmax regression, and a fit by gradient descent.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

/// A picture and what it shows.
#[derive(Debug, Clone)]
pub struct Example {
    pub features: Vec<f64>,
    pub label: usize,
}

#[derive(Debug, Clone, Differentiable)]
pub struct Classifier {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}

#[differentiable]
impl Classifier {
    pub fn logits(&self, features: &[f64]) -> Vec<f64> {
        self.weights
            .iter()
            .zip(self.bias.iter())
            .map(|(row, bias)| {
                row.iter()
                    .zip(features)
                    .fold(*bias, |sum, (w, x)| w.mul_add(*x, sum))
            })
            .collect()
    }

    /// The mean cross-entropy with a penalty of the weights.
    pub fn loss(&self, #[constant] examples: &[Example], penalty: f64) -> f64 {
        let mut total = 0.0;
        for Example { features, label } in examples {
            let logits = self.logits(features);
            let top = logits
                .iter()
                .copied()
                .max_by(|a, b| a.total_cmp(b))
                .unwrap_or(0.0);
            let normaliser: f64 = logits.iter().map(|l| (l - top).exp()).sum();
            total += normaliser.ln() + top - logits[*label];
        }
        let square: f64 = self.weights.iter().flatten().map(|w| w.powi(2)).sum();
        total / examples.len() as f64 + 0.5 * penalty * square
    }
}

#[differentiable]
fn loss(weights: &[Vec<f64>], bias: &[f64], penalty: f64, #[constant] examples: &[Example]) -> f64 {
    let classifier = Classifier {
        weights: weights.to_vec(),
        bias: bias.to_vec(),
    };
    classifier.loss(examples, penalty)
}

fn examples() -> Vec<Example> {
    let example = |x: f64, y: f64, label| Example {
        features: vec![x, y],
        label,
    };
    vec![
        example(1.0, 0.2, 0),
        example(0.8, -0.3, 0),
        example(-0.5, 1.0, 1),
        example(-0.7, -0.9, 2),
    ]
}

#[test]
fn nothing_learned_is_as_good_as_guessing() {
    let value = loss(
        &[vec![0.0; 2], vec![0.0; 2], vec![0.0; 2]],
        &[0.5; 3],
        1.0,
        &examples(),
    );
    reference::assert_close(&[value], &[3.0_f64.ln()], 1e-15);
}

// The derivatives: `(p − y) xᵀ` and `p − y`.

fn gradient(
    weights: &[Vec<f64>],
    bias: &[f64],
    penalty: f64,
    examples: &[Example],
) -> (Vec<Vec<f64>>, Vec<f64>, f64) {
    let mut by_weights: Vec<Vec<f64>> = weights
        .iter()
        .map(|row| row.iter().map(|w| penalty * w).collect())
        .collect();
    let mut by_bias = vec![0.0; bias.len()];
    for example in examples {
        let odds: Vec<f64> = weights
            .iter()
            .zip(bias)
            .map(|(row, b)| (reference::dot(row, &example.features) + b).exp())
            .collect();
        let sum: f64 = odds.iter().sum();
        for k in 0..bias.len() {
            let hit = f64::from(u8::from(k == example.label));
            let error = (odds[k] / sum - hit) / examples.len() as f64;
            by_bias[k] += error;
            for (slope, x) in by_weights[k].iter_mut().zip(&example.features) {
                *slope += error * x;
            }
        }
    }
    let square: f64 = weights.iter().flatten().map(|w| w * w).sum();
    (by_weights, by_bias, 0.5 * square)
}

programs! {
    loss { weights: slice = vec![vec![0.3, -0.2], vec![0.5, 0.1], vec![-0.4, 0.8]], bias: slice = vector(3, 1), penalty: val = 0.3,
        examples: konst_slice = examples() }
        exact [
            gradient(&weights, &bias, penalty, &examples).0,
            gradient(&weights, &bias, penalty, &examples).1,
            gradient(&weights, &bias, penalty, &examples).2,
        ];
}

/// What the gradient is for.
#[test]
fn descent_learns_the_examples() {
    let mut classifier = Classifier {
        weights: vec![vec![0.0; 2]; 3],
        bias: vec![0.0; 3],
    };
    for _ in 0..200 {
        let (slope, _) = classifier.loss_grad(&examples(), 1e-3);
        for (row, by) in classifier.weights.iter_mut().zip(&slope.weights) {
            row.iter_mut().zip(by).for_each(|(w, by)| *w -= by);
        }
        classifier
            .bias
            .iter_mut()
            .zip(&slope.bias)
            .for_each(|(b, by)| *b -= by);
    }
    assert!(classifier.loss(&examples(), 0.0) < 0.2);
}
