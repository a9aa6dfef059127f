//! A method whose reference leads where its body does not say, and one that only sounds as if it gave a reference.

use pullback::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Queue {
    values: Vec<f64>,
}

#[differentiable]
impl Queue {
    fn largest_mut(&mut self) -> &mut f64 {
        self.values.iter_mut().max_by(|a, b| a.total_cmp(b)).unwrap()
    }
}

#[differentiable]
fn raised(mut q: Queue, x: f64) -> f64 {
    *q.largest_mut() += x;
    q.values[0]
}

fn main() {}
