//! Inline assembly, which also needs an `unsafe` block: both are named.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    unsafe { std::arch::asm!("nop") };
    x * x
}

fn main() {}
