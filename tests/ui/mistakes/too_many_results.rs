//! `grad` gives nothing for an integer.
use pullback::differentiable;

#[differentiable]
fn loss(w: f64, b: f64, n: usize) -> f64 {
    w * b + n as f64
}

fn main() {
    let (dw, db, dn) = loss::grad(1.0, 2.0, 3);
    println!("{dw} {db} {dn}");
}
