//! A type that a macro writes.

use pullback::differentiable;

macro_rules! real {
    () => {
        f64
    };
}

#[differentiable]
fn f(x: real!()) -> f64 {
    x * x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
