//! A search among the items of a user's own `iter`, whose order is not that of its index.

use pullback::{Differentiable, differentiable};
use std::ops::Index;

#[derive(Clone, Differentiable)]
struct Ring {
    values: Vec<f64>,
    #[constant]
    start: usize,
}

impl Ring {
    fn iter(&self) -> std::slice::Iter<'_, f64> {
        self.values[self.start..].iter()
    }
}

#[differentiable]
impl Index<usize> for Ring {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.values[i]
    }
}

#[differentiable]
fn greatest(ring: &Ring) -> f64 {
    if let Some(v) = ring.iter().max_by(|a, b| a.total_cmp(b)) {
        v * v
    } else {
        0.0
    }
}

fn main() {
    println!("{}", greatest(&Ring { values: vec![1.0, 2.0], start: 1 }));
}
