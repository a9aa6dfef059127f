//! The name space does not offend the naming lints, even forbidden ones.

#![deny(warnings)]
#![forbid(non_camel_case_types)]

use pullback::differentiable;

#[differentiable]
fn lower_case_name(x: f64) -> f64 {
    x * x
}

fn main() {
    assert_eq!(lower_case_name::grad(3.0), 6.0);
}
