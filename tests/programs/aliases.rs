//! Types under other names, of which a macro sees that they are names and nothing else.

use crate::harness::programs;
use pullback::differentiable;

type Scalar = f64;
type Single = f32;

const HALF: Scalar = 0.5;

#[differentiable]
fn arithmetic(x: Scalar, y: Scalar) -> Scalar {
    let z = x * y + 0.5 * x.sqrt() - HALF * y;
    let w: Scalar = z / (1.0 + (-y).exp());
    if w > 0.0 { w * 2.0 } else { w.sin() }
}

#[differentiable]
fn slices(x: Scalar, ys: &[Scalar]) -> Scalar {
    let mut s = 0.0;
    for y in ys {
        s += y * x;
    }
    for i in 0..ys.len() {
        s += ys[i].powi(2);
    }
    s
}

#[differentiable]
fn casts(x: f32, y: Scalar) -> Scalar {
    let z = x as Scalar;
    let mut sum: Scalar = 0.0;
    for i in 0..3 {
        sum += z * y * i as Scalar;
    }
    sum + z * z
}

#[differentiable]
fn arrays(x: Scalar, y: [Scalar; 3]) -> Scalar {
    let mut t = [0.0; 3];
    for i in 0..3 {
        t[i] = y[i] * x;
    }
    let mut best = Scalar::NEG_INFINITY;
    for v in t {
        best = best.max(v);
    }
    best + Scalar::from(2.0_f32) * x
}

#[differentiable]
fn narrowed(x: Scalar) -> Single {
    let y = x * x;
    y as Single * 3.0
}

programs! {
    arithmetic { x: val = 0.3, y: val = 0.7 };
    slices { x: val = 0.3, ys: slice = vector(3, 1) };
    single casts { x: val = 0.25_f32, y: val = 0.75 } exact [2.75, 0.75];
    arrays { x: val = 0.3, y: val = [0.7, 0.1, 0.9] };
    single narrowed { x: val = 0.75 } exact [4.5];
}
