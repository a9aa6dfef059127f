//! Tuples: as parameters, results, fields that are assigned, and inside other data.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn fields(p: (f64, f64)) -> f64 {
    p.0 * p.1 + p.0.sin()
}

#[differentiable]
fn nested_fields(p: ((f64, f64), f64), q: &(f64, [f64; 2])) -> f64 {
    p.0.0 * p.0.1 + p.1 * q.1[0] - q.0 * q.1[1]
}

#[differentiable]
fn assigned_fields(x: f64, y: f64) -> f64 {
    let mut p = (x, y);
    p.0 *= p.1;
    p.1 = p.0 + x;
    p.0 -= p.1 * p.1;
    p.0 * p.1
}

#[differentiable]
fn assigned_as_a_whole(x: f64, y: f64) -> f64 {
    let mut state = (x, y);
    for _ in 0..4 {
        state = (state.1 * 0.9, state.0 * state.1 + 0.1);
    }
    state.0 + state.1 * x
}

#[differentiable]
fn returns_a_pair(x: f64, y: f64) -> (f64, f64) {
    (x * y, x.exp() - y)
}

#[differentiable]
fn returns_mixed(x: &[f64], a: f64) -> (f64, Vec<f64>) {
    let mut scaled = x.to_vec();
    let mut s = 0.0;
    for i in 0..x.len() {
        scaled[i] *= a;
        s += scaled[i] * x[i];
    }
    (s, scaled)
}

#[differentiable]
fn polar(p: (f64, f64)) -> (f64, f64) {
    (p.0.hypot(p.1), p.1.atan2(p.0))
}

#[differentiable]
fn array_of_tuples(x: f64, y: f64) -> f64 {
    let mut points = [(x, y), (y, x * y), (0.5, x)];
    points[1].0 += points[0].1;
    points[2] = (points[1].0 * points[1].1, points[2].1);
    let mut s = 0.0;
    for (a, b) in points {
        s += a * b;
    }
    s
}

#[differentiable]
fn tuple_of_arrays(x: f64, y: f64) -> f64 {
    let mut t = ([x, y], [0.0; 3]);
    for i in 0..3 {
        t.1[i] = t.0[i % 2] * (i + 1) as f64;
        t.0[0] += t.1[i] * 0.1;
    }
    t.1[0] * t.1[2] + t.0[0]
}

#[differentiable]
fn complex_square(z: (f64, f64), rounds: usize) -> f64 {
    let mut w = z;
    for _ in 0..rounds {
        w = (w.0 * w.0 - w.1 * w.1 + z.0, 2.0 * w.0 * w.1 + z.1);
    }
    w.0 * w.0 + w.1 * w.1
}

#[differentiable]
fn swapped_halves(p: &mut (f64, f64), k: f64) {
    let t = p.0;
    p.0 = p.1 * k;
    p.1 = t * t;
}

programs! {
    fields { p: val = (0.4, 1.3) } exact [p.1 + p.0.cos(), p.0];
    nested_fields { p: val = ((0.4, 1.3), -0.6), q: refer = (0.2, [0.9, -1.1]) };
    assigned_fields { x: val = 0.4, y: val = 1.3 };
    assigned_as_a_whole { x: val = 0.4, y: val = 1.3 };
    vector returns_a_pair { x: val = 0.4, y: val = 1.3 } exact [y + x.exp(), x - 1.0];
    vector returns_mixed { x: slice = vector(3, 1), a: val = 0.6 };
    vector polar { p: val = (0.4, 1.3) };
    array_of_tuples { x: val = 0.4, y: val = 1.3 };
    tuple_of_arrays { x: val = 0.4, y: val = 1.3 };
    complex_square { z: val = (0.3, 0.4), rounds: konst = 4_usize };
    vector swapped_halves { p: inout_ref = (0.4, 1.3), k: val = 0.7 };
}
