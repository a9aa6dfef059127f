//! A watched local that the result does not need is a warning at its name.

#![deny(warnings)]
use pullback::differentiable;

#[differentiable]
fn rounded(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    x * y.floor()
}

#[differentiable]
fn forgotten(x: f64) -> f64 {
    #[watch]
    let _y: f64 = x * x;
    x
}

// The path that needs it may not be taken; nothing is wrong with that.
#[differentiable]
fn sometimes(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    if x > 0.0 { y } else { x }
}

#[differentiable(detached = "allow")]
fn meant(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x;
    x * y.floor()
}

fn main() {
    let _ = (rounded(1.0), forgotten(1.0), sometimes(1.0), meant(1.0));
}
