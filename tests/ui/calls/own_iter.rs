//! A type of the user's whose `iter` and index do not agree: what is read again by its number would be another.

use pullback::differentiable;

struct Ring {
    cells: Vec<f64>,
    first: usize,
}

impl Ring {
    fn iter(&self) -> impl Iterator<Item = &f64> {
        self.cells[self.first..].iter().chain(&self.cells[..self.first])
    }
}

impl std::ops::Index<usize> for Ring {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.cells[i]
    }
}

#[differentiable]
fn f(x: &[f64], #[constant] ring: &Ring) -> f64 {
    ring.iter().zip(x).map(|(a, b)| a * b).sum::<f64>()
}

fn main() {
    let ring = Ring {
        cells: vec![1.0, 2.0],
        first: 1,
    };
    assert_eq!(f(&[1.0, 2.0], &ring), 4.0);
}
