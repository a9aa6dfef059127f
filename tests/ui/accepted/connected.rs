//! Code in which every input reaches the result has no warnings, under any lint that is denied.

#![deny(warnings, missing_docs, unused, nonstandard_style, future_incompatible)]

use pullback::differentiable;

/// A branch, a loop, and a variable that is assigned anew on one path.
#[differentiable]
pub fn f(x: f64, w: &[f64], n: usize) -> f64 {
    let mut y = x;
    if n > 3 {
        y = 2.0;
    }
    for w in w {
        y = y * w + x.floor();
    }
    y
}

/// A vector's result has no `grad`, which is no error while nobody asks for it.
#[differentiable]
pub fn both(x: f64) -> [f64; 2] {
    [x, x * x]
}

/// What it held before is read first.
#[differentiable]
pub fn read_first(x: f64) -> f64 {
    let mut y = x;
    let kept = y;
    y = 2.0;
    y * kept
}

fn main() {
    let (dx, dw) = f::grad(2.0, &[1.0, 3.0], 1);
    assert_eq!((dx, dw), (3.0, vec![6.0, 4.0]));
    assert_eq!(both::vjp(2.0).1([1.0, 1.0]), 5.0);
    assert_eq!(read_first::grad(3.0), 2.0);
}
