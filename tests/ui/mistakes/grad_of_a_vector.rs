//! `grad` wants one number.
use pullback::differentiable;

#[differentiable]
fn scaled(x: &[f64], k: f64) -> Vec<f64> {
    let mut y = x.to_vec();
    for v in y.iter_mut() {
        *v *= k;
    }
    y
}

fn main() {
    let (by_x, by_k) = scaled::grad(&[1.0, 2.0], 3.0);
    println!("{by_x:?} {by_k}");
}
