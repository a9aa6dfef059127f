//! Closures bound to locals: what they capture, by reference and by move, and how they are called.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn called_twice(a: f64, b: f64) -> f64 {
    let f = |x| a * x + b;
    f(1.0) + f(2.0) * f(a)
}

#[differentiable]
fn accumulates(x: &[f64]) -> f64 {
    let mut acc = 0.0;
    let mut add = |x: f64| acc += x * x;
    for i in 0..x.len() {
        add(x[i]);
        add(x[i] * 0.5);
    }
    acc * acc
}

/// The closure has a copy of its own, which changes; the variable that it was made from changes as well.
#[differentiable]
fn moved_state(a: f64, x: f64) -> f64 {
    let mut a = a;
    let mut grow = move |by: f64| {
        a = a * by + 1.0;
        a
    };
    let first = grow(x);
    a *= 3.0;
    let second = grow(x * a);
    first * second + a
}

#[differentiable]
fn moved_before_a_change(a: f64, x: f64) -> f64 {
    let mut k = a * x;
    let f = move |t: f64| k * t;
    k = k.sin();
    f(x) + k * f(a)
}

#[differentiable]
fn calls_another(x: f64, y: f64) -> f64 {
    let square = |v: f64| v * v;
    let sum = |a, b| square(a) + y * square(b);
    sum(x, sum(y, x))
}

#[differentiable]
fn nested_definitions(x: f64, y: f64) -> f64 {
    let outer = |a: f64| {
        let inner = |b: f64| a * b + x;
        inner(a) * inner(y)
    };
    outer(x) + outer(outer(y))
}

#[differentiable]
fn leaves_early(x: &[f64]) -> f64 {
    let relu = |v: f64| {
        if v < 0.0 {
            return 0.01 * v;
        }
        v * v
    };
    let mut s = 0.0;
    for v in x {
        if *v > 5.0 {
            return relu(s);
        }
        s += relu(*v);
    }
    s
}

#[allow(deprecated)]
#[differentiable]
fn leaves_from_a_loop(x: &[f64], limit: f64) -> f64 {
    let first_above = |k: f64| -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i] * k;
            if s > limit {
                return s * x[i];
            }
        }
        s
    };
    first_above(1.0) + first_above(2.0) * first_above(0.1)
}

#[differentiable]
fn takes_patterns(p: (f64, f64), q: [f64; 2]) -> f64 {
    let cross = |(a, b): (f64, f64), [c, d]: [f64; 2]| a * d - b * c;
    cross(p, q) * cross((q[0], p.1), [p.0, 2.0])
}

#[differentiable]
fn takes_references(x: &[f64], y: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| {
        let mut s = 0.0;
        for i in 0..a.len() {
            s += a[i] * b[i];
        }
        s
    };
    dot(x, y) / dot(x, x) + dot(&x[1..], &y[..2])
}

#[differentiable]
fn changes_through_a_reference(x: &mut [f64], k: f64) -> f64 {
    let scale = |part: &mut [f64], by: f64| {
        for v in part.iter_mut() {
            *v *= by;
        }
    };
    scale(x, k);
    scale(&mut x[1..], k * k);
    x[0] + x[1] * x[1]
}

#[differentiable]
fn changes_captured_memory(x: &[f64], k: f64) -> f64 {
    let mut u = vec![0.0; 3];
    let mut put = |i: usize, v: f64| u[i] = u[i] * k + v;
    put(0, x[0]);
    put(1, x[1] * x[0]);
    put(0, x[2]);
    u[0] * u[1]
}

#[differentiable]
fn without_parameters(x: f64) -> f64 {
    let mut state = x;
    let mut next = || {
        state = state * 0.5 + state.sin();
        state
    };
    let a = next();
    let b = next();
    a * b * next()
}

#[differentiable]
fn evaluated_once(x: f64) -> f64 {
    let mut calls = 0;
    let mut value = |k: f64| {
        calls += 1;
        x * k * calls as f64
    };
    let pair = |a: f64, b: f64| a * a - b * a * b;
    pair(value(1.0), value(3.0)) + value(0.5)
}

/// Names that the closure's own names would capture if nothing was renamed.
#[differentiable]
fn same_names(x: f64, y: f64) -> f64 {
    let f = |y: f64| {
        let x = x * y;
        x + y
    };
    let x = f(x) * y;
    let y = f(y + x);
    f(f(x * y)) + x
}

#[differentiable]
fn in_a_condition(x: f64, y: f64) -> f64 {
    let score = |a: f64| {
        if a > 1.0 {
            return a * y;
        }
        a - y
    };
    if score(x) > score(y) && score(0.0) < 3.0 {
        score(x) * x
    } else {
        y
    }
}

#[differentiable]
fn made_in_a_loop(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in 0..x.len() {
        let k = x[i] * s;
        let f = move |t: f64| t * k + s;
        s = f(0.5) * f(x[0]);
    }
    s
}

