//! `hello`: a square and its derivative, to see that the two sides understand each other.

use pullback::differentiable;

use super::Module;
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "hello",
    functions: &[
        ("square", |input| {
            measure(
                input,
                |x: f64| Ok((x, 0.0)),
                |(x, y)| *y = square(*x),
                |(_, y)| y,
            )
        }),
        ("double", |input| {
            measure(
                input,
                |x: f64| Ok((x, 0.0)),
                |(x, y)| *y = square::grad(*x),
                |(_, y)| y,
            )
        }),
    ],
};

/// x².
#[differentiable]
pub fn square(x: f64) -> f64 {
    x * x
}
