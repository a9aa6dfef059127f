//! Inline assembly: the `unsafe` block that it stands in is refused as a whole.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    unsafe { std::arch::asm!("nop") };
    x * x
}

fn main() {}
