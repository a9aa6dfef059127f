//! An index of a type's own, without the attribute on its `impl`.

use pullback::{Differentiable, differentiable};
use std::ops::{Index, IndexMut};

#[derive(Differentiable)]
struct Matrix {
    #[constant]
    columns: usize,
    data: Vec<f64>,
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.columns + j]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.columns + j]
    }
}

#[differentiable]
fn corner(m: &Matrix) -> f64 {
    m[(0, 0)]
}

fn main() {}
