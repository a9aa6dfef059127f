//! An `async` function.

use pullback::differentiable;

#[differentiable]
async fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = f(2.0);
}
