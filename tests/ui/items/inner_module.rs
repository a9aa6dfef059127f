//! A module in the body.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    mod scale {
        pub const ONE: f64 = 1.0;
    }
    x * x * scale::ONE
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
