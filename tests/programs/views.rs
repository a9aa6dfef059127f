//! Loops over parts of slices that start at different places, and over many slices at once: in which order the trips
//! may be reversed, and through which slices.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

// Trips that run through one view each.
#[differentiable]
fn chained(x: &[f64], steps: usize) -> f64 {
    let mut y = vec![0.5; x.len()];
    let (mut k1, mut k2) = (vec![x[0]; x.len()], vec![x[0]; x.len()]);
    for _ in 0..steps {
        for ((k, x), y) in k1[1..].iter_mut().zip(&x[1..]).zip(&y) {
            *k = x * y;
        }
        for (((k, x), y), before) in k2[1..].iter_mut().zip(&x[1..]).zip(&y).zip(&k1) {
            *k = x * (y + 0.5 * before);
        }
        for ((y, k1), k2) in y.iter_mut().zip(&k1).zip(&k2) {
            *y += 0.1 * (k1 + 2.0 * k2);
        }
    }
    y[x.len() - 1]
}

#[differentiable]
fn chained_alone(x: &[f64]) -> f64 {
    chained(x, 2) * x[0]
}

// Each trip reads what the one before it wrote, through another view of the same memory.
#[differentiable]
fn recurrence(x: &[f64], c: f64) -> f64 {
    let mut v = x.to_vec();
    for i in 0..v.len() - 1 {
        v[1..][i] += c * v[i] * v[i];
    }
    v.iter().sum()
}

#[differentiable]
fn recurrence_downwards(x: &[f64], c: f64) -> f64 {
    let mut v = x.to_vec();
    for i in (0..v.len() - 1).rev() {
        v[i] += c * v[1..][i] * v[i];
    }
    v.iter().sum()
}

// Two views of one input, of which only the sum is asked.
#[differentiable]
fn neighbours(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (a, b) in x[1..].iter().zip(x) {
        s += a * b * b;
    }
    for ((a, b), c) in x[2..].iter().zip(&x[1..]).zip(x) {
        s += (a - 2.0 * b + c).powi(2);
    }
    s
}

// A view of a view, and one that starts where a variable says.
#[differentiable]
fn views_of_views(x: &[f64], from: usize) -> f64 {
    let mut v = vec![1.0; x.len()];
    for (a, b) in v[1..][from..].iter_mut().zip(&x[from..]) {
        *a *= b;
    }
    for i in 0..2 {
        v[from..][i] += x[1..][i] * v[from..][i];
    }
    v.iter().map(|t| t * t).sum()
}

// The view starts elsewhere in each trip.
#[differentiable]
fn moving_views(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    for i in 0..x.len() / 2 {
        v[i..][i] += x[i] * x[i..][1];
        v[2 * i..][0] *= 0.5;
    }
    v.iter().map(|t| t * t).sum()
}

// The view starts elsewhere in each trip of the inner loop, so trips of the outer one meet in the same elements.
#[differentiable]
fn sliding_views(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    for i in 0..3 {
        for j in 0..3 {
            v[j..][i] = v[j..][i] * 0.5 + x[i];
        }
    }
    v.iter().zip(1..).map(|(a, k)| a * k as f64).sum()
}

// No trip at all, and views of nothing.
#[differentiable]
fn empty_views(x: &[f64], k: f64) -> f64 {
    let mut v = vec![k; x.len()];
    let n = x.len();
    for (a, b) in v[n..].iter_mut().zip(&x[n..]) {
        *a += b;
    }
    for i in 0..0 {
        v[n..][i] += x[n..][i];
    }
    v.iter().sum::<f64>() * x[0]
}

// More slices than are compared in pairs, with saved values and saved indices beside them.
#[differentiable]
fn butterflies(x: &[f64], angle: f64) -> f64 {
    let n = x.len();
    let (mut re, mut im) = (x.to_vec(), vec![0.1; n]);
    let (er, ei) = (x[..n / 2].to_vec(), vec![0.3; n / 2]);
    let (or, oi) = (x[n / 2..].to_vec(), vec![0.2; n / 2]);
    for k in 0..n / 2 {
        let t = angle * k as f64;
        let (c, s) = (t.cos(), t.sin());
        let (tr, ti) = (c * or[k] - s * oi[k], c * oi[k] + s * or[k]);
        re[k] = er[k] + tr;
        im[k] = ei[k] + ti * er[k];
        re[k + n / 2] = er[k] - tr;
        im[k + n / 2] = ei[k] - ti;
    }
    re.iter().zip(&im).map(|(a, b)| a * a * b).sum()
}

