//! A helper that nobody annotated.
use pullback::differentiable;

fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn loss(w: f64, x: f64) -> f64 {
    square(w * x - 1.0)
}

fn main() {
    println!("{:?}", loss::grad(1.0, 2.0));
}
