//! What std has a short word for: arrays made by a function, options of conditions, the ends of slices, counts.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::array;

/// Of a parameter whose type is written, of a field, of what a method gave, by reference, and to another type.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Held {
    v: [f64; 3],
    w: f64,
}

#[differentiable]
fn mapped(x: [f64; 3], z: [f64; 3], y: f64) -> f64 {
    let h = Held { v: z, w: y * y };
    let a = x.map(|v| v * y);
    let b = h.v.map(|v: f64| v.sin() * h.w);
    let c = (&x).map(|v| v * v);
    let d = x.map(f64::exp);
    let e = a.map(|v| (v, v * y)).map(|(p, q)| p * q);
    let [f, ..] = b.map(|v| [v, y]).map(|[p, q]| p - q);
    a[0] * b[1] + c[2] * d[0] + e[1] * e[2] + f
}

/// The length is the result's alone, and a matrix's rows are mapped in turn.
#[differentiable]
fn transposed<const R: usize, const C: usize>(m: [[f64; C]; R], s: f64) -> [[f64; R]; C] {
    let t: [[f64; R]; C] = array::from_fn(|i| std::array::from_fn(|j| m[j][i] * m[j][i]));
    t.map(|row| row.map(|v| v * s))
}

#[differentiable]
fn transposed_of(m: [[f64; 2]; 3], s: f64) -> f64 {
    let t = transposed(m, s);
    t[0][2] * t[1][0] + t[1][2]
}

/// Inside of a loop, with state, of other trips each time, and of a length that nothing else says.
#[differentiable]
fn in_loops(xs: &[f64], y: f64) -> f64 {
    let mut total = 0.0;
    let mut state = y;
    for (k, x) in xs.iter().enumerate() {
        if k % 2 == 1 {
            continue;
        }
        let powers: [f64; 4] = array::from_fn(|n| {
            state *= 0.5 + x;
            state + n as f64 * x
        });
        let halves = powers.map(|p| p * 0.5 * y);
        total += halves[k % 4] * powers[3];
        let squares = halves.map(|h| h * h);
        for h in squares {
            total += h * x;
        }
    }
    total
}

/// No element at all, and elements that are owned.
#[differentiable]
fn of_vectors(x: &[f64], y: f64) -> f64 {
    let none: [f64; 0] = array::from_fn(|_| y);
    let rows: [Vec<f64>; 2] = array::from_fn(|i| x.iter().map(|v| v * y + i as f64).collect());
    let sums = rows.map(|row| row.iter().sum::<f64>());
    let none = none.map(|v| v * y);
    sums[0] * sums[1] + none.iter().sum::<f64>()
}

/// What is chosen once has no part in the other case.
#[differentiable]
fn chosen(x: f64, y: f64) -> Option<f64> {
    let a = (x > 0.0 && y > 0.0).then(|| (x * y).sqrt())?;
    let b = (x > 100.0).then_some(a).unwrap_or(y * y);
    let small = y < 1.0;
    let c = small.then(|| x.ln()).map_or(1.0, |v| v * y);
    let d = (!small).then(|| x * x).or(Some(a * a))?;
    Some(a * b + c * d)
}

#[differentiable]
fn none_or_some(x: f64, y: f64) -> f64 {
    chosen(x, y).unwrap_or(x - y) + chosen(-x, y).unwrap_or(x * y)
}

/// The first and the rest, by `?`, by `if let`, by `match`, by `let … else`, with names that hide others.
#[differentiable]
fn ends(x: &[f64]) -> Option<f64> {
    let (&first, rest) = x.split_first()?;
    let mut sum = first * 2.0;
    for r in rest {
        sum += r * first;
    }
    if let Some((last, x)) = x.split_last() {
        sum += last * x[0] * x[1];
    } else {
        sum -= 1.0;
    }
    sum *= match rest.split_first() {
        None => 7.0,
        Some((x, tail)) => x * x + tail[0],
    };
    let Some((_, x)) = rest[1..].split_last() else {
        return Some(sum);
    };
    let (y, _) = x.split_first().unwrap();
    Some(sum * y)
}

#[differentiable]
fn ends_of_vectors(x: &[f64], y: f64) -> f64 {
    let v: Vec<f64> = x.iter().map(|a| a * y).collect();
    let mut sum = 0.0;
    for n in 0..=v.len() {
        let part = &v[..n];
        sum += match part.split_last() {
            Some((&last, init)) => last * last + init.iter().sum::<f64>() * y,
            None => y,
        };
    }
    sum + ends(&v).unwrap_or(y * y) + ends(&v[..0]).unwrap_or(3.0)
}

/// How many elements are below is no number that carries a derivative.
#[differentiable]
fn counted(knots: &[f64], at: f64) -> f64 {
    let right = knots.partition_point(|&k| k < at).clamp(1, knots.len() - 1);
    let many = knots.iter().filter(|k| **k > 0.5).count().min(2);
    let v: Vec<f64> = knots.iter().map(|k| k * at).collect();
    let below = v.partition_point(|k| *k < 0.2).max(1).pow(2).min(v.len());
    let slope = (v[right] - v[right - 1]) / (knots[right] - knots[right - 1]);
    slope * (at - knots[right - 1]) * below as f64 + many as f64 * at * at
}

programs! {
    mapped { x: val = [0.3, -0.7, 1.2], z: val = [0.2, 0.4, -0.5], y: val = 0.8 };
    transposed_of { m: val = [[0.3, 1.4], [0.9, -0.2], [1.1, 0.6]], s: val = 1.7 }
        exact [
            {
                let mut g = [[0.0; 2]; 3];
                let s2 = s * s;
                g[2][0] = 2.0 * m[2][0] * m[0][1] * m[0][1] * s2;
                g[0][1] = 2.0 * m[0][1] * m[2][0] * m[2][0] * s2;
                g[2][1] = 2.0 * m[2][1] * s;
                g
            },
            2.0 * s * (m[2][0] * m[0][1]).powi(2) + m[2][1] * m[2][1],
        ];
    in_loops { xs: slice = vec![0.4, 0.1, 0.9, -0.3, 0.6], y: val = 1.3 };
    of_vectors { x: slice = vec![0.4, 0.1, 0.9], y: val = 1.3 };
    none_or_some { x: val = 1.4, y: val = 0.6 };
    ends_of_vectors { x: slice = vec![0.4, 1.1, 0.9, -0.3, 0.6], y: val = 1.3 };
    counted { knots: slice = vec![0.0, 0.3, 0.8, 1.1, 2.0], at: val = 0.9 };
}
