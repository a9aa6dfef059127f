//! The user's own mistake, which has nothing to do with derivatives.
use pullback::differentiable;

#[differentiable]
fn area(width: f64, height: f64) -> f64 {
    let corner = 0.5 * width;
    width * heigth - corner * corner
}

fn main() {
    println!("{:?}", area::grad(1.0, 2.0));
}
