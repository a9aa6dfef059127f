//! `?` in a closure that is called by its name.

use pullback::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    let root = |v: f64| -> Option<f64> {
        let positive = if v > 0.0 { Some(v) } else { None };
        Some(positive?.sqrt())
    };
    root(x).unwrap_or(0.0)
}

fn main() {
    assert_eq!(f(4.0), 2.0);
}
