//! `detached = "deny"` is the same text as an error.

use pullback::differentiable;

#[differentiable(detached = "deny")]
fn f(x: f64, y: f64) -> f64 {
    let bin = x as i64;
    bin as f64 * y
}

fn main() {
    assert_eq!(f(1.0, 2.0), 2.0);
}
