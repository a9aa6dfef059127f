//! A parameter whose type carries no derivative.
use pullback::differentiable;

struct Spring {
    stiffness: f64,
    length: f64,
}

#[differentiable]
fn energy(spring: &Spring, x: f64) -> f64 {
    0.5 * spring.stiffness * (x - spring.length).powi(2)
}

fn main() {
    let spring = Spring { stiffness: 2.0, length: 1.0 };
    let (_, by_x) = energy::grad(&spring, 3.0);
    println!("{by_x}");
}
