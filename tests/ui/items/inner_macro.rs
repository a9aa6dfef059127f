//! A macro defined in the body.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    macro_rules! one {
        () => {
            1.0
        };
    }
    x * x * one!()
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
