//! A number without a point.
use pullback::differentiable;

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{}", square::grad(3));
}