#[differentiable]
fn many_at_once(x: &[f64], c: f64) -> f64 {
    let n = x.len();
    let (mut p, mut q, mut r) = (x.to_vec(), x.to_vec(), vec![c; n]);
    for ((((p, q), r), x), i) in p.iter_mut().zip(&mut q).zip(&mut r).zip(x).zip(0..) {
        *r += *p * x;
        *q = *r * x.sin();
        *p *= *q + i as f64;
    }
    let mut s = 0.0;
    for i in 0..n {
        s += p[i] * q[i] + r[i];
    }
    s
}

// The loop is left while its trips hold parts of rows.
#[allow(deprecated)]
#[differentiable]
fn left_early(x: &[f64], limit: f64) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for (y, x) in y[1..].iter_mut().zip(x) {
        let e = (x * *y).exp();
        if e > limit {
            break;
        }
        if e < 0.9 {
            continue;
        }
        *y = e;
        s += e.sin();
    }
    s + y.iter().map(|t| t * t).sum::<f64>()
}

#[derive(Differentiable, Clone, Debug)]
struct Graph {
    at: Vec<f64>,
    #[constant]
    edges: Vec<(usize, usize)>,
    #[constant]
    degrees: Vec<usize>,
    stiffness: f64,
}

#[differentiable]
fn scaled(n: usize, x: f64) -> f64 {
    n as f64 * x
}

#[differentiable]
impl Graph {
    fn along(&self, i: usize, j: usize) -> f64 {
        self.at[j] - self.at[i]
    }

    // Elements of a constant field as arguments.
    fn step(&mut self, dt: f64) {
        let mut f = vec![0.0; self.at.len()];
        for &(i, j) in &self.edges {
            let s = self.stiffness * self.along(i, j);
            f[i] = f[i] + s;
            f[j] = f[j] - s;
        }
        for (x, f) in self.at.iter_mut().zip(&f) {
            *x += dt * f;
        }
    }
}

#[differentiable]
fn settles(at: &[f64], stiffness: f64, dt: f64) -> f64 {
    let mut g = Graph {
        at: at.to_vec(),
        edges: vec![(0, 1), (1, 2)],
        degrees: vec![1, 2, 1],
        stiffness,
    };
    for _ in 0..3 {
        g.step(dt);
    }
    let mut s = 0.0;
    for n in &g.degrees {
        s += scaled(*n, g.stiffness);
    }
    for k in 0..g.edges.len() {
        s += scaled(g.degrees[k], g.at[k]) * scaled(g.edges[k].1, g.at[0]);
    }
    s
}

programs! {
    chained { x: slice = vector(6, 1), steps: konst = 3_usize };
    chained_alone { x: slice = vector(1, 2) };
    recurrence { x: slice = vector(5, 3), c: val = 0.3 };
    recurrence_downwards { x: slice = vector(5, 4), c: val = 0.3 };
    neighbours { x: slice = vector(6, 5) };
    views_of_views { x: slice = vector(5, 6), from: konst = 2_usize };
    moving_views { x: slice = vector(6, 7) };
    sliding_views { x: slice = vector(5, 12) };
    empty_views { x: slice = vector(3, 8), k: val = 0.7 } exact [vec![3.0 * k, 0.0, 0.0], 3.0 * x[0]];
    butterflies { x: slice = vector(8, 9), angle: val = 0.4 };
    many_at_once { x: slice = vector(5, 10), c: val = 0.6 };
    left_early { x: slice = vec![0.3, 0.2, -0.9, 0.8, 1.4, 2.0], limit: val = 2.0 };
    settles { at: slice = vector(3, 11), stiffness: val = 1.3, dt: val = 0.1 };
}
