//! Memory that is overwritten: its old values are saved only where a rule needs them.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn in_place(state: &mut [f64], factor: f64) -> f64 {
    for i in 1..state.len() {
        state[i] = state[i - 1] * factor + state[i];
    }
    state[0] = 0.0;
    state[state.len() - 1]
}

programs! {
    in_place { state: inout = vec![0.4, -0.3, 0.8], factor: val = 0.7 };
}
