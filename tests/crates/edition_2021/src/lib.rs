//! The edition before, in which `gen` is a name like another.
#![deny(warnings)]

use pullback::differentiable;

#[path = "../../denies_warnings/src/functions.rs"]
mod functions;

pub use functions::*;

/// Squares.
#[differentiable]
pub fn named_gen(gen: f64) -> f64 {
    let gen = gen * gen;
    if let Some(top) = Some(gen) {
        top
    } else {
        gen
    }
}

#[test]
fn keywords_of_later_editions_are_names() {
    assert_eq!(named_gen::grad(3.0), 6.0);
}
