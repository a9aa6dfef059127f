//! `VecDeque`s of values that carry a derivative, as locals: moving averages, delays, ring buffers.

use crate::harness::programs;
use pullback::differentiable;
use std::collections::VecDeque;

#[differentiable]
fn moving_average(x: &[f64], n: usize) -> f64 {
    let mut window = VecDeque::with_capacity(n);
    let mut s = 0.0;
    for v in x {
        window.push_back(*v);
        if window.len() > n {
            window.pop_front();
        }
        let mean = window.iter().sum::<f64>() / window.len() as f64;
        s += mean * mean;
    }
    s
}

#[differentiable]
fn delayed(x: &[f64], k: f64) -> f64 {
    let mut line: VecDeque<f64> = VecDeque::from(vec![k; 2]);
    let mut s = 0.0;
    for v in x {
        let old = line.pop_front().unwrap();
        line.push_back(v + k * old);
        s += old * line[1];
    }
    s + line[0]
}

#[differentiable]
fn until_empty(x: &[f64], k: f64) -> f64 {
    let mut queue: VecDeque<f64> = x.iter().map(|v| v * k).collect();
    let mut s = k;
    while let Some(v) = queue.pop_front() {
        s = s * v + 1.0;
        if v > 1.0 {
            queue.push_back(v * 0.5);
        }
        if let Some(next) = queue.front() {
            s += next * v;
        }
    }
    s
}

#[differentiable]
fn both_ends(x: &[f64]) -> f64 {
    let mut q = std::collections::VecDeque::new();
    for (i, v) in x.iter().enumerate() {
        match i % 2 {
            0 => q.push_front(v * v),
            _ => q.push_back(v.sin()),
        }
    }
    q[0] *= 2.0;
    let last = q.pop_back().unwrap_or(0.0);
    if let Some(v) = q.back_mut() {
        *v += last;
    }
    q.swap(0, 1);
    assert!(!q.is_empty(), "{}", q.len());
    let mut s = last;
    for (i, v) in q.iter().enumerate() {
        s += v * (i + 1) as f64;
    }
    for v in &q {
        s *= v;
    }
    s
}

programs! {
    moving_average { x: slice = vector(6, 1), n: konst = 3 };
    delayed { x: slice = vector(5, 2), k: val = 0.7 };
    until_empty { x: slice = vec![0.4, 1.9, 1.2], k: val = 0.9 };
    both_ends { x: slice = vector(5, 4) };
}
