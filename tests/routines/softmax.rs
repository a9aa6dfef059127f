//! The loss of softmax regression, and a fit by gradient descent.

use super::reference;

/// A picture and what it shows.
#[derive(Debug, Clone)]
pub struct Example {
    pub features: Vec<f64>,
    pub label: usize,
}

#[derive(Debug, Clone)]
pub struct Classifier {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}
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
    pub fn loss(&self, examples: &[Example], penalty: f64) -> f64 {
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
fn loss(weights: &[Vec<f64>], bias: &[f64], penalty: f64, examples: &[Example]) -> f64 {
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
