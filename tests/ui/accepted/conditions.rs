//! Conditions inside a differentiable function are rustc's to settle, wherever they stand.

#![deny(warnings)]

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let square = |#[cfg(not(windows))] k: u32, #[cfg(windows)] k: u64| k * k;
    #[cfg(debug_assertions)]
    let x = x + 0.0;
    x * f64::from(square(2))
}

fn main() {
    assert_eq!(f(2.0), 8.0);
    assert_eq!(f::grad(2.0), 4.0);
}
