//! The network, its loss, and its training: plain annotated functions.

use super::data::Digits;
use super::digits::Random;
use pullback::optim::{Adam, Schedule};
use pullback::tensor::{Conv, Pool};
use pullback::{Differentiable, Tensor, differentiable};

/// Two convolutions, each with a pooling, and a linear layer.
#[derive(Clone, Debug, Differentiable)]
pub struct Cnn {
    kernel1: Tensor,
    bias1: Tensor,
    kernel2: Tensor,
    bias2: Tensor,
    weights: Tensor,
    bias: Tensor,
}

/// How many images are pulled through at once.
pub const BATCH: usize = 64;

impl Cnn {
    /// Random weights, as large as He et al. (2015) advise for `relu`.
    pub fn new(seed: u64) -> Cnn {
        let he = |shape: &[usize], inputs: f32, seed| {
            Tensor::normal(shape, 0.0, (2.0 / inputs).sqrt(), seed)
        };
        Cnn {
            kernel1: he(&[16, 1, 5, 5], 25.0, seed),
            bias1: Tensor::zeros([16, 1, 1]),
            kernel2: he(&[32, 16, 3, 3], 144.0, seed + 1),
            bias2: Tensor::zeros([32, 1, 1]),
            weights: he(&[32 * 7 * 7, 10], 1568.0, seed + 2),
            bias: Tensor::zeros([10]),
        }
    }

    /// The outputs of the second convolution, `[images, 32, 14, 14]`.
    #[differentiable]
    pub fn features(&self, x: &Tensor) -> Tensor {
        let h = x.conv2d(&self.kernel1, &Conv::new().padding(2)) + &self.bias1;
        let h = h.relu().max_pool2d(&Pool::new(2));
        let h = h.conv2d(&self.kernel2, &Conv::new().padding(1)) + &self.bias2;
        h.relu()
    }

    /// The scores of the ten classes from the features.
    #[differentiable]
    pub fn classify(&self, features: &Tensor) -> Tensor {
        let h = features.max_pool2d(&Pool::new(2));
        h.reshape([-1, 32 * 7 * 7]).matmul(&self.weights) + &self.bias
    }

    /// The digits that the network sees.
    pub fn predict(&self, x: &Tensor) -> Vec<usize> {
        self.classify(&self.features(x)).argmax_axis(-1)
    }

    /// What the network sees in all images, in parts that need little memory.
    pub fn predict_all(&self, digits: &Digits) -> Vec<usize> {
        let numbers: Vec<usize> = (0..digits.len()).collect();
        let parts = numbers.chunks(256);
        parts
            .flat_map(|part| self.predict(&digits.batch(part).0))
            .collect()
    }

    /// The share of images that are seen as what they are.
    pub fn accuracy(&self, digits: &Digits) -> f64 {
        let seen = self.predict_all(digits);
        let right = seen.iter().zip(&digits.labels).filter(|(a, b)| a == b);
        right.count() as f64 / digits.len() as f64
    }
}

#[differentiable]
pub fn loss(model: &Cnn, #[constant] x: &Tensor, labels: &[usize]) -> f32 {
    let scores = model.classify(&model.features(x));
    scores.cross_entropy(labels)
}

/// The pace of a training: batches in random order, by AdamW along half a wave of the cosine.
pub struct Training<'a> {
    digits: &'a Digits,
    random: Random,
    order: Vec<usize>,
    at: usize,
    adam: Adam,
    schedule: Schedule,
    steps: usize,
}

impl<'a> Training<'a> {
    pub fn new(digits: &'a Digits, epochs: usize, seed: u64) -> Training<'a> {
        let steps = epochs * digits.len().div_ceil(BATCH);
        Training {
            digits,
            random: Random(seed),
            order: (0..digits.len()).collect(),
            at: digits.len(),
            adam: Adam::decoupled(0.0, 1e-2),
            schedule: Schedule::cosine(3e-3, 1e-5, steps).warmup(steps / 20),
            steps: 0,
        }
    }

    /// The batches of an epoch.
    pub fn batches(&self) -> usize {
        self.digits.len().div_ceil(BATCH)
    }

    /// One step of the model; gives the loss before it.
    pub fn step(&mut self, model: &mut Cnn) -> f32 {
        if self.at >= self.order.len() {
            self.random.shuffle(&mut self.order);
            self.at = 0;
        }
        let end = (self.at + BATCH).min(self.order.len());
        let (x, labels) = self.digits.batch(&self.order[self.at..end]);
        self.at = end;
        let (value, gradient) = loss::value_and_grad(model, &x, &labels);
        self.adam.rate = self.schedule.at(self.steps);
        self.adam.step(model, &gradient);
        self.steps += 1;
        value
    }
}
