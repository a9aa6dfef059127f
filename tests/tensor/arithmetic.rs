//! Operators with broadcasting, products, structs of tensors, and tensors in the control flow of a function.

use crate::harness::programs;
use crate::{p, t};
use pullback::{Differentiable, Tensor, differentiable};

type T64 = Tensor<f64>;

#[differentiable]
fn arithmetic(a: &T64, b: &T64, k: f64) -> T64 {
    let c = a * b + a / b - b * k;
    let d = &c * &c + 1.0 - k / &c;
    -(&d) + 2.0 * c - d / k + a % b
}

#[differentiable]
fn owned_operands(a: T64, b: T64) -> T64 {
    let c = a + b;
    let d = &c * 3.0;
    c * d
}

#[differentiable]
fn broadcasting(a: &T64, row: &T64, k: f64) -> T64 {
    let b = a * row + row;
    let c = b / (a + k);
    c - row * a
}

#[differentiable]
fn columns_and_rows(column: &T64, row: &T64) -> T64 {
    column * row - column / row + column
}

#[differentiable]
fn compound(x: &T64, y: &T64, k: f64) -> T64 {
    let mut a = x.clone();
    a += y;
    a += k;
    a *= y;
    a -= 2.0;
    a *= k;
    a -= &(x * k);
    a /= 3.0;
    a /= y;
    a
}

#[differentiable]
fn assigned(x: &T64) -> f64 {
    let mut a = x * 2.0;
    a[[0, 0]] = x[[0, 1]] * x[[1, 0]];
    a[[0, 1]] = x[[1, 1]].sin();
    a[[1, 0]] += a[[0, 1]] * 2.0;
    a[[1, 0]] *= x[[0, 0]];
    a[[0, 0]] + a[[1, 0]] * a[[0, 1]] + a.sum()
}

#[differentiable]
fn recurrence(w: &T64, x: &T64, n: usize) -> f64 {
    let mut h = x * 0.1;
    for _ in 0..n {
        h = (w.matmul(&h) / 2.0).relu() + x;
    }
    h.sum()
}

#[differentiable]
fn branch(x: &T64, k: f64) -> f64 {
    let y = if k > 0.0 { x * k } else { x - k };
    y.sum() * y[[0]] * x.len() as f64 + x.shape()[0] as f64 * k
}

#[differentiable]
fn reductions(x: &T64) -> T64 {
    let all = x.sum();
    let rows = x.sum_axis(-1, true);
    x * &rows + all * rows.sum_axis([0, 1], false)
}

#[differentiable]
fn matrices(a: &T64, b: &T64) -> T64 {
    let c = a.matmul(b);
    c.matmul(a)
}

#[differentiable]
fn product(a: &T64, b: &T64) -> T64 {
    a.matmul(b)
}

#[differentiable]
fn same_twice(a: &T64) -> T64 {
    a.matmul(a) + a * a
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    w: T64,
    b: T64,
    #[constant]
    scale: f64,
}

impl Layer {
    #[differentiable]
    fn forward(&self, x: &T64) -> T64 {
        (x.matmul(&self.w) + &self.b).relu() * self.scale
    }
}

#[differentiable]
fn network(w: &T64, b: &T64, x: &T64) -> f64 {
    let first = Layer {
        w: w * 0.5,
        b: b.clone(),
        scale: 0.7,
    };
    let second = Layer {
        w: w.clone(),
        b: b * 2.0,
        scale: 1.3,
    };
    let y = second.forward(&first.forward(x));
    (&y * &y).sum()
}

programs! {
    vector arithmetic { a: refer = t(&[3], 1), b: refer = p(&[3], 2), k: val = 0.7 };
    vector owned_operands { a: val = t(&[2, 3], 1), b: val = t(&[2, 3], 2) };
    vector broadcasting { a: refer = t(&[2, 3], 1), row: refer = t(&[3], 2), k: val = 4.0 };
    vector columns_and_rows { column: refer = t(&[2, 3, 1], 1), row: refer = p(&[1, 2], 2) };
    vector compound { x: refer = t(&[2, 3], 1), y: refer = p(&[3], 2), k: val = 0.7 };
    assigned { x: refer = t(&[2, 2], 7) };
    recurrence { w: refer = t(&[3, 3], 1), x: refer = t(&[3], 2), n: konst = 3 };
    branch { x: refer = t(&[3], 2), k: val = 0.6 };
    vector reductions { x: refer = t(&[2, 3], 2) };
    vector matrices { a: refer = t(&[3, 2], 1), b: refer = t(&[2, 3], 2) };
    vector same_twice { a: refer = t(&[3, 3], 1) };
    network { w: refer = t(&[3, 3], 1), b: refer = t(&[3], 2), x: refer = t(&[2, 3], 4) };
}

/// Products of vectors, of matrices and of stacks that broadcast.
mod products {
    use super::*;

    #[differentiable]
    fn vectors(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }
    #[differentiable]
    fn left_vector(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }
    #[differentiable]
    fn right_vector(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }
    #[differentiable]
    fn left_stack(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }
    #[differentiable]
    fn right_stack(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }
    #[differentiable]
    fn both_stacks(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }
    #[differentiable]
    fn vector_and_stack(a: &T64, b: &T64) -> T64 {
        product(a, b)
    }

    programs! {
        vector vectors { a: refer = t(&[3], 1), b: refer = t(&[3], 2) };
        vector left_vector { a: refer = t(&[3], 1), b: refer = t(&[3, 2], 2) };
        vector right_vector { a: refer = t(&[2, 3], 1), b: refer = t(&[3], 2) };
        vector left_stack { a: refer = t(&[4, 2, 3], 1), b: refer = t(&[3, 2], 2) };
        vector right_stack { a: refer = t(&[2, 3], 1), b: refer = t(&[4, 3, 2], 2) };
        vector both_stacks { a: refer = t(&[2, 1, 2, 3], 1), b: refer = t(&[4, 3, 2], 2) };
        vector vector_and_stack { a: refer = t(&[3], 1), b: refer = t(&[4, 3, 2], 2) };
    }
}
