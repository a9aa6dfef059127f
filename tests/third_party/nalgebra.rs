//! Matrices and vectors of `nalgebra`, with sizes in the type and without.

use crate::harness::{programs, vector};
use ::nalgebra::{
    DMatrix, DVector, Matrix2, Matrix2x3, Matrix3, Matrix3x2, SMatrix, SVector, Vector2, Vector3,
};
use pullback::differentiable;

/// A vector without pattern.
fn v<const N: usize>(seed: u64) -> SVector<f64, N> {
    SVector::from_vec(vector(N, seed))
}

/// A matrix without pattern.
fn m<const R: usize, const C: usize>(seed: u64) -> SMatrix<f64, R, C> {
    SMatrix::from_vec(vector(R * C, seed))
}

/// A vector without pattern, of a size that its type does not say.
fn dv(n: usize, seed: u64) -> DVector<f64> {
    DVector::from_vec(vector(n, seed))
}

/// A matrix without pattern, of a size that its type does not say.
fn dm(rows: usize, columns: usize, seed: u64) -> DMatrix<f64> {
    DMatrix::from_vec(rows, columns, vector(rows * columns, seed))
}

#[differentiable]
fn sum_of_squares(x: &DVector<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    sum
}

#[differentiable]
fn by_value(x: Vector3<f64>) -> f64 {
    x[0] * x[1].sin() + x.sum()
}

#[differentiable]
fn sums(a: Vector3<f64>, b: Vector3<f64>) -> Vector3<f64> {
    let c = a + b;
    let d = &c - a;
    let e = d - &b + &c;
    -(&e + &d) - (-c) + b
}

#[differentiable]
fn dynamic_sums(a: &DVector<f64>, b: &DVector<f64>) -> DVector<f64> {
    let c = a + b;
    let d = &c - a * 2.0;
    -&d - c + b
}

#[differentiable]
fn with_numbers(a: &DMatrix<f64>, k: f64) -> DMatrix<f64> {
    let b = a * k;
    let c = k * a;
    let d = 2.0 * (b / k);
    k * d - c / 3.0
}

#[differentiable]
fn fixed_with_numbers(a: Matrix2<f64>, k: f64) -> Matrix2<f64> {
    let b = a * k;
    k * b - &a / (k * k) + k * &b
}

#[differentiable]
fn linear(w: &Matrix3<f64>, x: &Vector3<f64>, b: &Vector3<f64>) -> Vector3<f64> {
    w * x + b
}

#[differentiable]
fn least_squares(w: &DMatrix<f64>, x: &DVector<f64>, y: &DVector<f64>) -> f64 {
    let r = w * x - y;
    r.dot(&r) * 0.5
}

#[differentiable]
fn products(a: Matrix2x3<f64>, b: Matrix3x2<f64>) -> Matrix2<f64> {
    let c = a * b;
    let d = &c * a;
    d * &b - &c * &c * 2.0
}

#[differentiable]
fn dynamic_products(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let c = a * b;
    let d = &c * a;
    d * b - c * 2.0
}

#[differentiable]
fn transposed(a: &DMatrix<f64>, x: &DVector<f64>) -> f64 {
    let g = a.transpose() * a;
    let q = x.transpose() * &g * x;
    q[0] + q[(0, 0)] * g.trace()
}

#[differentiable]
fn norms(x: &Vector3<f64>, y: &DVector<f64>) -> f64 {
    x.norm() * y.norm_squared() + y.norm() / x.norm_squared()
}

#[differentiable]
fn unit(x: Vector3<f64>, k: f64) -> Vector3<f64> {
    x.normalize() * k
}

#[differentiable]
fn by_component(a: &DVector<f64>, b: &DVector<f64>) -> f64 {
    let c = a.component_mul(b);
    c.component_div(a).dot(&c) + c.component_div(&(b * 2.0)).sum()
}

#[differentiable]
fn triple_product(a: Vector3<f64>, b: Vector3<f64>, c: Vector3<f64>) -> f64 {
    a.cross(&b).dot(&c) + b.cross(&(a + c)).norm_squared()
}

#[differentiable]
fn determinant(a: Matrix3<f64>) -> f64 {
    a.determinant() * a.trace()
}

#[differentiable]
fn small_determinants(a: Matrix2<f64>, b: &DMatrix<f64>) -> f64 {
    a.determinant() * b.determinant()
}

#[differentiable]
fn large_determinant(a: &DMatrix<f64>) -> f64 {
    let d = a.determinant();
    d * d + d
}

#[differentiable]
fn inverse(a: &Matrix3<f64>, x: &Vector3<f64>) -> Vector3<f64> {
    match a.try_inverse() {
        Some(inverse) => inverse * x,
        None => x * 0.0,
    }
}

