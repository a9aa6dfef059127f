//! No parameter has a derivative.

use pullback::differentiable;

#[differentiable]
fn f(n: usize, flag: bool) -> f64 {
    if flag { n as f64 } else { 0.0 }
}

fn main() {
    assert_eq!(f(2, true), 2.0);
}
