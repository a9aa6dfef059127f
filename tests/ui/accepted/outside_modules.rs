//! Visibility follows the function's own.

#![deny(warnings)]

use pullback::differentiable;

pub mod library {
    use pullback::differentiable;

    #[differentiable]
    pub fn square(x: f64) -> f64 {
        x * x
    }

    pub mod deep {
        use pullback::differentiable;

        #[differentiable]
        pub(in crate::library) fn hidden(x: f64) -> f64 {
            x * 2.0
        }
    }

    #[differentiable]
    pub fn outer(x: f64) -> f64 {
        deep::hidden(x) * square(x)
    }
}

use library::{outer, square as renamed};

#[differentiable]
fn user(x: f64) -> f64 {
    outer(x) + renamed(x)
}

fn main() {
    assert_eq!(user::grad(1.0), 8.0);
    assert_eq!(renamed::grad(1.0), 2.0);
}
