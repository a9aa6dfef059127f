//! `grad` takes what the function takes.
use pullback::differentiable;

#[differentiable]
fn loss(w: f64, b: f64, n: usize) -> f64 {
    w * b + n as f64
}

fn main() {
    let (dw, db) = loss::grad(1.0, 2.0);
    println!("{dw} {db}");
}
