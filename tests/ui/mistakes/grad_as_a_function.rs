//! As in Python.
use pullback::differentiable;

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{}", pullback::grad(square)(3.0));
}
