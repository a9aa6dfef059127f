//! `for` over slices, arrays and vectors, by reference and by value, with the basic adaptors.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn slice_by_reference(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x {
        s += v * v;
    }
    s
}

#[differentiable]
fn slice_by_pattern(x: &[f64]) -> f64 {
    let mut p = 1.0;
    for &v in x {
        p = p * v + v;
    }
    p
}

#[differentiable]
fn slice_iter(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x.iter() {
        s = s * 0.5 + v.sin();
    }
    s
}

#[differentiable]
fn slice_iter_reversed(x: &[f64]) -> f64 {
    let mut s = 0.1;
    for v in x.iter().rev() {
        s = s * *v + 1.0;
    }
    s
}

#[differentiable]
fn enumerated(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate() {
        s += v * v * (i + 1) as f64;
    }
    s
}

#[differentiable]
fn enumerated_by_pattern(x: &[f64], w: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, &v) in x.iter().enumerate() {
        s += v * w[x.len() - 1 - i] * w[i];
    }
    s
}

#[differentiable]
fn zipped(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for (a, b) in x.iter().zip(y) {
        s += a * b;
    }
    s
}

/// `zip` stops at the shorter side.
#[differentiable]
fn zipped_unequal(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 1.0;
    for (&a, &b) in x.iter().zip(y.iter()) {
        s = s * a + b;
    }
    s
}

#[differentiable]
fn zipped_and_enumerated(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 1.0;
    for (i, (a, b)) in x.iter().zip(y.iter()).enumerate() {
        s = s * 0.5 + a * b * i as f64;
    }
    s
}

#[differentiable]
fn zipped_with_a_range(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (v, k) in x.iter().zip(1..10) {
        s += v.powi(k);
    }
    s
}

#[differentiable]
fn array_by_value(x: [f64; 4]) -> f64 {
    let mut s = 0.0;
    for v in x {
        s = s * v + v;
    }
    s
}

#[differentiable]
fn array_by_reference(x: &[f64; 4]) -> f64 {
    let mut s = 0.0;
    for v in x {
        s = s * v + v;
    }
    s
}

#[differentiable]
fn array_literal(x: f64, y: f64) -> f64 {
    let mut s = 0.0;
    for v in [x, y, x * y, 2.0] {
        s += v * v * v;
    }
    s
}

#[differentiable]
fn vector_by_value(x: Vec<f64>) -> f64 {
    let mut s = 1.0;
    for v in x {
        s = (s + v).sin();
    }
    s
}

#[differentiable]
fn vector_by_reference(x: Vec<f64>) -> f64 {
    let mut s = 1.0;
    for v in &x {
        s = (s + v).sin();
    }
    s * x[0]
}

#[differentiable]
fn mutable_slice(x: &mut [f64], a: f64) -> f64 {
    for v in x.iter_mut() {
        *v = *v * *v * a;
    }
    x[0] + x[1]
}

#[differentiable]
fn mutable_elements(x: &mut [f64], a: f64) {
    for v in x {
        *v *= a;
        *v += 1.0;
    }
}

#[differentiable]
fn part_of_a_slice(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in &x[1..4] {
        s += v * v;
    }
    for v in x[2..].iter() {
        s += v * v * v;
    }
    s
}

#[differentiable]
fn rows(a: &[[f64; 3]; 2]) -> f64 {
    let mut s = 0.0;
    for row in a {
        let mut product = 1.0;
        for v in row {
            product *= v;
        }
        s += product * product;
    }
    s
}

#[differentiable]
fn nested_vectors(a: &[Vec<f64>]) -> f64 {
    let mut s = 0.0;
    for row in a {
        for v in row.iter() {
            s = s * 0.5 + v * v;
        }
    }
    s
}

#[differentiable]
fn no_elements(x: &[f64], a: f64) -> f64 {
    let mut s = a;
    for v in x {
        s *= v;
    }
    s * s
}

#[differentiable]
fn pairs(points: &[(f64, f64)]) -> f64 {
    let mut s = 0.0;
    for &(x, y) in points {
        s += x * y * y;
    }
    for (x, y) in points {
        s += x / (1.0 + y * y);
    }
    s
}

#[differentiable]
fn iterates_itself_twice(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for a in x {
        for b in x {
            s += (a - b) * (a - b) * a;
        }
    }
    s
}

#[differentiable]
fn constants_beside_data(x: &[f64], #[constant] weights: &[f64], signs: &[i32]) -> f64 {
    let mut s = 0.0;
    for ((v, w), sign) in x.iter().zip(weights).zip(signs) {
        s += v.sin() * w * f64::from(*sign);
    }
    s
}

programs! {
    slice_by_reference { x: slice = vector(6, 1) } exact [x.iter().map(|x| 2.0 * x).collect::<Vec<_>>()];
    slice_by_pattern { x: slice = vector(6, 2) };
    slice_iter { x: slice = vector(6, 3) };
    slice_iter_reversed { x: slice = vector(6, 4) };
    enumerated { x: slice = vec![0.5, -1.5, 2.0] } exact [vec![1.0, -6.0, 12.0]];
    enumerated_by_pattern { x: slice = vector(4, 5), w: slice = vector(4, 6) };
    zipped { x: slice = vector(5, 7), y: slice = vector(5, 8) } exact [y, x];
    zipped_unequal { x: slice = vector(5, 9), y: slice = vector(3, 10) };
    zipped_and_enumerated { x: slice = vector(4, 11), y: slice = vector(4, 12) };
    zipped_with_a_range { x: slice = vector(4, 13) };
    array_by_value { x: val = array::<4>(14) };
    array_by_reference { x: refer = array::<4>(15) };
    array_literal { x: val = 0.4, y: val = -0.9 };
    vector_by_value { x: val = vector(4, 16) };
    vector_by_reference { x: val = vector(4, 17) };
    mutable_slice { x: inout = vector(3, 18), a: val = 0.7 };
    vector mutable_elements { x: inout = vector(3, 19), a: val = 0.7 };
    part_of_a_slice { x: slice = vector(5, 20) };
    rows { a: refer = [array::<3>(21), array::<3>(22)] };
    nested_vectors { a: slice = vec![vector(3, 23), vector(0, 0), vector(2, 24)] };
    no_elements { x: slice = vector(0, 25), a: val = 0.6 } exact [2.0 * a];
    pairs { points: slice = vec![(0.3, 0.8), (-0.4, 1.2), (0.9, -0.2)] };
    iterates_itself_twice { x: slice = vector(4, 26) };
    constants_beside_data { x: slice = vector(3, 27), weights: konst_slice = vector(3, 28),
        signs: konst_slice = vec![1, -1, 2] };
}
