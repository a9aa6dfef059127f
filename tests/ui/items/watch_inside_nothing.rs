//! The function that is called watches nothing, or is generic: rustc says it, at the callee's name.

use pullback::{Real, differentiable};

#[differentiable]
fn plain(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn generic<T: Real>(x: T) -> T {
    #[watch]
    let square: T = x * x;
    square + x
}

#[differentiable]
fn of_a_plain_one(x: f64) -> f64 {
    #[watch(inside)]
    let y = plain(x);
    y
}

#[differentiable]
fn of_a_generic_one(x: f64) -> f64 {
    #[watch(inside)]
    let y = generic(x);
    y
}

fn main() {}