#[differentiable]
fn dynamic_inverse(a: DMatrix<f64>, k: f64) -> f64 {
    let b = a * k;
    let inverse = b.try_inverse().unwrap();
    inverse.norm_squared() + inverse[(0, 1)]
}

#[differentiable]
fn compound(x: &DVector<f64>, y: &DVector<f64>, k: f64) -> DVector<f64> {
    let mut a = x.clone();
    a += y;
    a *= k;
    a -= x * k;
    a /= k + 3.0;
    a += y * 2.0;
    a
}

#[differentiable]
fn fixed_compound(x: Vector3<f64>, y: Vector3<f64>, k: f64) -> Vector3<f64> {
    let mut a = x;
    for i in 0..3 {
        a += y * k;
        a *= k;
        a[i] *= x[0];
        a -= &y;
        a /= 2.0;
    }
    a
}

#[differentiable]
fn assigned(x: &Matrix2<f64>) -> f64 {
    let mut a = Matrix2::zeros();
    a[(0, 0)] = x[(0, 1)] * x[(1, 0)];
    a[(0, 1)] = x[(1, 1)].sin();
    a[(1, 0)] += a[(0, 1)] * 2.0;
    a[1] *= x[0];
    a[(0, 0)] + a[(1, 0)] * a[(0, 1)]
}

#[differentiable]
fn in_place(x: &mut DVector<f64>, k: f64) {
    for i in 1..x.len() {
        x[i] = x[i] * k + x[i - 1] * x[i];
    }
}

#[differentiable]
fn fields(p: &Vector3<f64>, mut q: Vector2<f64>) -> f64 {
    q.x = p.x * p.y;
    q.y *= p.z;
    q.x * q.y + p.x
}

#[differentiable]
fn sizes(a: &DMatrix<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.nrows() {
        for j in 0..a.ncols() {
            sum += a[(i, j)] * a[(i, j)] * (i + 2 * j) as f64;
        }
    }
    sum / a.nrows() as f64 + a[(0, 0)] * a.len() as f64
}

#[differentiable]
fn recurrence(w: &Matrix3<f64>, x: &Vector3<f64>, n: usize) -> f64 {
    let mut h = x * 0.1;
    for _ in 0..n {
        h = w * h.component_mul(&h) + x;
    }
    h.sum()
}

#[differentiable]
fn calls(w: &Matrix3<f64>, x: &Vector3<f64>) -> f64 {
    let y = linear(w, x, x);
    let z = linear(w, &y, x);
    by_value(z) + y[0]
}

#[differentiable]
fn branch(x: &DVector<f64>, k: f64) -> f64 {
    let y = if k > 0.0 { x * k } else { x / k };
    y.sum() * y[0]
}

#[differentiable]
fn parts(a: &DMatrix<f64>, b: &Matrix2x3<f64>, w: &DVector<f64>) -> f64 {
    let mut sum = 0.0;
    for j in 0..a.ncols() {
        let column = a.column(j);
        sum += column.dot(w) * column[0];
    }
    sum + a.row(1).norm_squared() * b.row(0).dot(&b.row(1)) + b.column(2).sum()
}

#[differentiable]
fn built(x: &[f64], k: f64) -> f64 {
    let a = DVector::from_vec(x.to_vec());
    let b = DVector::from_element(3, k);
    let p = Vector3::new(x[0] * k, 2.0, k);
    let q = Vector2::new(k, x[1]);
    a.dot(&b) * p.norm() + q.norm_squared() * p.y
}

#[differentiable]
fn in_containers(points: &[Vector3<f64>], pair: (DVector<f64>, f64)) -> f64 {
    let mut centre = Vector3::zeros();
    for p in points {
        centre += p;
    }
    centre /= points.len() as f64;
    let mut spread = 0.0;
    for i in 0..points.len() {
        spread += (points[i] - centre).norm_squared();
    }
    spread * pair.0.sum() * pair.1
}

#[differentiable]
fn single(a: &Matrix2<f32>, x: Vector2<f32>, k: f32) -> Vector2<f32> {
    a * x * k
}

#[test]
fn single_precision() {
    let a = Matrix2::new(1.0_f32, 2.0, 3.0, 4.0);
    let (y, pullback) = single::vjp(&a, Vector2::new(1.0, -1.0), 2.0);
    assert_eq!(y, Vector2::new(-2.0, -2.0));
    let (da, dx, dk) = pullback(Vector2::new(1.0, 0.5));
    assert_eq!(da, Matrix2::new(2.0, -2.0, 1.0, -1.0));
    assert_eq!(dx, Vector2::new(5.0, 8.0));
    assert_eq!(dk, -1.5);
}

#[differentiable]
fn only_determinant(a: &DMatrix<f64>) -> f64 {
    a.determinant()
}

