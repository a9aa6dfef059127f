//! `lstm`: a long short-term memory whose matrices are diagonal, which predicts the next character from its bits.

use pullback::{Tape, differentiable};
use serde::{Deserialize, Serialize};

use super::{Module, flat};
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "lstm",
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
                |input: Input| Ok((Problem::new(&input)?, Tape::new(), Default::default())),
                |(p, tape, gradient)| *gradient = p.value_and_gradient(tape),
                |(_, _, (_, (main, extra)))| [main, extra].concat(),
            )
        }),
    ],
};

/// Parameters, initial state and characters, in rows.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// Two rows for each layer, weights and biases of the four gates.
    pub main_params: Vec<Vec<f64>>,
    /// The weights of the input, and weights and biases of the output.
    pub extra_params: Vec<Vec<f64>>,
    /// Two rows for each layer, hidden and cell.
    pub state: Vec<Vec<f64>>,
    /// The bits of each character.
    pub sequence: Vec<Vec<f64>>,
}

/// The same, row behind row.
#[derive(Clone, Debug)]
pub struct Problem {
    /// l × 8 × b: of each layer the weights of forget, input, output and change, then the biases.
    pub main: Vec<f64>,
    /// 3 × b.
    pub extra: Vec<f64>,
    /// l × 2 × b.
    pub state: Vec<f64>,
    /// c × b.
    pub sequence: Vec<f64>,
    /// The bits of a character.
    pub b: usize,
}

impl Problem {
    /// Checks the shapes.
    ///
    /// # Errors
    ///
    /// When the rows do not fit together, or there are fewer than two characters.
    pub fn new(input: &Input) -> Result<Self, String> {
        let b = input.sequence.first().map_or(0, Vec::len);
        let fits = input.main_params.len() == input.state.len() && input.extra_params.len() == 3;
        if b == 0 || input.sequence.len() < 2 || input.state.len() < 2 || !fits {
            return Err("the parameters, the state and the sequence do not fit".to_string());
        }
        Ok(Self {
            main: flat(&input.main_params, 4 * b, "main_params")?,
            extra: flat(&input.extra_params, b, "extra_params")?,
            state: flat(&input.state, b, "state")?,
            sequence: flat(&input.sequence, b, "sequence")?,
            b,
        })
    }

    /// The loss.
    pub fn value(&self) -> f64 {
        loss(&self.main, &self.extra, &self.state, &self.sequence, self.b)
    }

    /// The loss and its gradient with respect to `main` and `extra`.
    pub fn value_and_gradient(&self, tape: &mut Tape) -> (f64, (Vec<f64>, Vec<f64>)) {
        let Self {
            main,
            extra,
            state,
            sequence,
            b,
        } = self;
        loss::value_and_grad_with(tape, main, extra, state, sequence, *b)
    }
}

/// How badly the characters are predicted: minus the mean over the bits of the next character's bit times the
/// logarithm of what was predicted for it.
#[differentiable]
pub fn loss(
    main: &[f64],
    extra: &[f64],
    #[constant] state: &[f64],
    #[constant] sequence: &[f64],
    b: usize,
) -> f64 {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut state = state.to_vec();
    let (in_weight, out) = extra.split_at(b);
    let (out_weight, out_bias) = out.split_at(b);
    let mut x = vec![0.0; b];
    let mut total = 0.0;
    let characters = sequence.len() / b;
    for t in 0..characters - 1 {
        let now = &sequence[t * b..(t + 1) * b];
        let next = &sequence[(t + 1) * b..(t + 2) * b];
        for i in 0..b {
            x[i] = now[i] * in_weight[i];
        }
        for (layer, state) in main.chunks_exact(8 * b).zip(state.chunks_exact_mut(2 * b)) {
            let (weight, bias) = layer.split_at(4 * b);
            let (hidden, cell) = state.split_at_mut(b);
            for i in 0..b {
                let forget = sigmoid(x[i] * weight[i] + bias[i]);
                let ingate = sigmoid(hidden[i] * weight[b + i] + bias[b + i]);
                let outgate = sigmoid(x[i] * weight[2 * b + i] + bias[2 * b + i]);
                let change = (hidden[i] * weight[3 * b + i] + bias[3 * b + i]).tanh();
                cell[i] = cell[i] * forget + ingate * change;
                hidden[i] = outgate * cell[i].tanh();
                x[i] = hidden[i];
            }
        }
        let mut sum = 2.0;
        let mut dot = 0.0;
        let mut ones = 0.0;
        for i in 0..b {
            let y = x[i] * out_weight[i] + out_bias[i];
            sum += y.exp();
            dot += next[i] * y;
            ones += next[i];
        }
        total += dot - ones * sum.ln();
    }
    -total / (b * (characters - 1)) as f64
}
