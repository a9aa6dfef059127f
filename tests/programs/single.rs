//! Functions in `f32`, and ones that mix it with `f64`, held against closed forms in `f64`.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn polynomial(x: f32) -> f32 {
    x * x * 3.0 - 2.0 * x
}

#[differentiable]
fn methods(x: f32, y: f32) -> f32 {
    x.sin() * y.exp() + x.sqrt().powi(3) + y.abs()
}

#[differentiable]
fn sum_of_squares(x: &[f32]) -> f32 {
    let mut s = 0.0;
    for v in x {
        s += v * v;
    }
    s
}

#[differentiable]
fn repeated(x: f32, n: usize) -> f32 {
    let mut product = 1.0_f32;
    for _ in 0..n {
        product *= x;
    }
    product
}

#[differentiable]
fn branches(x: f32, y: f32) -> f32 {
    if x > y { x.ln() } else { y * x }
}

#[differentiable]
fn widened(x: f32, y: f64) -> f64 {
    let wide = x as f64;
    wide * wide * y + f64::from(x)
}

#[differentiable]
fn narrowed(x: f64) -> f32 {
    let narrow = (x * x) as f32;
    narrow * 3.0
}

#[differentiable]
fn in_place(x: &mut [f32], a: f32) {
    for v in x.iter_mut() {
        *v *= a;
    }
}

#[differentiable]
fn calls_single(x: f32) -> f32 {
    polynomial(x) * repeated(x, 2)
}

programs! {
    single polynomial { x: val = 0.75_f32 } exact [2.5];
    single methods { x: val = 0.75_f32, y: val = -0.5_f32 }
        exact [0.75_f64.cos() * (-0.5_f64).exp() + 1.5 * 0.75_f64.sqrt(),
            0.75_f64.sin() * (-0.5_f64).exp() - 1.0];
    single sum_of_squares { x: slice = vec![0.5_f32, -0.75, 2.0] } exact [vec![1.0, -1.5, 4.0]];
    single repeated { x: val = 1.25_f32, n: konst = 4_usize } exact [4.0 * 1.25_f64.powi(3)];
    single branches { x: val = 0.75_f32, y: val = 0.5_f32 } exact [1.0 / 0.75, 0.0];
    single widened { x: val = 0.75_f32, y: val = 1.5 } exact [3.25, 0.5625];
    single narrowed { x: val = 0.75 } exact [4.5];
    vector_single in_place { x: inout = vec![0.5_f32, -0.75], a: val = 3.0_f32 }
        exact [vec![3.0, 3.0], -0.25];
    single calls_single { x: val = 0.75_f32 } exact [12.0 * 0.421875 - 6.0 * 0.5625];
}
