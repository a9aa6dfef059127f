//! `?` in a closure whose type is not written, and cannot be told from what it ends with.

use pullback::differentiable;

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.sqrt()) } else { None }
}

#[differentiable]
fn f(x: f64) -> f64 {
    let twice = |v: f64| {
        let once = root(v)?;
        root(once)
    };
    twice(x).unwrap_or(0.0)
}

fn main() {
    assert_eq!(f(16.0), 2.0);
}
