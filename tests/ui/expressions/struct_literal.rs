//! A struct of active values, which comes later.

use pullback::differentiable;

struct Point {
    x: f64,
}

#[differentiable]
fn f(x: f64) -> f64 {
    let p = Point { x: x * x };
    p.x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
