//! A reference that is made to point to another variable.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let a = x * x;
    let b = x + 1.0;
    let mut r = &a;
    if x > 0.0 {
        r = &b;
    }
    *r * x
}

fn main() {
    assert_eq!(f(2.0), 6.0);
}
