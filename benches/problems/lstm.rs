//! A long short-term memory that predicts the next character, as in ADBench and GradBench: a loop
//! over time whose state is overwritten, with five transcendental functions an element.

use gradbench::evals::lstm::loss;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// Bits of a character.
const BITS: usize = 14;
/// Numbers that a layer has, and those that the forward sweep keeps of it.
const LAYER: usize = 8 * BITS;

/// Gates, states and exponentials are kept, so that no transcendental is computed twice.
fn loss_by_hand(
    main: &[f64],
    extra: &[f64],
    state: &[f64],
    sequence: &[f64],
) -> (f64, (Vec<f64>, Vec<f64>)) {
    const B: usize = BITS;
    let [in_weight, out_weight, out_bias] = [0, 1, 2].map(|i| &extra[i * B..(i + 1) * B]);
    let layers = main.len() / LAYER;
    let steps = sequence.len() / B - 1;
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut state = state.to_vec();
    // Of each layer: input, hidden and cell before, four gates, tanh of the cell after.
    let mut saved = vec![0.0; steps * layers * LAYER];
    let mut shares = vec![0.0; steps * B];
    let mut total = 0.0;
    let mut x = [0.0; B];
    for t in 0..steps {
        let (now, next) = sequence[t * B..(t + 2) * B].split_at(B);
        for i in 0..B {
            x[i] = now[i] * in_weight[i];
        }
        for l in 0..layers {
            let w = &main[l * LAYER..(l + 1) * LAYER];
            let (hidden, cell) = state[2 * l * B..2 * (l + 1) * B].split_at_mut(B);
            let saved = &mut saved[(t * layers + l) * LAYER..][..LAYER];
            for i in 0..B {
                let forget = sigmoid(x[i] * w[i] + w[4 * B + i]);
                let ingate = sigmoid(hidden[i] * w[B + i] + w[5 * B + i]);
                let outgate = sigmoid(x[i] * w[2 * B + i] + w[6 * B + i]);
                let change = (hidden[i] * w[3 * B + i] + w[7 * B + i]).tanh();
                saved[i] = x[i];
                saved[B + i] = hidden[i];
                saved[2 * B + i] = cell[i];
                saved[3 * B + i] = forget;
                saved[4 * B + i] = ingate;
                saved[5 * B + i] = outgate;
                saved[6 * B + i] = change;
                cell[i] = cell[i] * forget + ingate * change;
                let tanh = cell[i].tanh();
                saved[7 * B + i] = tanh;
                hidden[i] = outgate * tanh;
                x[i] = hidden[i];
            }
        }
        let share = &mut shares[t * B..(t + 1) * B];
        let (mut sum, mut dot, mut ones) = (2.0, 0.0, 0.0);
        for i in 0..B {
            let y = x[i] * out_weight[i] + out_bias[i];
            share[i] = y.exp();
            sum += share[i];
            dot += next[i] * y;
            ones += next[i];
        }
        let scale = ones / sum;
        share.iter_mut().for_each(|share| *share *= scale);
        total += dot - ones * sum.ln();
    }
    let scale = -1.0 / (B * steps) as f64;

    let mut main_bar = vec![0.0; main.len()];
    let mut extra_bar = vec![0.0; 3 * B];
    let (in_bar, out_bar) = extra_bar.split_at_mut(B);
    let (weight_bar, bias_bar) = out_bar.split_at_mut(B);
    let mut state_bar = vec![0.0; state.len()];
    let mut x_bar = [0.0; B];
    for t in (0..steps).rev() {
        let (now, next) = sequence[t * B..(t + 2) * B].split_at(B);
        let last = &saved[(t * layers + layers - 1) * LAYER..][..LAYER];
        for i in 0..B {
            let y_bar = scale * (next[i] - shares[t * B + i]);
            bias_bar[i] += y_bar;
            weight_bar[i] += y_bar * last[5 * B + i] * last[7 * B + i];
            x_bar[i] = y_bar * out_weight[i];
        }
        for l in (0..layers).rev() {
            let w = &main[l * LAYER..(l + 1) * LAYER];
            let w_bar = &mut main_bar[l * LAYER..(l + 1) * LAYER];
            let s = &saved[(t * layers + l) * LAYER..][..LAYER];
            let (hidden_bar, cell_bar) = state_bar[2 * l * B..2 * (l + 1) * B].split_at_mut(B);
            for i in 0..B {
                let [x, hidden, cell, forget, ingate, outgate, change, tanh] =
                    [0, 1, 2, 3, 4, 5, 6, 7].map(|k| s[k * B + i]);
                let h_bar = x_bar[i] + hidden_bar[i];
                let c_bar = cell_bar[i] + h_bar * outgate * (1.0 - tanh * tanh);
                let forget_bar = c_bar * cell * forget * (1.0 - forget);
                let ingate_bar = c_bar * change * ingate * (1.0 - ingate);
                let outgate_bar = h_bar * tanh * outgate * (1.0 - outgate);
                let change_bar = c_bar * ingate * (1.0 - change * change);
                cell_bar[i] = c_bar * forget;
                w_bar[i] += forget_bar * x;
                w_bar[B + i] += ingate_bar * hidden;
                w_bar[2 * B + i] += outgate_bar * x;
                w_bar[3 * B + i] += change_bar * hidden;
                w_bar[4 * B + i] += forget_bar;
                w_bar[5 * B + i] += ingate_bar;
                w_bar[6 * B + i] += outgate_bar;
                w_bar[7 * B + i] += change_bar;
                x_bar[i] = forget_bar * w[i] + outgate_bar * w[2 * B + i];
                hidden_bar[i] = ingate_bar * w[B + i] + change_bar * w[3 * B + i];
            }
        }
        for i in 0..B {
            in_bar[i] += x_bar[i] * now[i];
        }
    }
    (total * scale, (main_bar, extra_bar))
}

/// Random parameters and random characters.
pub fn lstm(layers: usize, characters: usize) -> impl Problem {
    let mut random = Random(11);
    let x = random.vector(layers * LAYER + 3 * BITS);
    let state = random.vector(layers * 2 * BITS);
    let sequence: Vec<f64> = random
        .vector(characters * BITS)
        .iter()
        .map(|x| f64::from(*x > 0.0))
        .collect();
    let cut = layers * LAYER;
    let (state2, state3) = (state.clone(), state.clone());
    let (sequence2, sequence3) = (sequence.clone(), sequence.clone());
    Flat::new(
        format!("lstm l={layers} c={characters}"),
        x,
        move |x| loss(&x[..cut], &x[cut..], &state, &sequence, BITS),
        move |x| loss::value_and_grad(&x[..cut], &x[cut..], &state2, &sequence2, BITS),
        move |x| loss_by_hand(&x[..cut], &x[cut..], &state3, &sequence3),
    )
}
