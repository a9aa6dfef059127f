//! Vectors that are assigned or swapped with vectors of other lengths.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn assigned_in_a_branch(x: f64, y: f64) -> f64 {
    let w = vec![x, y, x * y];
    let mut v = vec![x];
    if y > 0.0 {
        v = w.clone();
    }
    let mut s = 0.0;
    for a in &v {
        s += a * a;
    }
    s
}

#[differentiable]
fn swapped(x: f64, y: f64) -> f64 {
    let mut w = vec![x, y, x * y];
    let mut v = vec![x];
    std::mem::swap(&mut v, &mut w);
    v[2] *= y;
    w[0] *= x;
    let mut s = 0.0;
    for a in &v {
        s += a * a;
    }
    for a in &w {
        s *= a;
    }
    s
}

#[differentiable]
fn assigned_in_a_loop(x: f64, y: f64) -> f64 {
    let mut s = 0.0;
    for k in 1..4 {
        let mut v = vec![x; k];
        if k > 1 {
            v = vec![x * s; k + 2];
            v[k + 1] = y;
        }
        for i in 0..v.len() {
            s += v[i] * 0.3;
        }
    }
    s
}

#[differentiable]
fn grows(x: f64, y: f64) -> f64 {
    let mut v = vec![x];
    for k in 1..4 {
        let mut w = vec![y; k + 1];
        for i in 0..v.len() {
            w[i] = v[i] * y;
        }
        v = w;
    }
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i] * (i + 1) as f64;
    }
    s
}

#[derive(Clone, Debug, pullback::Differentiable)]
struct Filter {
    gain: f64,
    state: f64,
}

// What a field of the user's own type is, the macro cannot know: the state has a zero that follows it, and it is
// written through the reference.
#[differentiable]
fn state_from_a_field(x: &[f64], gain: f64) -> f64 {
    let filter = Filter {
        gain,
        state: x[0] * gain,
    };
    let smooth: f64 = x
        .iter()
        .scan(filter.state, |h, e| {
            *h = (*h * filter.gain + e).sin();
            Some(*h)
        })
        .sum();
    let mut last = filter.state;
    let held = &mut last;
    *held = (*held * smooth).cos();
    *held = filter.gain * *held;
    smooth + last
}

// The elements are of a type that the macro does not know, and their zeros follow in each chunk.
#[differentiable]
fn in_chunks(x: &[f64], gain: f64) -> f64 {
    let filter = Filter {
        gain,
        state: x[0] * gain,
    };
    let mut data = [filter.gain * x[1], filter.state, gain, x[2], x[3]];
    for c in data.chunks_mut(2) {
        c[0] = (c[0] * gain).sin() + c[c.len() - 1] * 0.3;
    }
    for (k, c) in data.chunks_exact_mut(2).enumerate() {
        c[1] = c[0] * x[k];
    }
    data.iter().sum()
}

programs! {
    in_chunks { x: slice = crate::harness::vector(4, 2), gain: val = 0.6 };
    state_from_a_field { x: slice = crate::harness::vector(4, 1), gain: val = 0.6 };
    assigned_in_a_branch { x: val = 0.3, y: val = 0.8 } exact [2.0 * x + 2.0 * x * y * y, 2.0 * y + 2.0 * x * x * y];
    swapped { x: val = 0.3, y: val = 0.8 };
    assigned_in_a_loop { x: val = 0.3, y: val = 0.8 };
    grows { x: val = 0.3, y: val = 0.8 } exact [y * y * y, 3.0 * x * y * y + 2.0 * 3.0 * y * y + 3.0 * 2.0 * y + 4.0];
}
