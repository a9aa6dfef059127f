//! An annotated function inside a function, under denied warnings.

#![deny(warnings)]

use pullback::differentiable;

fn main() {
    #[differentiable]
    fn square(x: f64) -> f64 {
        x * x
    }
    assert_eq!(square::grad(3.0), 6.0);
}
