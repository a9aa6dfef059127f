//! One mode alone, and a name of one's own.

#![deny(warnings)]

use pullback::differentiable;

#[differentiable(mode = "reverse")]
fn reverse_only(x: f64) -> f64 {
    x * x
}

#[differentiable(mode = "forward")]
fn forward_only(x: f64) -> f64 {
    x * x
}

#[differentiable(name = cube_derivatives)]
fn cube(x: f64) -> f64 {
    x * x * x
}

fn main() {
    assert_eq!(reverse_only::grad(3.0), 6.0);
    assert_eq!(forward_only::jvp(3.0, 1.0), (9.0, 6.0));
    assert_eq!(cube_derivatives::grad(2.0), 12.0);
}
