//! `into` of a value with a derivative, to a type that is not written.

use pullback::differentiable;

#[differentiable]
fn f(x: f32, y: f64) -> f64 {
    let z = f64::max(y, x.into());
    z * y
}

fn main() {
    assert_eq!(f(2.0, 1.0), 2.0);
}
