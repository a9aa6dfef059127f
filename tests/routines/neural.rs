//! A small neural network: layers behind a trait, chained by type.

use super::reference;
pub trait Layer {
    fn forward(&self, input: &[f64]) -> Vec<f64>;
}

#[derive(Debug, Clone)]
pub struct Dense {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
pub struct Tanh;

#[derive(Debug, Clone, Copy)]
pub struct LeakyRelu {
    pub slope: f64,
}

#[derive(Debug, Clone)]
pub struct Chain<A, B> {
    pub first: A,
    pub second: B,
}
impl Layer for Dense {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        self.weights
            .iter()
            .zip(&self.bias)
            .map(|(row, bias)| bias + row.iter().zip(input).map(|(w, x)| w * x).sum::<f64>())
            .collect()
    }
}
impl Layer for Tanh {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        input.iter().map(|x| x.tanh()).collect()
    }
}
impl Layer for LeakyRelu {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        let mut out = input.to_vec();
        for x in &mut out {
            if *x < 0.0 {
                *x *= self.slope;
            }
        }
        out
    }
}
impl<A: Layer, B: Layer> Layer for Chain<A, B> {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        self.second.forward(&self.first.forward(input))
    }
}
fn mean_squared_error<L: Layer>(network: &L, inputs: &[Vec<f64>], targets: &[Vec<f64>]) -> f64 {
    let mut total = 0.0;
    for (input, target) in inputs.iter().zip(targets) {
        let output = network.forward(input);
        total += output
            .iter()
            .zip(target)
            .map(|(o, t)| (o - t).powi(2))
            .sum::<f64>();
    }
    total / inputs.len() as f64
}

/// The loss of a network of two dense layers with tanh between them.
fn loss(
    w1: &[Vec<f64>],
    b1: &[f64],
    w2: &[Vec<f64>],
    b2: &[f64],
    inputs: &[Vec<f64>],
    targets: &[Vec<f64>],
) -> f64 {
    let network = Chain {
        first: Dense {
            weights: w1.to_vec(),
            bias: b1.to_vec(),
        },
        second: Chain {
            first: Tanh,
            second: Dense {
                weights: w2.to_vec(),
                bias: b2.to_vec(),
            },
        },
    };
    mean_squared_error(&network, inputs, targets)
}
fn leaky_loss(
    w: &[Vec<f64>],
    bias: &[f64],
    slope: f64,
    inputs: &[Vec<f64>],
    targets: &[Vec<f64>],
) -> f64 {
    let first = Dense {
        weights: w.to_vec(),
        bias: bias.to_vec(),
    };
    let network = Chain {
        first,
        second: LeakyRelu { slope },
    };
    mean_squared_error(&network, inputs, targets)
}

fn batch(rows: usize, columns: usize, seed: f64) -> Vec<Vec<f64>> {
    let at = |i: usize, j: usize| (seed + 1.3 * i as f64 - 0.7 * j as f64).sin();
    (0..rows)
        .map(|i| (0..columns).map(|j| at(i, j)).collect())
        .collect()
}

#[test]
fn the_network_by_hand() {
    let value = loss(
        &[vec![0.5, -1.0]],
        &[0.2],
        &[vec![2.0]],
        &[-0.3],
        &[vec![1.0, 0.4]],
        &[vec![0.1]],
    );
    let output = 2.0 * (0.5_f64 - 0.4 + 0.2).tanh() - 0.3;
    reference::assert_close(&[value], &[(output - 0.1).powi(2)], 1e-15);
    let leaky = leaky_loss(
        &[vec![1.0], vec![-1.0]],
        &[0.0, 0.0],
        0.1,
        &[vec![2.0]],
        &[vec![1.0, 1.0]],
    );
    reference::assert_close(&[leaky], &[1.0 + 1.44], 1e-15);
}
