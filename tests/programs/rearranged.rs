//! Methods that move the elements of a sequence to other places: adjoints find the way back.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::cmp::Reverse;

/// So that every element counts, and each place differently.
#[differentiable]
fn weighed(v: &[f64]) -> f64 {
    v.iter()
        .enumerate()
        .map(|(i, a)| (i as f64 + 1.0) * a * a)
        .sum()
}

#[differentiable]
fn sorted(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.sort_by(|a, b| a.total_cmp(b));
    let low = weighed(&v);
    v.sort_by(|a, b| b.partial_cmp(a).unwrap());
    v.sort_unstable_by(f64::total_cmp);
    low + v[0] * v[1]
}

#[differentiable]
fn median(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
    let n = sorted.len();
    if n % 2 == 0 {
        0.5 * (sorted[n / 2 - 1] + sorted[n / 2])
    } else {
        sorted[n / 2]
    }
}

#[differentiable]
fn by_distance(x: &[f64], y: f64) -> f64 {
    let mut near = x.to_vec();
    near.sort_by(|a, b| (a - y).abs().total_cmp(&(b - y).abs()));
    near.iter().take(2).sum::<f64>() * y
}

#[differentiable]
fn ranked(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    order
        .iter()
        .enumerate()
        .map(|(rank, &i)| rank as f64 * x[i] * x[i])
        .sum()
}

#[differentiable]
fn of_pairs(x: &[f64], y: f64) -> f64 {
    let mut v: Vec<(usize, f64)> = x.iter().map(|a| a * y).enumerate().collect();
    v.sort_by_key(|p| Reverse(p.0));
    let first = v[0].1 * 2.0 + v[1].1 * v[1].1;
    v.sort_by(|a, b| a.1.total_cmp(&b.1));
    first * v[0].1 + v[2].0 as f64 * v[2].1
}

#[derive(Clone, Debug, Differentiable, PartialEq)]
struct Body {
    mass: f64,
    at: Vec<f64>,
}

#[differentiable]
fn of_structs(m: &[f64], x: f64) -> f64 {
    let mut bodies = Vec::new();
    for (i, mass) in m.iter().enumerate() {
        bodies.push(Body {
            mass: *mass,
            at: vec![x, x * i as f64],
        });
    }
    bodies.sort_by(|a, b| b.mass.total_cmp(&a.mass));
    bodies.retain(|b| b.mass > 0.5);
    let mut s = 0.0;
    for (i, b) in bodies.iter().enumerate() {
        s += b.mass * b.at[1] * (i as f64 + 1.0);
    }
    s
}

#[differentiable]
fn turned(x: &[f64], k: usize) -> f64 {
    let mut v = x.to_vec();
    v.reverse();
    let a = weighed(&v);
    v.rotate_left(k);
    let b = weighed(&v);
    v[1..4].rotate_right(1);
    v[..2].reverse();
    a * b + weighed(&v)
}

#[differentiable]
fn in_place(x: &mut [f64], k: f64) -> f64 {
    x.sort_by(|a, b| b.total_cmp(a));
    for v in x.iter_mut() {
        *v *= k;
    }
    x[1..].reverse();
    weighed(x)
}

#[differentiable]
fn kept(x: &[f64], limit: f64) -> f64 {
    let mut v = x.to_vec();
    v.retain(|a| *a > limit);
    let n = v.len() as f64;
    weighed(&v) * n + limit * v[0]
}

#[differentiable]
fn without_repeats(x: &[f64], y: f64) -> f64 {
    let mut v = vec![x[0], x[0], y, x[1], x[1], x[1], x[2]];
    v.dedup();
    let a = weighed(&v);
    v.dedup_by_key(|a| *a > 1.0);
    a + v[0] * y
}

#[differentiable]
fn copied_within(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.copy_within(1..3, 0);
    v.copy_within(..=1, 3);
    weighed(&v)
}

#[differentiable]
fn exchanged(x: &[f64], y: &[f64]) -> f64 {
    let (mut a, mut b) = (x.to_vec(), y.to_vec());
    a[1..].swap_with_slice(&mut b[..2]);
    weighed(&a) * weighed(&b)
}

#[differentiable]
fn selected(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let n = v.len() / 2;
    v.select_nth_unstable_by(n, f64::total_cmp);
    v[n] * v[n]
}

#[differentiable]
fn rows(m: &[Vec<f64>]) -> f64 {
    let mut m = m.to_vec();
    m.sort_by(|a, b| a[0].total_cmp(&b[0]));
    m[1].reverse();
    m.iter()
        .enumerate()
        .map(|(i, r)| weighed(r) * (i as f64 + 0.5))
        .sum()
}

#[differentiable]
fn bubbles(x: &[f64]) -> [f64; 4] {
    let mut a = [x[0], x[1], x[2], x[0] * x[1]];
    a.sort_by(|a, b| a.total_cmp(b));
    a.reverse();
    a
}

#[differentiable]
fn in_a_loop(x: &[f64], steps: usize) -> f64 {
    let mut v = x.to_vec();
    let mut s = 0.0;
    for n in 0..steps {
        v.sort_by(|a, b| a.total_cmp(b));
        v.rotate_left(n % 2);
        s += v[0] * v[1];
        v[0] *= 1.5 + v[2];
    }
    s
}

#[differentiable]
fn drained(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let front: f64 = v.drain(..2).map(|a| a * a).sum();
    let mut middle = Vec::new();
    for a in v.drain(1..=2) {
        middle.push(a * front);
    }
    v.drain(..1);
    let rest: Vec<f64> = v.drain(..).collect();
    weighed(&middle) + weighed(&rest) * front + v.len() as f64
}

#[differentiable]
fn emptied(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let mut w = vec![x[0]];
    w.extend(v.drain(1..));
    w.iter().zip(&v).map(|(a, b)| a * b).sum::<f64>() + weighed(&w)
}

#[differentiable]
fn grown_from_an_array(x: f64, y: f64) -> f64 {
    let a = [x, x * y, y];
    let mut v = a.to_vec();
    v.retain(|e| *e > 0.3);
    v.push(a[1]);
    weighed(&v)
}

programs! {
    sorted { x: slice = vector(5, 1) };
    median { x: slice = vector(5, 2) };
    by_distance { x: slice = vector(5, 3), y: val = 0.3 };
    ranked { x: slice = vector(5, 4) };
    of_pairs { x: slice = vector(4, 5), y: val = 0.7 };
    of_structs { m: slice = positive(5, 6), x: val = 0.7 };
    turned { x: slice = vector(5, 7), k: konst = 2 };
    in_place { x: inout = vector(5, 8), k: val = 0.7 };
    kept { x: slice = positive(5, 9), limit: val = 0.1 };
    copied_within { x: slice = vector(5, 11) };
    exchanged { x: slice = vector(3, 12), y: slice = vector(3, 13) };
    selected { x: slice = vector(5, 14) };
    vector bubbles { x: slice = vector(3, 16) };
    drained { x: slice = vector(6, 20) };
    emptied { x: slice = vector(4, 21) };
    without_repeats { x: slice = vector(3, 10), y: val = 0.4 };
    rows { m: slice = vec![vector(2, 30), vector(3, 31)] };
    grown_from_an_array { x: val = 0.8, y: val = 0.2 };
    in_a_loop { x: slice = positive(4, 17), steps: konst = 5 };
}
