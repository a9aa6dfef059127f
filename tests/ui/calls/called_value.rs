//! A call of something that is not a path.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let table = [f64::sin, f64::cos];
    table[0](x)
}

fn main() {
    assert_eq!(f(0.0), 0.0);
}
