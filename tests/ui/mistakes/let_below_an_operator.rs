//! A `let` that an operator takes for its operand is no Rust, and no riddle for the derivative either.

use pullback::differentiable;

#[differentiable]
fn gain(a: Option<f64>, k: f64) -> f64 {
    let mut sum = k;
    if k > 0.0 & let Some(x) = a {
        sum += x * k;
    }
    sum
}

fn main() {}
