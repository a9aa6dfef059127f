//! A closure that touches active values and is more than called.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let all = [|y: f64| y * x];
    all[0](x) * 2.0
}

fn main() {
    assert_eq!(f(2.0), 8.0);
}
