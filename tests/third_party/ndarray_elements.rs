//! Arrays of `ndarray` whose elements and parts are run through: `mapv`, `Zip`, rows and axes, `array!`, `assign`.

use crate::harness::{programs, vector};
use ::ndarray::{Array1, Array2, ArrayView1, Axis, Zip, array, s};
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
fn view_ref(a: &ArrayView1<'_, f64>) -> f64 {
    a.dot(a) + a[1]
}

#[differentiable]
fn sliced_assign(a: &Array1<f64>) -> f64 {
    let mut b = Array1::zeros(3);
    b.assign(&(a * 2.0));
    b[1] *= a[0];
    b.assign(a);
    b[0] *= 2.0;
    b.dot(a)
}

#[differentiable]
fn assign_broadcast(a: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let mut b = m * 1.0;
    let s = b.sum();
    b.assign(a);
    b[[0, 1]] *= s;
    b.dot(a).sum() + m[[0, 0]]
}

#[differentiable]
fn outer(a: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for r in a.outer_iter() {
        s += r.dot(&r) * r[0];
    }
    s
}

#[differentiable]
fn rows_map(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    a.rows().into_iter().map(|r| r.dot(w).exp()).sum()
}

#[differentiable]
fn rows_enumerate(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for (i, r) in a.rows().into_iter().enumerate() {
        s += r.dot(w) * w[i];
    }
    s
}

#[differentiable]
fn axis_cols(a: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for c in a.axis_iter(Axis(1)) {
        s = s * 0.5 + c.sum() * c[1];
    }
    s
}

#[differentiable]
fn mapv(a: &Array2<f64>, k: f64) -> Array2<f64> {
    a.mapv(|v| (v * k).sin() + v)
}

#[differentiable]
fn mapv_named(a: &Array1<f64>) -> f64 {
    let b = a.mapv(f64::exp);
    (&b * a).mapv(|v| if v > 0.0 { v.sqrt() } else { -v }).sum()
}

#[differentiable]
fn mapv_inplace(a: &Array1<f64>, k: f64) -> Array1<f64> {
    let mut b = a * 2.0;
    b.mapv_inplace(|v| v * v * k);
    b.map_inplace(|v| *v += k);
    b
}

#[differentiable]
fn softmax2(a: &Array1<f64>) -> Array1<f64> {
    let e = a.mapv(|v| v.exp());
    let s = e.sum();
    e.mapv(|v| v / s)
}

#[differentiable]
fn zip_each(a: &Array2<f64>, b: &Array2<f64>, k: f64) -> Array2<f64> {
    let mut c = Array2::zeros((2, 3));
    Zip::from(&mut c).and(a).and(b).for_each(|c, &a, &b| {
        *c = a * b * k;
    });
    c
}

#[differentiable]
fn zip_fold(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    Zip::from(a).and(b).fold(0.0, |s, a, b| s + (a - b).powi(2))
}

#[differentiable]
fn zip_collect(a: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
    Zip::from(a)
        .and(b)
        .map_collect(|&a, &b| if a > b { a * b } else { a - b })
}

#[differentiable]
fn with_array_macro(x: f64, y: f64) -> f64 {
    let a = array![x, y, x * y];
    let b = array![[x, 1.0], [y, 2.0]];
    a.sum() * a[2] + b[[1, 0]] * b.sum()
}

#[differentiable]
fn standardise(a: &Array2<f64>) -> f64 {
    let mean = a.mean_axis(Axis(0)).unwrap();
    let c = a - &mean;
    let var = c.mapv(|v| v * v).mean_axis(Axis(0)).unwrap();
    let z = c / var.mapv(f64::sqrt);
    z.mapv(|v| v.powi(3)).sum()
}

#[differentiable]
fn iter_sum(a: &Array1<f64>) -> f64 {
    a.iter().map(|v| v * v).sum::<f64>()
        * a.iter()
            .zip(a.iter().skip(1))
            .map(|(p, q)| p * q)
            .sum::<f64>()
}

