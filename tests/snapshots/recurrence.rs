//! A loop whose reverse needs a value of each iteration, and an early exit.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn recurrence(x: f64, rate: f64, n: usize) -> f64 {
    let mut state = x;
    for _ in 0..n {
        state = rate * state * (1.0 - state);
        if state > 0.9 {
            break;
        }
    }
    state
}

programs! {
    recurrence { x: val = 0.3, rate: val = 3.2, n: konst = 6_usize };
}
