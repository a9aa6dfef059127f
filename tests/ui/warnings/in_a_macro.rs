//! A function that a `macro_rules!` wrote.

#![deny(deprecated)]

use pullback::differentiable;

macro_rules! stepped {
    ($name:ident, $step:expr) => {
        #[differentiable]
        fn $name(x: f64, y: f64) -> f64 {
            (x / $step).floor() * y
        }
    };
}

stepped!(f, 0.5);

fn main() {
    assert_eq!(f(1.0, 2.0), 4.0);
}
