//! Attacks on functions as parameters: patterns, parts of slices, memory that changes between calls, closures in loops
//! that capture what the loop changes, and closures of closures.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn apply2(f: impl Fn((f64, f64)) -> f64, x: f64, y: f64) -> f64 {
    f((x, y)) * f((y, 1.0))
}

#[differentiable]
fn tuple_pattern(k: f64, x: f64) -> f64 {
    apply2(|(a, b)| a * b * k + a, x, k)
}

#[differentiable]
fn dotted(f: impl Fn(&[f64]) -> f64, x: &[f64]) -> f64 {
    f(x) + 2.0 * f(&x[1..])
}

#[differentiable]
fn slices(v: &[f64], x: &[f64]) -> f64 {
    let r = &v[1..];
    dotted(
        |y: &[f64]| {
            let mut s = 0.0;
            for i in 0..y.len().min(r.len()) {
                s += y[i] * r[i] * r[i];
            }
            s
        },
        x,
    )
}

#[differentiable]
fn overwritten(v: &mut [f64], b: f64) -> f64 {
    let a = apply1(|x| v[0] * x, b);
    v[0] = a * v[0];
    apply1(|x| v[0] * x * v[1], a)
}

#[differentiable]
fn apply1<F: Fn(f64) -> f64>(f: F, x: f64) -> f64 {
    f(x) * f(x * x)
}

#[differentiable]
fn branchy(k: f64, x: f64) -> f64 {
    let mut y = x;
    let mut n = 0;
    while y < 10.0 && n < 6 {
        let c = y;
        y = apply1(|t| if t > 1.0 { t.sqrt() * k + c } else { t + k * c }, y);
        n += 1;
    }
    y
}

#[differentiable]
fn inner(f: impl Fn(f64) -> f64, g: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = |t| f(g(t)) * x;
    apply1(h, g(x)) + apply1(|t| h(t) + f(t), 0.5)
}

#[differentiable]
fn uses_inner(a: f64, b: f64) -> f64 {
    inner(|t| a * t + b, |t| (b * t).sin(), a)
}

#[differentiable]
fn chain_inside(w: &[f64], x: f64) -> f64 {
    apply1(|t| w.iter().map(|v| v * t).sum::<f64>() + w[0], x)
}

programs! {
    tuple_pattern { k: val = 0.7, x: val = 1.3 };
    slices { v: slice = vector(3, 21), x: slice = vector(3, 22) };
    overwritten { v: inout = vector(2, 23), b: val = 0.9 };
    branchy { k: val = 0.7, x: val = 0.9 };
    uses_inner { a: val = 0.7, b: val = 0.9 };
    chain_inside { w: slice = vector(3, 24), x: val = 0.6 };
}
