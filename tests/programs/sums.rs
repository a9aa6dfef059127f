//! Adjoints that are sums over long loops, which are added in several parts, beside what must not be: sums that the
//! loop reads, lengths below and between the sizes of a block, and indices that only look like the trip's number.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn weighted_sum(x: &[f64], w: f64, b: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += (w * x[i] + b).tanh();
    }
    s
}

#[differentiable]
fn softmax_entropy(x: &[f64]) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    for &v in x {
        if v > largest {
            largest = v;
        }
    }
    let mut sum = 0.0;
    for &v in x {
        sum += (v - largest).exp();
    }
    largest + sum.ln()
}

/// The number of the trip is a number as well.
#[differentiable]
fn by_number(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += w * x[i] * i as f64 + w.sin() * x[i];
    }
    s
}

/// A neighbour, and from the other end.
#[differentiable]
fn neighbours(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..n - 2 {
        s += w * x[i] * x[i + 2] - x[n - 1 - i] * w * w;
    }
    s
}

/// Rows of a matrix by arithmetic, each with a sum of its own.
#[differentiable]
fn rows(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..a.len() / n {
        let mut y = 0.0;
        for j in 0..n {
            y += a[i * n + j] * x[j] * x[i];
        }
        s += y * y;
    }
    s
}

/// No rows of no columns: what stands before the loops must not ask for elements that are not there.
#[differentiable]
fn no_columns(a: &[f64], x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    for i in 0..n {
        let mut y = 0.0;
        for j in 0..n {
            y += a[i * n + j + 3] * x[i + 7];
        }
        s += y * y;
    }
    s * x[0] * a[0]
}

/// The adjoint of the scale is read by the loop that adds to it.
#[differentiable]
fn read_while_added(x: &[f64], w: f64) -> f64 {
    let mut scale = w;
    let mut s = 0.0;
    for i in 0..x.len() {
        scale = scale * 0.9 + x[i];
        s += scale * x[i];
    }
    s * scale
}

/// In place, each element on its own.
#[differentiable]
fn in_place(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    for i in 0..y.len() {
        y[i] = y[i] * w + y[i] * y[i];
    }
    for v in y.iter_mut() {
        *v = v.sin() * w;
    }
    let mut s = 0.0;
    for i in 0..y.len() {
        s += y[i] * x[x.len() - 1 - i];
    }
    s
}

/// One element is read by all trips, and added to in all of the reversed ones.
#[differentiable]
fn one_for_all(x: &[f64], k: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[k] * x[i].cos();
    }
    for i in 0..x.len() {
        s += x[i] * x[i] * 0.1;
    }
    s
}

#[differentiable]
fn single_precision(x: &[f32], w: f32) -> f32 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += w * x[i];
    }
    s
}

#[differentiable]
fn any_scalar<T: pullback::Real>(x: &[T], w: T) -> T {
    let mut s = T::from_f64(0.0);
    for i in 0..x.len() {
        s += w * x[i] * x[i];
    }
    s
}

#[differentiable]
fn of_f64(x: &[f64], w: f64) -> f64 {
    any_scalar(x, w)
}

/// A row that an earlier loop of the same trip changed, and steps that are not one.
#[differentiable]
fn strides(x: &[f64], w: f64) -> f64 {
    let n = x.len() / 2;
    let mut s = 0.0;
    for i in 0..n {
        s += x[2 * i] * w + x[i] * x[2 * i + 1];
    }
    s
}

programs! {
    weighted_sum { x: slice = vector(45, 1), w: val = 0.7, b: val = -0.2 };
    softmax_entropy { x: slice = vector(33, 2) };
    by_number { x: slice = vector(40, 3), w: val = 0.7 };
    neighbours { x: slice = vector(43, 4), w: val = 0.7 };
    rows { a: slice = vector(74, 5), x: slice = vector(37, 6) };
    no_columns { a: slice = vector(2, 7), x: slice = vector(2, 8), n: konst = 0_usize };
    read_while_added { x: slice = vector(35, 9), w: val = 0.7 };
    in_place { x: slice = vector(39, 10), w: val = 0.7 };
    one_for_all { x: slice = vector(41, 11), k: konst = 17_usize };
    single single_precision { x: slice = (0..32).map(|i| i as f32 * 0.25).collect::<Vec<_>>(), w: val = 0.5_f32 }
        exact [vec![0.5; 32], 124.0];
    of_f64 { x: slice = vector(47, 12), w: val = 0.7 };
    strides { x: slice = vector(80, 13), w: val = 0.7 };
}
