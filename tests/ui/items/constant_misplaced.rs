//! `#[constant]` on a statement that binds nothing.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut s = x;
    #[constant]
    for _ in 0..1 {
        s *= x;
    }
    s
}

fn main() {
    assert_eq!(f(2.0), 4.0);
}
