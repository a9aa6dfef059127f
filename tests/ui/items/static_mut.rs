//! `static mut`.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    static mut CALLS: usize = 0;
    x * x
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
