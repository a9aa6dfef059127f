//! Every way to silence the warning about an input without a gradient.

#![deny(warnings)]

use pullback::differentiable;

#[differentiable(detached = "allow")]
fn by_option(x: f64, y: f64) -> f64 {
    pullback::detach(x) * y
}

#[allow(deprecated)]
#[differentiable]
fn by_allow(x: f64, y: f64) -> f64 {
    pullback::detach(x) * y
}

#[expect(deprecated)]
#[differentiable]
fn by_expect(x: f64, y: f64) -> f64 {
    pullback::detach(x) * y
}

#[differentiable]
fn by_constant(#[constant] x: f64, y: f64) -> f64 {
    pullback::detach(x) * y
}

#[differentiable(wrt(y))]
fn by_wrt(x: f64, y: f64) -> f64 {
    pullback::detach(x) * y
}

#[differentiable(detached = "allow")]
fn none_by_option(x: f64) -> f64 {
    x.floor()
}

#[allow(deprecated)]
#[differentiable]
fn none_by_allow(x: f64) -> f64 {
    x.floor()
}

#[expect(deprecated)]
#[differentiable]
fn none_by_expect(x: f64) -> f64 {
    x.floor()
}

fn main() {
    assert_eq!(none_by_option::grad(2.5), 0.0);
    assert_eq!(none_by_allow::grad(2.5), 0.0);
    assert_eq!(none_by_expect::grad(2.5), 0.0);
    assert_eq!(by_option::grad(2.0, 3.0), (0.0, 2.0));
    assert_eq!(by_allow::grad(2.0, 3.0), (0.0, 2.0));
    assert_eq!(by_expect::grad(2.0, 3.0), (0.0, 2.0));
    assert_eq!(by_constant::grad(2.0, 3.0), 2.0);
    assert_eq!(by_wrt::grad(2.0, 3.0), 2.0);
}
