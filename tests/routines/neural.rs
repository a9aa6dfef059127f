//! A small neural network: layers behind a trait, chained by type.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[differentiable]
pub trait Layer {
    fn forward(&self, input: &[f64]) -> Vec<f64>;
}

#[derive(Debug, Clone, Differentiable)]
pub struct Dense {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Tanh;

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct LeakyRelu {
    pub slope: f64,
}

#[derive(Debug, Clone, Differentiable)]
pub struct Chain<A, B> {
    pub first: A,
    pub second: B,
}

#[differentiable]
impl Layer for Dense {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        self.weights
            .iter()
            .zip(&self.bias)
            .map(|(row, bias)| bias + row.iter().zip(input).map(|(w, x)| w * x).sum::<f64>())
            .collect()
    }
}

#[differentiable]
impl Layer for Tanh {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        input.iter().map(|x| x.tanh()).collect()
    }
}

#[differentiable]
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

#[differentiable]
impl<A: Layer, B: Layer> Layer for Chain<A, B> {
    fn forward(&self, input: &[f64]) -> Vec<f64> {
        self.second.forward(&self.first.forward(input))
    }
}

#[differentiable]
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
#[differentiable]
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

#[differentiable]
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

// The derivatives: backpropagation by hand.

#[allow(clippy::type_complexity)]
fn backpropagated(
    w1: &[Vec<f64>],
    b1: &[f64],
    w2: &[Vec<f64>],
    b2: &[f64],
    inputs: &[Vec<f64>],
    targets: &[Vec<f64>],
) -> (Vec<Vec<f64>>, Vec<f64>, Vec<Vec<f64>>, Vec<f64>) {
    let zeros = |w: &[Vec<f64>]| vec![vec![0.0; w[0].len()]; w.len()];
    let (mut dw1, mut dw2) = (zeros(w1), zeros(w2));
    let (mut db1, mut db2) = (vec![0.0; b1.len()], vec![0.0; b2.len()]);
    for (x, t) in inputs.iter().zip(targets) {
        let hidden: Vec<f64> = w1
            .iter()
            .zip(b1)
            .map(|(w, b)| (reference::dot(w, x) + b).tanh())
            .collect();
        let mut back = vec![0.0; hidden.len()];
        for k in 0..w2.len() {
            let error =
                2.0 * (reference::dot(&w2[k], &hidden) + b2[k] - t[k]) / inputs.len() as f64;
            db2[k] += error;
            for j in 0..hidden.len() {
                dw2[k][j] += error * hidden[j];
                back[j] += error * w2[k][j];
            }
        }
        for j in 0..hidden.len() {
            let error = back[j] * (1.0 - hidden[j] * hidden[j]);
            db1[j] += error;
            for i in 0..x.len() {
                dw1[j][i] += error * x[i];
            }
        }
    }
    (dw1, db1, dw2, db2)
}

programs! {
    leaky_loss { w: slice = batch(3, 2, 0.1), bias: slice = vector(3, 1), slope: val = 0.2,
        inputs: slice = batch(4, 2, 0.7), targets: slice = batch(4, 3, 2.0) };
}

#[test]
fn the_gradient_is_backpropagation() {
    let (w1, w2) = (batch(3, 2, 0.1), batch(2, 3, 0.5));
    let (b1, b2) = ([0.1, -0.2, 0.3], [0.4, -0.5]);
    let (inputs, targets) = (batch(5, 2, 0.9), batch(5, 2, 1.7));
    let got = loss::grad(&w1, &b1, &w2, &b2, &inputs, &targets);
    let expected = backpropagated(&w1, &b1, &w2, &b2, &inputs, &targets);
    reference::assert_close(&got.0.concat(), &expected.0.concat(), 1e-13);
    reference::assert_close(&got.1, &expected.1, 1e-13);
    reference::assert_close(&got.2.concat(), &expected.2.concat(), 1e-13);
    reference::assert_close(&got.3, &expected.3, 1e-13);
}

/// The network itself as the parameter: its tangent is a network of gradients.
#[test]
fn the_gradient_of_a_network() {
    let network = Chain {
        first: Dense {
            weights: batch(3, 2, 0.1),
            bias: vec![0.1, -0.2, 0.3],
        },
        second: Chain {
            first: Tanh,
            second: Dense {
                weights: batch(2, 3, 0.5),
                bias: vec![0.4, -0.5],
            },
        },
    };
    let (inputs, targets) = (batch(5, 2, 0.9), batch(5, 2, 1.7));
    let (gradient, ..) = mean_squared_error::grad(&network, &inputs, &targets);
    let (first, second) = (&network.first, &network.second.second);
    let expected = backpropagated(
        &first.weights,
        &first.bias,
        &second.weights,
        &second.bias,
        &inputs,
        &targets,
    );
    reference::assert_close(
        &gradient.first.weights.concat(),
        &expected.0.concat(),
        1e-13,
    );
    reference::assert_close(&gradient.second.second.bias, &expected.3, 1e-13);
}
