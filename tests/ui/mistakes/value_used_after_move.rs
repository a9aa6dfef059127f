//! The user's own mistake, which has nothing to do with derivatives.
use pullback::differentiable;

#[differentiable]
fn total(x: Vec<f64>, k: f64) -> f64 {
    let moved = x;
    let mut sum = 0.0;
    for v in moved.iter() {
        sum += v * k;
    }
    sum + x[0]
}

fn main() {
    println!("{:?}", total::grad(vec![1.0], 2.0));
}