#[differentiable]
fn iter_mut_nd(a: &Array1<f64>) -> f64 {
    let mut b = a.clone();
    for v in b.iter_mut() {
        *v *= *v;
    }
    for v in &mut b {
        *v += 1.0;
    }
    b.sum() * b[0]
}

#[differentiable]
fn fitted(x: &Array2<f64>, y: &Array1<f64>, w: &Array1<f64>, b: f64) -> f64 {
    let logits = x.dot(w) + b;
    let p = logits.mapv(|z| 1.0 / (1.0 + (-z).exp()));
    let losses = Zip::from(&p)
        .and(y)
        .map_collect(|&p, &y| -y * p.ln() - (1.0 - y) * (1.0 - p).ln());
    losses.mean().unwrap() + 0.01 * w.iter().map(|w| w * w).sum::<f64>()
}

#[differentiable]
fn jacobi(a: &Array2<f64>, steps: usize) -> f64 {
    let mut u = a.clone();
    for _ in 0..steps {
        let mut next = u.clone();
        for i in 1..u.nrows() - 1 {
            for j in 1..u.ncols() - 1 {
                next[[i, j]] =
                    0.25 * (u[[i - 1, j]] + u[[i + 1, j]] + u[[i, j - 1]] * u[[i, j + 1]]);
            }
        }
        u.assign(&next);
    }
    u.sum_axis(Axis(0)).dot(&u.index_axis(Axis(0), 1))
}

#[differentiable]
fn gram(a: &Array2<f64>) -> f64 {
    a.t().dot(a).slice(s![0..2, 1]).sum() * a.index_axis(Axis(0), 1).dot(&a.row(0))
}

#[differentiable]
fn fortran(a: &Array2<f64>, k: f64) -> f64 {
    let b = a.t().mapv(|v| v * k);
    let mut s = 0.0;
    for row in b.rows() {
        s = s * 0.5 + row[0] * row.sum();
    }
    s
}

programs! {
  sliced_assign { a: refer = v(3, 1) };
  assign_broadcast { a: refer = v(3, 1), m: refer = m(2, 3, 2) };
  outer { a: refer = m(2, 3, 1) };
  rows_map { a: refer = m(2, 3, 1), w: refer = v(3, 2) };
  rows_enumerate { a: refer = m(2, 3, 1), w: refer = v(3, 2) };
  axis_cols { a: refer = m(2, 3, 1) };
  vector mapv { a: refer = m(2, 3, 1), k: val = 0.7 };
  mapv_named { a: refer = v(3, 1) };
  vector mapv_inplace { a: refer = v(3, 1), k: val = 0.7 };
  vector softmax2 { a: refer = v(3, 1) };
  vector zip_each { a: refer = m(2, 3, 1), b: refer = m(2, 3, 2), k: val = 0.7 };
  zip_fold { a: refer = v(3, 1), b: refer = v(3, 2) };
  vector zip_collect { a: refer = v(3, 1), b: refer = v(3, 2) };
  with_array_macro { x: val = 0.7, y: val = 1.3 };
  standardise { a: refer = m(4, 3, 1) };
  iter_sum { a: refer = v(3, 1) };
  iter_mut_nd { a: refer = v(3, 1) };
  fitted { x: refer = m(4, 3, 1), y: refer = array![0.3, 0.7, 0.1, 0.9], w: refer = v(3, 2), b: val = 0.3 };
  jacobi { a: refer = m(4, 4, 1), steps: konst = 3 };
  gram { a: refer = m(3, 2, 1) };
  fortran { a: refer = m(3, 2, 1), k: val = 0.6 };
}

/// A parameter that is a reference to a view, with a view of every second element.
#[test]
fn by_a_view() {
    let all = v(6, 1);
    let a = all.slice(s![..;2]);
    let mut expected = a.mapv(|v| 2.0 * v);
    expected[1] += 1.0;
    assert_eq!(view_ref::grad(&a), expected);
}

/// `Zip` wants arrays of one shape, in a gradient as in the function itself.
#[test]
#[should_panic(expected = "`Zip` of arrays of shapes [2] and [3]")]
fn zip_of_other_shapes() {
    zip_fold::grad(&v(2, 1), &v(3, 2));
}
