//! The attribute on something that is not a function.

use pullback::differentiable;

#[differentiable]
struct Point {
    x: f64,
}

fn main() {
    let _ = Point { x: 1.0 }.x;
}
