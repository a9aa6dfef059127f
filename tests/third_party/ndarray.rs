//! Arrays of `ndarray`.

use crate::harness::{programs, vector};
use ::ndarray::{Array1, Array2, ArrayD, ArrayView1, ArrayView2, Axis, array, s};
use pullback::differentiable;

/// A vector without pattern.
fn v(n: usize, seed: u64) -> Array1<f64> {
    Array1::from_vec(vector(n, seed))
}

/// A matrix without pattern.
fn m(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    v(rows * columns, seed)
        .into_shape_with_order((rows, columns))
        .unwrap()
}

#[differentiable]
fn sum_of_squares(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    sum
}

#[differentiable]
fn by_value(x: Array1<f64>) -> f64 {
    x[0] * x[1].sin() + x.sum()
}

#[differentiable]
fn linear(w: &Array2<f64>, x: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
    w.dot(x) + b
}

#[differentiable]
fn least_squares(w: &Array2<f64>, x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let r = w.dot(x) - y;
    r.dot(&r) * 0.5
}

#[differentiable]
fn matrix_products(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let c = a.dot(b);
    let d = c.dot(a);
    d.dot(b) - &c * 2.0
}

#[differentiable]
fn vector_matrix(x: &Array1<f64>, a: &Array2<f64>) -> f64 {
    let y = x.dot(a);
    y.dot(&y)
}

#[differentiable]
fn arithmetic(a: &Array1<f64>, b: &Array1<f64>, k: f64) -> Array1<f64> {
    let c = a * b + a / b - b * k;
    let d = &c * &c + 1.0 - k / &c;
    -(&d) + 2.0 * c - d / k
}

#[differentiable]
fn owned_operands(a: Array1<f64>, b: Array1<f64>) -> Array1<f64> {
    let c = a + b;
    let d = &c * 3.0;
    c * d
}

#[differentiable]
fn broadcasting(a: &Array2<f64>, row: &Array1<f64>, k: f64) -> Array2<f64> {
    let b = a * row + row;
    let c = b / (a + k);
    c - row * a
}

#[differentiable]
fn column_broadcast(a: &Array2<f64>, column: &Array2<f64>) -> Array2<f64> {
    a * column - column
}

#[differentiable]
fn elementwise(a: &Array1<f64>, n: i32, y: f64) -> Array1<f64> {
    a.exp() * a.sin() + a.powi(n) - a.powf(y) + a.sqrt() / a.ln_1p() + a.tanh().abs()
}

/// The result is given away, and the reverse sweep looks at it.
#[differentiable]
fn given_away(a: &Array1<f64>) -> Array1<f64> {
    a.exp()
}

#[differentiable]
fn reductions(a: &Array2<f64>) -> f64 {
    let columns = a.sum_axis(Axis(0));
    let rows = a.sum_axis(Axis(1));
    columns.dot(&columns) * rows.sum() + a.product() + a.sum()
}

#[differentiable]
fn means(a: &Array2<f64>) -> f64 {
    let m = a.mean().unwrap();
    let c = a - m;
    let v = (&c * &c).mean().unwrap();
    let columns = a.mean_axis(Axis(0)).unwrap();
    v + columns.dot(&columns)
}

#[differentiable]
fn compound(x: &Array1<f64>, y: &Array1<f64>, k: f64) -> Array1<f64> {
    let mut a = x.clone();
    a += y;
    a += k;
    a *= y;
    a -= 2.0;
    a *= k;
    a -= &(x * k);
    a /= 3.0;
    a
}

#[differentiable]
fn compound_broadcast(x: &Array2<f64>, row: &Array1<f64>) -> Array2<f64> {
    let mut a = x * 2.0;
    a += row;
    a *= row;
    a -= row;
    a
}

#[differentiable]
fn assigned(x: &Array2<f64>) -> f64 {
    let mut a = Array2::zeros((2, 2));
    a[[0, 0]] = x[[0, 1]] * x[[1, 0]];
    a[[0, 1]] = x[(1, 1)].sin();
    a[(1, 0)] += a[[0, 1]] * 2.0;
    a[[1, 0]] *= x[[0, 0]];
    a[[0, 0]] + a[[1, 0]] * a[[0, 1]]
}

#[differentiable]
fn in_place(x: &mut Array1<f64>, k: f64) {
    for i in 1..x.len() {
        x[i] = x[i] * k + x[i - 1] * x[i];
    }
}

#[differentiable]
fn sizes(a: &Array2<f64>) -> f64 {
    let (rows, columns) = a.dim();
    let mut sum = 0.0;
    for i in 0..rows {
        for j in 0..columns {
            sum += a[[i, j]] * a[[i, j]] * (i + 2 * j) as f64;
        }
    }
    sum / a.nrows() as f64 + a[[0, 0]] * a.ncols() as f64 * a.shape()[1] as f64
}

#[differentiable]
fn recurrence(w: &Array2<f64>, x: &Array1<f64>, n: usize) -> f64 {
    let mut h = x * 0.1;
    for _ in 0..n {
        h = w.dot(&h).tanh() + x;
    }
    h.sum()
}

#[differentiable]
fn dynamic(a: &ArrayD<f64>, k: f64) -> f64 {
    let b = a * a + k;
    b.sum()
}

