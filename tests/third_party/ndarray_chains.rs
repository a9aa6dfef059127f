//! Arrays of `ndarray` that are run through element by element, views as parameters, and parts made in a header.

use crate::harness::{programs, vector};
use ::ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, array};
use pullback::differentiable;

fn v(n: usize, seed: u64) -> Array1<f64> {
    Array1::from_vec(vector(n, seed))
}

fn m(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    v(rows * columns, seed)
        .into_shape_with_order((rows, columns))
        .unwrap()
}

#[differentiable]
fn all_elements(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let squares: f64 = a.iter().zip(b.iter()).map(|(x, y)| (x - y).powi(2)).sum();
    let most = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    squares / a.len() as f64 + most * a.iter().map(|v| v.abs()).sum::<f64>()
}

#[differentiable]
fn scaled_in_place(a: &Array2<f64>, k: f64) -> f64 {
    let mut a = a.clone();
    for v in a.iter_mut() {
        *v *= k * *v;
    }
    a[[0, 1]] * a[[1, 0]] + a.sum()
}

#[differentiable]
fn by_their_places(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mut b = a.clone();
    for ((i, j), v) in b.indexed_iter_mut() {
        *v *= w[j] * (i + 1) as f64;
    }
    let mut sum = 0.0;
    for ((i, j), v) in b.indexed_iter() {
        if i <= j {
            sum += v * v * (i + 2 * j) as f64;
        }
    }
    for (i, v) in w.indexed_iter() {
        sum += v * i as f64;
    }
    sum
}

#[differentiable]
fn mapped(a: &Array2<f64>, w: &Array1<f64>, k: f64) -> f64 {
    let b = a.map(|v| v * v * k);
    let c = w.map(|v| v.sin() * k);
    b.sum() * c.fold(1.0, |product, v| product * v) + b[[1, 0]]
}

#[differentiable]
fn made_in_the_header(a: &Array2<f64>, k: f64) -> f64 {
    let mut sum = 0.0;
    for row in (a * k).outer_iter() {
        sum += row.dot(&row);
    }
    let columns: f64 = (a + k).axis_iter(Axis(1)).map(|c| c.sum() * c[0]).sum();
    sum + columns + a.row(1).iter().map(|v| v * v).sum::<f64>() + a.row(0)[1] * a.column(0)[1]
}

#[differentiable]
fn of_a_list(rows: &[Array1<f64>], k: f64) -> f64 {
    let i = 2;
    let a = rows[0].mapv(|v| v * v * k);
    let b = rows[i - 1].mapv(|v| v * k);
    a.sum() * b.sum()
}

#[differentiable]
fn of_views(m: ArrayView2<f64>, x: ArrayView1<f64>, y: &ArrayView1<f64>) -> f64 {
    let r = m.dot(&x) - y;
    let mut sum = r.dot(&r) * x[0];
    for row in m.rows() {
        sum += row.dot(y);
    }
    sum
}

#[differentiable]
fn of_owned(m: &Array2<f64>, x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let r = m.dot(x) - y;
    let mut sum = r.dot(&r) * x[0];
    for row in m.rows() {
        sum += row.dot(y);
    }
    sum
}

/// A user's own methods of these names give what they give.
struct Table(usize);

impl Table {
    fn rows(&self) -> usize {
        self.0
    }
    fn indexed_iter(&self) -> usize {
        2 * self.0
    }
}

#[differentiable]
fn own_methods(x: f64, #[constant] table: &Table) -> f64 {
    let mut sum = 0.0;
    for i in 0..table.rows() {
        sum += x * i as f64;
    }
    sum * table.indexed_iter() as f64
}

#[test]
fn views_have_the_gradients_of_arrays() {
    let (m, x, y) = (m(2, 2, 1), v(2, 2), v(2, 3));
    let all = v(4, 2);
    let apart = all.slice(::ndarray::s![..;2]);
    let of_views_ = of_views::grad(m.view(), apart, &y.view());
    assert_eq!(of_views_, of_owned::grad(&m, &apart.to_owned(), &y));
    let direction = (m.clone(), x.clone(), array![0.3, -0.7]);
    assert_eq!(
        of_views::jvp((m.view(), x.view(), &y.view()), direction.clone()),
        of_owned::jvp((&m, &x, &y), direction),
    );
    let told = of_views::gradients(m.view(), x.view(), &y.view());
    assert_eq!(told.m, Some(of_owned::grad(&m, &x, &y).0));
}

programs! {
    all_elements { a: refer = m(2, 3, 1), b: refer = m(2, 3, 2) };
    scaled_in_place { a: refer = m(2, 3, 3), k: val = 0.7 };
    by_their_places { a: refer = m(2, 3, 4), w: refer = v(3, 5) };
    mapped { a: refer = m(2, 3, 6), w: refer = v(3, 7), k: val = 1.3 };
    made_in_the_header { a: refer = m(2, 3, 8), k: val = 0.6 };
    of_a_list { rows: refer = vec![v(2, 9), v(2, 10)], k: val = 0.6 };
    of_owned { m: refer = m(2, 2, 1), x: refer = v(2, 2), y: refer = v(2, 3) };
    own_methods { x: val = 0.7, table: konst = &Table(3) };
}
