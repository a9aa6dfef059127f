//! Second derivatives are asked for.
use pullback::differentiable;

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{}", square::hessian(3.0));
}
