//! A recurrent network learns to write like a text, character by character.
//!
//! ```text
//! cargo run --release --example char_lm                    on this repository's ARCHITECTURE.md
//! cargo run --release --example char_lm -- FILE [STEPS]    on a text file
//! ```
//!
//! One layer of gated units (GRU, Cho et al., 2014), written as a plain loop over time: the derivative of the loop is
//! what is called backpropagation through time. What is printed as bits per character is the cross-entropy.

use pullback::optim::{Adam, Schedule, clip_norm};
use pullback::{Differentiable, Tensor, differentiable};
use std::error::Error;
use std::time::Instant;

/// The network: as many units as `recurrent` has rows.
#[derive(Clone, Debug, Differentiable)]
struct Gru {
    /// What a character adds to the three gates, `[characters, 3 · units]`.
    inputs: Tensor,
    /// What the units add, `[units, 3 · units]`.
    recurrent: Tensor,
    /// From units to scores of characters.
    outputs: Tensor,
    bias: Tensor,
}

const UNITS: usize = 128;
const BATCH: usize = 32;
const LENGTH: usize = 48;

impl Gru {
    fn new(characters: usize) -> Gru {
        let size = 1.0 / (UNITS as f32).sqrt();
        Gru {
            inputs: Tensor::normal([characters, 3 * UNITS], 0.0, 0.3, 1),
            recurrent: Tensor::uniform([UNITS, 3 * UNITS], -size, size, 2),
            outputs: Tensor::uniform([UNITS, characters], -size, size, 3),
            bias: Tensor::zeros([characters]),
        }
    }

    /// The units after the next characters, one for each row of `h`.
    #[differentiable]
    fn step(&self, h: &Tensor, characters: &[usize]) -> Tensor {
        let x = self.inputs.embedding(characters);
        let y = h.matmul(&self.recurrent);
        let reset = (x.slice(1, 0..UNITS) + y.slice(1, 0..UNITS)).sigmoid();
        let keep = (x.slice(1, UNITS..2 * UNITS) + y.slice(1, UNITS..2 * UNITS)).sigmoid();
        let new = (x.slice(1, 2 * UNITS..) + reset * y.slice(1, 2 * UNITS..)).tanh();
        &new + keep * (h - &new)
    }

    #[differentiable]
    fn scores(&self, h: &Tensor) -> Tensor {
        h.matmul(&self.outputs) + &self.bias
    }
}

/// The mean cross-entropy of each character, given those before it. `text[t]` has one character of each part.
#[differentiable]
fn loss(model: &Gru, text: &[Vec<usize>]) -> f32 {
    let mut h = Tensor::zeros([text[0].len(), UNITS]);
    let mut sum = 0.0;
    for t in 1..text.len() {
        h = model.step(&h, &text[t - 1]);
        sum += model.scores(&h).cross_entropy(&text[t]);
    }
    sum / (text.len() - 1) as f32
}

/// Random numbers below `n`, by a linear congruence.
fn random(state: &mut u64, n: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    ((*state >> 33) % n as u64) as usize
}

/// Parts of the text from random places on, time first.
fn batch(text: &[usize], state: &mut u64) -> Vec<Vec<usize>> {
    let begins: Vec<usize> = (0..BATCH)
        .map(|_| random(state, text.len() - LENGTH))
        .collect();
    (0..=LENGTH)
        .map(|t| begins.iter().map(|b| text[b + t]).collect())
        .collect()
}

/// Writes on behind a beginning, each character drawn by its probability.
fn write(model: &Gru, begin: &[usize], count: usize, state: &mut u64) -> Vec<usize> {
    let mut h = Tensor::zeros([1, UNITS]);
    let mut text = begin.to_vec();
    for c in begin {
        h = model.step(&h, &[*c]);
    }
    for _ in 0..count {
        // A little colder than what was learned, as is usual.
        let chances = (model.scores(&h) * 1.3).softmax(-1).to_vec();
        let mut left = random(state, 1 << 24) as f32 / (1 << 24) as f32;
        let drawn = chances.iter().position(|chance| {
            left -= chance;
            left < 0.0
        });
        let next = drawn.unwrap_or(chances.len() - 1);
        text.push(next);
        h = model.step(&h, &[next]);
    }
    text
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md");
    let path = args.next().unwrap_or(own.into());
    let steps: usize = args.next().map_or(Ok(600), |n| n.parse())?;
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    let number = |c: char| characters.binary_search(&c).unwrap_or(0);
    let text: Vec<usize> = text.chars().map(number).collect();
    if text.len() <= LENGTH + 1 {
        return Err(format!("{path} has {} characters; that is too short", text.len()).into());
    }
    // The last tenth is not learned from.
    let (train, held_out) =
        text.split_at(text.len() - (text.len() / 10).max(LENGTH + 1).min(text.len() / 2));
    let mut state = 1;
    let held_out = batch(
        if held_out.len() > LENGTH {
            held_out
        } else {
            train
        },
        &mut state,
    );
    println!(
        "{path}: {} characters, {} different ones",
        text.len(),
        characters.len()
    );

    let mut model = Gru::new(characters.len());
    let mut adam = Adam::new(0.0);
    let schedule = Schedule::cosine(5e-3, 1e-4, steps).warmup(20);
    let began = Instant::now();
    for step in 0..steps {
        let (value, mut gradient) = loss::value_and_grad(&model, &batch(train, &mut state));
        clip_norm(&mut gradient, 1.0);
        adam.rate = schedule.at(step);
        adam.step(&mut model, &gradient);
        if step == 0 || step % 100 == 99 {
            let bits = |loss: f32| loss / std::f32::consts::LN_2;
            println!(
                "step {}: {:.3} bits per character, held out {:.3}, {:.1} s",
                step + 1,
                bits(value),
                bits(loss(&model, &held_out)),
                began.elapsed().as_secs_f64()
            );
        }
    }
    let written = write(&model, &train[..20.min(train.len())], 400, &mut state);
    let written: String = written.iter().map(|i| characters[*i]).collect();
    println!("---\n{written}\n---");
    Ok(())
}
