//! A function that can change what it captures.

use pullback::differentiable;

#[differentiable]
fn twice(mut f: impl FnMut(f64) -> f64, x: f64) -> f64 {
    f(x) + f(2.0)
}

fn main() {
    assert_eq!(twice(|x| x, 2.0), 4.0);
}
