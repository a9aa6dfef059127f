//! A macro that sees active values.

use pullback::differentiable;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[differentiable]
fn f(x: f64) -> f64 {
    square!(x)
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