#[differentiable]
fn called_in_place(x: f64) -> f64 {
    let y = (|a: f64| a * a * x)(x + 1.0);
    y * x
}

#[differentiable]
fn with_branches(x: f64, n: usize) -> f64 {
    let term = |k: usize| match k {
        0 => 1.0,
        1 => x,
        _ if k % 2 == 0 => x * x * k as f64,
        _ => -x.sin(),
    };
    let mut s = 0.0;
    for k in 0..n {
        s = s * 0.7 + term(k);
    }
    s
}

#[differentiable]
fn written_result(x: f64) -> f64 {
    let f = |a: f64| -> f64 { a.powi(3) };
    let g = |a| -> (f64, f64) { (a * x, f(a)) };
    let (p, q) = g(x);
    p + q * g(2.0).0
}

#[differentiable]
fn constants_only(x: &[f64]) -> f64 {
    let index = |i: usize| (i * 2 + 1) % 3;
    let weight = |i: usize| 1.0 / (i + 1) as f64;
    let mut s = 0.0;
    for i in 0..3 {
        s += x[index(i)] * x[i] * weight(i);
    }
    s
}

#[differentiable]
fn two(x: f64) -> (f64, f64) {
    (x * x, x.sin())
}

/// A part of what a call gives, which has no name.
#[differentiable]
fn part_of_a_result(x: f64) -> f64 {
    let both = |a: f64| (a, two(a * x));
    two(x).0 * both(x).1.1 + both(2.0).0
}

// Closures in tuples and structs that are used by their fields.
#[differentiable]
fn a_pair(a: f64, x: f64) -> f64 {
    let (f, df) = (|y: f64| y * y - a, |y: f64| 2.0 * y);
    let mut y = x;
    for _ in 0..3 {
        y -= f(y) / df(y);
    }
    y
}

#[differentiable]
fn in_a_tuple(a: f64, x: f64) -> f64 {
    let newton = (|y: f64| y * y - a, |y: f64| 2.0 * y, 0.9);
    let mut y = x;
    for _ in 0..3 {
        y -= newton.2 * (newton.0)(y) / (newton.1)(y);
    }
    y
}

struct Ode<F: Fn(f64, f64) -> f64> {
    rhs: F,
    step: f64,
    time: f64,
}

#[differentiable]
fn in_a_struct(k: f64, x: f64) -> f64 {
    let mut ode = Ode {
        rhs: |t: f64, y: f64| -k * y + t,
        step: 0.1,
        time: x,
    };
    let mut y = x;
    while ode.time < 2.05 {
        y += ode.step * (ode.rhs)(ode.time, y);
        ode.time += ode.step;
    }
    y
}

// A parameter with the function's own name.
#[differentiable]
fn hides(hides: f64, x: f64) -> f64 {
    hides * x
}

programs! {
    a_pair { a: val = 2.0, x: val = 1.1 };
    in_a_tuple { a: val = 2.0, x: val = 1.1 };
    in_a_struct { k: val = 0.7, x: val = 0.3 };
    hides { hides: val = 0.7, x: val = 0.3 } exact [x, hides];
    part_of_a_result { x: val = 0.7 };
    called_twice { a: val = 0.7, b: val = -0.4 };
    accumulates { x: slice = vector(4, 1) };
    moved_state { a: val = 0.6, x: val = 1.2 };
    moved_before_a_change { a: val = 0.6, x: val = 1.2 };
    calls_another { x: val = 0.8, y: val = -0.3 };
    nested_definitions { x: val = 0.8, y: val = -0.3 };
    leaves_early { x: slice = vec![0.4, -1.2, 2.0] };
    leaves_from_a_loop { x: slice = vec![0.45, 0.8, 0.4], limit: val = 1.0 } connected [true, false];
    takes_patterns { p: val = (0.3, 0.9), q: val = [1.2, -0.4] };
    takes_references { x: slice = vector(3, 2), y: slice = vector(3, 3) };
    changes_through_a_reference { x: inout = vector(3, 4), k: val = 0.7 };
    changes_captured_memory { x: slice = vector(3, 5), k: val = 0.7 };
    without_parameters { x: val = 0.9 };
    evaluated_once { x: val = 0.9 } exact [2.0 * x - 3.0 * (6.0_f64 * 6.0) * x * x + 1.5];
    same_names { x: val = 0.5, y: val = 0.7 };
    in_a_condition { x: val = 1.5, y: val = 0.4 };
    made_in_a_loop { x: slice = vector(4, 6) };
    called_in_place { x: val = 0.9 } exact [2.0 * x * (x + 1.0).powi(2) + 2.0 * x * x * (x + 1.0)];
    with_branches { x: val = 0.9, n: konst = 6 };
    written_result { x: val = 0.9 };
    constants_only { x: slice = vector(3, 7) };
}
