//! A loop that only adds to a sum: `grad` reverses each trip as soon as it has run, over slices of the trip's length.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn joint(a: &[f64], x: &[f64], n: usize) -> f64 {
    let mut state = vec![0.0; n];
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..n {
            state[j] = a[i * n + j] * x[j];
        }
        for j in 0..n {
            sum += state[j].sin() * x[i];
        }
    }
    sum.sqrt()
}

programs! {
    joint { a: slice = vec![0.4, 0.3, 0.8, 0.6], x: slice = vec![0.9, 0.7], n: konst = 2_usize };
}
