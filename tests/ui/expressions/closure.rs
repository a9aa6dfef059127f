//! A closure that touches active values and is more than called.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let scaled = |y: f64| y * x;
    let twice = Some(scaled);
    twice.map_or(x, |g| g(x)) * 2.0
}

fn main() {
    assert_eq!(f(2.0), 8.0);
}
