//! A reference that points to one of two variables.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut a = x;
    let mut b = x;
    let r = if x > 0.0 { &mut a } else { &mut b };
    *r *= x;
    a
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
