//! The user's own mistake, which has nothing to do with derivatives.
use pullback::differentiable;

#[differentiable]
fn mean(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v;
    }
    sum / x.len()
}

fn main() {
    println!("{:?}", mean::grad(&[1.0]));
}
