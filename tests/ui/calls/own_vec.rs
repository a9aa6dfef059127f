//! A macro of the user's own that is called like std's.

use pullback::differentiable;

macro_rules! vec {
    ($($x:expr),*) => { std::vec![$($x * 2.0),*] };
}

#[differentiable]
fn f(x: f64) -> f64 {
    let v = vec![x, x * 2.0];
    v[0] * v[1]
}

fn main() {
    assert_eq!(f(1.0), 8.0);
}
