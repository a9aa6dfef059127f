//! A function that never returns.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> ! {
    panic!("{x}")
}

fn main() {
    let _: fn(f64) -> ! = f;
}
