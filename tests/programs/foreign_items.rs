//! Iterators without a derivative under adaptors that meet values with one: over text, over std's collections, and
//! ones of the user's own. Also what stands on the other side of a `zip` after a `filter`.

use crate::harness::programs;
use pullback::differentiable;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// 1, 2, 0, 1, 2, 0, … without an end.
struct Turns {
    at: usize,
}

impl Iterator for Turns {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.at += 1;
        Some(self.at % 3)
    }
}

#[differentiable]
fn bytes(x: &[f64], text: &str) -> f64 {
    text.bytes().map(|b| x[(b - b'0') as usize].sin()).sum()
}

#[differentiable]
fn characters(x: &[f64], text: &str) -> f64 {
    let mut s = 0.0;
    for (i, c) in text.chars().rev().enumerate().skip(1) {
        if c != '2' {
            s += x[i] * x[i];
        }
    }
    s + text
        .chars()
        .filter(|c| *c != '2')
        .zip(x)
        .map(|(c, v)| v * c.to_digit(10).unwrap_or(7) as f64)
        .sum::<f64>()
}

#[differentiable]
fn parsed(x: &[f64], text: &str) -> f64 {
    text.split(',')
        .filter_map(|part| part.trim().parse::<usize>().ok())
        .map(|k| x[k] * x[0])
        .fold(1.0, |p, v| p * v + x[1])
}

#[differentiable]
fn turns(x: &[f64]) -> f64 {
    let t = Turns { at: 0 };
    let taken: f64 = t.take(5).map(|i| x[i] * x[0]).sum();
    let mut s = 0.0;
    for i in (Turns { at: 1 }).skip(1).step_by(2).take(3) {
        s += x[i] * taken;
    }
    s + Turns { at: 0 }.zip(x).map(|(i, v)| x[i] * v).sum::<f64>()
}

#[differentiable]
fn tables(x: &[f64], #[constant] table: BTreeMap<usize, i32>) -> f64 {
    let sizes: BTreeMap<usize, f64> = [(0, 1.5), (2, 3.0)].into();
    let mut s = 0.0;
    for (i, (k, v)) in sizes.iter().enumerate() {
        s += x[*k] * v * (i + 1) as f64;
    }
    s * table.iter().map(|(k, v)| x[*k] * *v as f64).sum::<f64>()
        + sizes.values().zip(x).map(|(v, y)| v * y * y).sum::<f64>()
}

#[differentiable]
fn sets(x: &[f64], k: f64) -> f64 {
    let set = BTreeSet::from([0, 2]);
    let by_name: HashMap<&str, f64> = HashMap::from([("a", 2.0)]);
    let mut s: f64 = set.iter().rev().map(|&i| x[i].powi(2)).product();
    for (name, v) in &by_name {
        s += v * k * name.len() as f64;
    }
    s
}

/// As often as in the plain function, and in the same order.
#[differentiable]
fn counted(x: &[f64], count: &mut u64) -> f64 {
    let mut next = || {
        *count += 1;
        *count
    };
    std::iter::repeat_with(&mut next)
        .map(|n| n as usize % 3)
        .take(4)
        .map(|i| x[i] * x[i])
        .sum()
}

#[allow(deprecated)]
#[differentiable]
fn windows_after_a_filter(x: &[f64], limit: f64) -> f64 {
    x.iter()
        .filter(|v| **v > limit)
        .zip(x.windows(2))
        .map(|(a, w)| a * w[0] * w[1])
        .sum()
}

#[differentiable]
fn chunks_after_a_filter(x: &[f64], y: &[f64]) -> f64 {
    let short: f64 = x
        .iter()
        .filter(|v| **v > -0.5)
        .zip(y.chunks(2))
        .map(|(a, w)| a * w[0] * w[w.len() - 1])
        .sum();
    short
        + x.iter()
            .filter(|v| **v < 0.9)
            .zip(y.chunks_exact(2))
            .map(|(a, w)| a * w[0] / (2.0 + w[1]))
            .sum::<f64>()
}

programs! {
    bytes { x: slice = vector(3, 1), text: konst = "0120" };
    characters { x: slice = vector(4, 2), text: konst = "0120" };
    parsed { x: slice = vector(3, 3), text: konst = "0, 2,x,1" };
    turns { x: slice = vector(3, 4) };
    tables { x: slice = vector(3, 5), table: konst = BTreeMap::from([(1, 4), (2, -3)]) };
    sets { x: slice = vector(3, 6), k: val = 0.7 };
    counted { x: slice = vector(3, 7), count: konst_mut = 0 };
    windows_after_a_filter { x: slice = vec![0.4, 0.8, -0.3, 1.2, 0.7], limit: val = 0.5 } connected [true, false];
    chunks_after_a_filter { x: slice = vec![0.4, 0.8, -0.3, 1.2], y: slice = vector(5, 8) };
}