/// A singular matrix has no inverse, but its determinant has a gradient.
#[test]
fn determinant_of_a_singular_matrix() {
    let a = DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 4.0]);
    let expected = DMatrix::from_row_slice(2, 2, &[4.0, -2.0, -2.0, 1.0]);
    assert_eq!(only_determinant::grad(&a), expected);

    // Two rows are the same: exactly, and but for rounding.
    for k in [1.0, 1.0 / 3.0] {
        let mut a = dm(6, 6, 5);
        let row = a.row(1) * k;
        a.set_row(4, &row);
        let gradient = only_determinant::grad(&a);
        for i in 0..6 {
            for j in 0..6 {
                let sign = if (i + j) % 2 == 0 { 1.0 } else { -1.0 };
                let expected = sign * a.clone().remove_row(i).remove_column(j).determinant();
                assert!((gradient[(i, j)] - expected).abs() < 1e-12);
            }
        }
    }
}

/// At 0 the norm has no gradient; 0 is one of its subgradients.
#[test]
fn norm_of_zero() {
    assert_eq!(norm::grad(&Vector3::zeros()), Vector3::zeros());
}

#[differentiable]
fn norm(x: &Vector3<f64>) -> f64 {
    x.norm()
}

// Square matrices of their elements, row by row.
#[differentiable]
fn of_numbers(x: f64, y: f64) -> f64 {
    let a = ::nalgebra::Matrix2::new(x, 2.0 * y, x * y, 1.0);
    let b = ::nalgebra::Matrix3::new(x, y, 1.0, 0.5, x * x, y, 2.0, 0.3, x);
    a.determinant() * a[(0, 1)] + b.determinant() * b[(2, 1)]
}

programs! {
    of_numbers { x: val = 0.7, y: val = 1.3 };
    sum_of_squares { x: refer = dv(4, 1) };
    by_value { x: val = v::<3>(2) };
    vector sums { a: val = v::<3>(1), b: val = v::<3>(2) };
    vector dynamic_sums { a: refer = dv(3, 1), b: refer = dv(3, 2) };
    vector with_numbers { a: refer = dm(2, 3, 1), k: val = 0.7 };
    vector fixed_with_numbers { a: val = m::<2, 2>(1), k: val = 0.7 };
    vector linear { w: refer = m::<3, 3>(3), x: refer = v::<3>(4), b: refer = v::<3>(5) };
    least_squares { w: refer = dm(3, 4, 3), x: refer = dv(4, 4), y: refer = dv(3, 5) };
    vector products { a: val = m::<2, 3>(1), b: val = m::<3, 2>(2) };
    vector dynamic_products { a: refer = dm(3, 2, 1), b: refer = dm(2, 3, 2) };
    transposed { a: refer = dm(3, 2, 1), x: refer = dv(2, 2) };
    norms { x: refer = v::<3>(1), y: refer = dv(4, 2) };
    vector unit { x: val = v::<3>(1), k: val = 0.7 };
    by_component { a: refer = dv(3, 1), b: refer = dv(3, 2) };
    triple_product { a: val = v::<3>(1), b: val = v::<3>(2), c: val = v::<3>(3) };
    determinant { a: val = m::<3, 3>(1) };
    small_determinants { a: val = m::<2, 2>(1), b: refer = dm(4, 4, 2) };
    large_determinant { a: refer = dm(6, 6, 1) };
    vector inverse { a: refer = m::<3, 3>(1), x: refer = v::<3>(2) };
    dynamic_inverse { a: val = dm(3, 3, 1), k: val = 1.3 };
    vector compound { x: refer = dv(3, 1), y: refer = dv(3, 2), k: val = 0.7 };
    vector fixed_compound { x: val = v::<3>(1), y: val = v::<3>(2), k: val = 0.7 };
    assigned { x: refer = m::<2, 2>(7) };
    vector in_place { x: inout_ref = dv(4, 3), k: val = 0.6 };
    fields { p: refer = v::<3>(1), q: val = v::<2>(2) };
    sizes { a: refer = dm(2, 3, 1) };
    recurrence { w: refer = m::<3, 3>(1), x: refer = v::<3>(2), n: konst = 3 };
    calls { w: refer = m::<3, 3>(1), x: refer = v::<3>(2) };
    branch { x: refer = dv(3, 2), k: val = 0.6 };
    parts { a: refer = dm(3, 2, 1), b: refer = m::<2, 3>(2), w: refer = dv(3, 3) };
    built { x: slice = vector(3, 4), k: val = 0.7 };
    in_containers { points: slice = vec![v::<3>(1), v::<3>(2), v::<3>(3)], pair: val = (dv(2, 4), 0.8) };
}
