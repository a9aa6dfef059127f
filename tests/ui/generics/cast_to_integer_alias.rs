//! A cast to an alias that turns out to be an integer.

use pullback::differentiable;

type Index = usize;

#[differentiable]
fn f(x: f64, table: &[f64]) -> f64 {
    let i = x as Index;
    table[i] * x
}

fn main() {
    assert_eq!(f::grad(1.5, &[1.0, 2.0]).0, 2.0);
}
