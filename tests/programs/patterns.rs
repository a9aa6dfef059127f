//! Patterns of every kind over values that carry derivatives.

use crate::harness::{flat, programs};
use pullback::{Differentiable, OptionTangent, differentiable};

#[derive(Differentiable, Clone, Copy, Debug)]
struct P {
    x: f64,
    y: f64,
}

flat!(P { x, y });

#[derive(Differentiable, Clone, Copy, Debug)]
struct Pair(P, f64);

flat!(Pair { 0, 1 });

const A: P = P { x: 0.4, y: 1.3 };

#[differentiable]
fn in_let(p: P, q: &Pair) -> f64 {
    let P { x, y: b } = p;
    let Pair(P { x: c, .. }, d) = q;
    let P { x: mut e, .. } = p;
    e *= b;
    x * b + c * d * e
}

#[differentiable]
fn in_parameters(P { x, y }: P, Pair(p, k): Pair) -> f64 {
    x * y * k + p.x
}

#[differentiable]
fn in_loops(ps: &[P], pairs: &mut [Pair]) -> f64 {
    let mut sum = 0.0;
    for P { x, y } in ps {
        sum += x * y;
    }
    for (i, &P { x, .. }) in ps.iter().enumerate() {
        sum += x * (i as f64);
    }
    for Pair(p, k) in pairs.iter_mut() {
        *k *= p.x;
        p.y += *k;
        sum += p.y;
    }
    sum
}

#[differentiable]
fn refutable_structs(p: &P, q: Pair) -> f64 {
    let first = match p {
        P { x, .. } if *x > 1.0 => x * x,
        P { x, y: b } => x * b,
    };
    match q {
        Pair(P { x, .. }, k) if k > 5.0 => x,
        Pair(p, k) => p.x * k * first,
    }
}

#[differentiable]
fn at(p: Option<P>, k: f64) -> f64 {
    let s = match k {
        v @ 0.0..=1.0 => v * v,
        v => v,
    };
    if let Some(q @ P { x, .. }) = p {
        q.y * x * s
    } else {
        s
    }
}

#[differentiable]
fn slices(v: &[f64], w: [f64; 4]) -> f64 {
    let ends = match v {
        [] => 0.0,
        [one] => one * one,
        [first, .., last] => first * last,
    };
    let inner = match v {
        [_, inner @ .., b] => {
            let mut s = 0.0;
            for i in 0..inner.len() {
                s += inner[i] * inner[i];
            }
            s * b
        }
        _ => 1.0,
    };
    let [a, middle @ .., d] = w;
    ends + inner * a + middle[0] * middle[1] * d
}

#[differentiable]
fn changes_slices(v: &mut [f64], k: f64) {
    if let [first, middle @ .., last] = v {
        *first *= k;
        *last += *first;
        for m in middle.iter_mut() {
            *m *= *m * k;
        }
        if let [a, ..] = middle {
            *a += *last;
        }
    }
}

#[differentiable]
fn ref_and_ref_mut(p: P, k: f64) -> f64 {
    let mut q = p;
    match q {
        P { ref mut x, ref y } => {
            *x += k * *y;
        }
    }
    match q {
        P { ref x, y } => x * y,
    }
}

#[differentiable]
fn let_else(p: Option<P>, k: f64) -> f64 {
    let Some(P { x, y }) = p else {
        return k * k;
    };
    let Some(z) = (if x > 0.0 { Some(x) } else { None }) else {
        return y;
    };
    x * y * z
}

#[differentiable]
fn chains(a: Option<f64>, b: Option<f64>, k: f64) -> f64 {
    let first = if let Some(x) = a
        && x > 0.0
        && let Some(y) = b
    {
        x * y
    } else {
        k
    };
    let mut sum = first * k;
    if k > 0.0
        && let Some(x) = a
    {
        sum += x * k;
    }
    if let Some(x) = a
        && x > 100.0
    {
        sum *= x;
    } else if let Some(y) = b
        && y > 0.0
    {
        sum *= y;
    } else {
        sum += 1.0;
    }
    sum
}

#[differentiable]
fn chains_in_loops(v: &[Option<f64>], k: f64) -> f64 {
    let mut sum = 0.0;
    for (i, x) in v.iter().enumerate() {
        if let Some(x) = x
            && i != 1
        {
            if let Some(y) = v[(i + 1) % v.len()]
                && y > 5.0
            {
                continue;
            }
            sum += x * x * k;
        } else {
            sum *= k;
        }
        if let Some(x) = x
            && *x > 1.0
        {
            break;
        }
    }
    sum
}

#[differentiable]
fn while_let(x: f64, k: f64) -> f64 {
    let mut state = Some(x);
    let mut sum = 0.0;
    let mut left = 4;
    while let Some(v) = state {
        left -= 1;
        if left == 2 {
            state = Some(v + k);
            continue;
        }
        sum += v * k;
        state = if left > 0 { Some(v * v * k) } else { None };
    }
    sum
}

#[differentiable]
fn while_chains(p: P, k: f64) -> f64 {
    let mut next = Some(p);
    let mut sum = 0.0;
    while let Some(P { x, y }) = next
        && sum < 3.0
    {
        sum += x * y;
        next = Some(P { x: y * k, y: x + y });
    }
    sum
}

#[differentiable]
fn add_square(v: &mut f64, x: f64) {
    *v += x * x;
}

/// What a pattern binds exclusively may be changed by a call.
#[differentiable]
fn bound_and_passed_on(x: f64) -> f64 {
    let mut u = [0.0, 1.0];
    for v in u.iter_mut() {
        add_square(v, x);
    }
    let mut w = Some(1.0);
    if let Some(v) = &mut w {
        add_square(v, x);
    }
    let mut q = P { x: 0.0, y: 1.0 };
    let P { x: a, .. } = &mut q;
    add_square(a, x);
    let last = match w {
        Some(v) => v,
        None => 0.0,
    };
    u[0] * u[1] + last * q.x
}

programs! {
    in_let { p: val = A, q: refer = Pair(A, 0.7) };
    in_parameters { arg0: val = A, arg1: val = Pair(A, 0.7) };
    in_loops { ps: slice = vec![A, A], pairs: inout = vec![Pair(A, 0.7), Pair(A, 1.2)] };
    refutable_structs { p: refer = A, q: val = Pair(A, 0.7) };
    at { p: val = Some(A), k: val = 0.8 } exact [OptionTangent::Some(PTangent {
        x: 1.3 * k * k,
        y: 0.4 * k * k
    }), 2.0 * k * 0.4 * 1.3];
    slices { v: slice = vector(4, 1), w: val = [0.4, 1.3, 0.2, 0.6] };
    vector changes_slices { v: inout = vector(5, 1), k: val = 0.8 };
    ref_and_ref_mut { p: val = A, k: val = 0.8 };
    let_else { p: val = Some(A), k: val = 0.8 };
    chains { a: val = Some(0.4), b: val = Some(1.3), k: val = 0.8 };
    chains_in_loops { v: slice = vec![Some(0.4), None, Some(0.7), Some(1.3), Some(9.0)], k: val = 0.8 };
    while_let { x: val = 0.4, k: val = 0.8 };
    while_chains { p: val = A, k: val = 0.8 };
    bound_and_passed_on { x: val = 0.4 };
}
