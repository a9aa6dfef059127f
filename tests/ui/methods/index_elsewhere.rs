//! An exclusive index that leads elsewhere than the shared one.

use pullback::{Differentiable, differentiable};
use std::ops::{Index, IndexMut};

#[derive(Differentiable)]
struct Matrix {
    #[constant]
    columns: usize,
    data: Vec<f64>,
}

#[differentiable]
impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i * self.columns + j]
    }
}

#[differentiable]
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[j * self.columns + i]
    }
}

fn main() {}
