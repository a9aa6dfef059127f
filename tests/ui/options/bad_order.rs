//! Only the orders 1 and 2 exist.

use pullback::differentiable;

#[differentiable(order = 3)]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    assert_eq!(f(2.0, 3.0), 6.0);
}
