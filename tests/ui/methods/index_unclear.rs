//! An index whose body does not say by fields and indices where it leads.

use pullback::{Differentiable, differentiable};
use std::ops::Index;

#[derive(Differentiable)]
struct Series {
    values: Vec<f64>,
}

#[differentiable]
impl Index<usize> for Series {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        self.values.iter().rev().nth(i).unwrap()
    }
}

fn main() {}
