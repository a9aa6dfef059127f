//! `detached = "deny"` turns the warning into an error.

use pullback::differentiable;

#[differentiable(detached = "deny")]
fn f(x: f64, y: f64) -> f64 {
    pullback::detach(x) * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
