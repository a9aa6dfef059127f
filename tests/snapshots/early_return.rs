//! Ways out of the function from inside a loop and a `match`.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn early_return(x: f64, kind: usize) -> f64 {
    let scale = match kind {
        0 => return x.sin(),
        1 | 2 => x * 0.5,
        _ => 2.0,
    };
    let mut power = x;
    while power < 10.0 {
        power *= 1.0 + x;
        if kind == 2 {
            return power;
        }
    }
    power * scale
}

programs! {
    early_return { x: val = 0.7, kind: konst = 1_usize };
}
