//! A raw pointer.

use pullback::differentiable;

#[differentiable]
fn f(x: *const f64, y: f64) -> f64 {
    if x.is_null() { y } else { 0.0 }
}

fn main() {
    assert_eq!(f(std::ptr::null(), 2.0), 2.0);
}