#[differentiable]
fn calls(w: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = linear(w, x, x);
    let z = linear(w, &y, x);
    sum_of_squares(&z) + y[0]
}

#[differentiable]
fn branch(x: &Array1<f64>, k: f64) -> f64 {
    let y = if k > 0.0 { x * k } else { x - k };
    y.sum() * y[0]
}

#[differentiable]
fn parts(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let first = a.row(0);
    let last = a.column(2);
    let transposed = a.t();
    let products = transposed.dot(&last);
    first.dot(w)
        + products.sum() * w[0]
        + a.slice(s![.., 1..3]).sum() * a.index_axis(Axis(0), 1).dot(w)
}

#[differentiable]
fn rows_in_a_loop(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.nrows() {
        let row = a.row(i);
        sum += row.dot(w) * row[0];
    }
    sum
}

#[differentiable]
fn columns_of_a_mutable(a: &Array2<f64>, k: f64) -> f64 {
    let mut b = a * k;
    let mut sum = 0.0;
    for j in 0..a.ncols() {
        b *= k;
        sum += b.column(j).dot(&b.column(0)) + b.diag().sum();
    }
    sum
}

#[differentiable]
fn built(x: &[f64], k: f64) -> f64 {
    let a = Array1::from_vec(x.to_vec());
    let b = Array2::from_elem((2, 3), k);
    let c = b.dot(&a) * k;
    c.sum() + Array1::from_elem(2, k * k)[1]
}

// Parts of arrays, where the callee takes views by value.
#[differentiable]
fn along(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i];
    }
    s * a.sum()
}

#[differentiable]
fn squares(a: ArrayView2<f64>) -> f64 {
    (&a * &a).sum()
}

#[differentiable]
fn views_as_arguments(a: &Array2<f64>) -> f64 {
    let first = a.row(0);
    let whole = a.view();
    let mut sum = along(first, first) + along(first, a.index_axis(Axis(0), 1));
    for i in 0..a.nrows() {
        sum += along(a.row(i), a.row(0));
    }
    for row in a.rows() {
        sum += along(row, row);
    }
    sum += a.outer_iter().map(|row| along(row, row)).sum::<f64>();
    sum += along(a.column(0), a.slice(s![.., 1]));
    sum + squares(whole) * squares(a.t()) + squares(a.slice(s![0..1, ..]))
}

#[differentiable]
fn views_of_views(a: ArrayView2<f64>) -> f64 {
    squares(a.view()) + squares(a) + along(a.row(0), a.row(1))
}

#[differentiable]
fn views_of_mine(a: &Array2<f64>) -> f64 {
    views_of_views(a.view())
}

programs! {
    views_as_arguments { a: refer = m(2, 3, 1) };
    views_of_mine { a: refer = m(2, 3, 2) };
    parts { a: refer = m(2, 3, 1), w: refer = v(3, 2) };
    rows_in_a_loop { a: refer = m(2, 3, 1), w: refer = v(3, 2) };
    columns_of_a_mutable { a: refer = m(3, 3, 1), k: val = 0.8 };
    built { x: slice = vector(3, 4), k: val = 0.7 };
    sum_of_squares { x: refer = v(4, 1) };
    by_value { x: val = v(4, 2) };
    vector linear { w: refer = m(3, 4, 3), x: refer = v(4, 4), b: refer = v(3, 5) };
    least_squares { w: refer = m(3, 4, 3), x: refer = v(4, 4), y: refer = v(3, 5) };
    vector matrix_products { a: refer = m(3, 2, 1), b: refer = m(2, 3, 2) };
    vector_matrix { x: refer = v(3, 1), a: refer = m(3, 2, 2) };
    vector arithmetic { a: refer = v(3, 1), b: refer = array![1.2, 0.8, -1.5], k: val = 0.7 };
    vector owned_operands { a: val = v(3, 1), b: val = v(3, 2) };
    vector broadcasting { a: refer = m(2, 3, 1), row: refer = v(3, 2), k: val = 4.0 };
    vector column_broadcast { a: refer = m(2, 3, 1), column: refer = m(2, 1, 2) };
    vector elementwise { a: refer = array![0.4, 1.3, 0.7], n: konst = 3, y: val = 1.7 };
    vector given_away { a: refer = v(3, 1) };
    reductions { a: refer = m(2, 3, 1) };
    means { a: refer = m(2, 3, 1) };
    vector compound { x: refer = v(3, 1), y: refer = v(3, 2), k: val = 0.7 };
    vector compound_broadcast { x: refer = m(2, 3, 1), row: refer = v(3, 2) };
    assigned { x: refer = m(2, 2, 7) };
    vector in_place { x: inout_ref = v(4, 3), k: val = 0.6 };
    sizes { a: refer = m(2, 3, 1) };
    recurrence { w: refer = m(3, 3, 1), x: refer = v(3, 2), n: konst = 3 };
    dynamic { a: refer = m(2, 3, 1).into_dyn(), k: val = 0.6 };
    calls { w: refer = m(3, 3, 1), x: refer = v(3, 2) };
    branch { x: refer = v(3, 2), k: val = 0.6 };
}
