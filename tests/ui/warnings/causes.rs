//! The causes are told apart.

#![deny(deprecated)]

use pullback::differentiable;

#[differentiable]
fn branch(x: f64, y: f64) -> f64 {
    if x > 0.0 { y } else { 2.0 * y }
}

#[differentiable]
fn trips(x: f64, y: f64) -> f64 {
    let mut s = y;
    while s < x {
        s *= 2.0;
    }
    s
}

#[differentiable]
fn arms(x: f64, y: f64) -> f64 {
    match x as i64 {
        0 => y,
        _ => 2.0 * y,
    }
}

#[differentiable]
fn length(x: f64, w: &[f64]) -> f64 {
    x * w.len() as f64
}

#[differentiable]
fn steps(x: f64, y: f64) -> f64 {
    x.round() * y + x.signum()
}

#[differentiable]
fn declared(x: f64, y: f64) -> f64 {
    #[constant]
    let c = x * 2.0;
    c * y
}

#[differentiable]
fn dropped(mut x: f64, y: f64) -> f64 {
    x *= 2.0;
    let _ = x;
    y
}

fn main() {
    assert_eq!(branch(1.0, 2.0) + trips(1.0, 2.0) + arms(0.0, 1.0), 5.0);
    assert_eq!(length(1.0, &[1.0]) + steps(1.0, 1.0), 3.0);
    assert_eq!(declared(1.0, 1.0) + dropped(1.0, 1.0), 3.0);
}
