//! Arrays, vectors and slices that are written in place.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn array_overwritten(x: f64, y: f64) -> f64 {
    let mut a = [x, y, x * y];
    a[0] = a[1] * a[2];
    a[1] += a[0];
    a[2] = a[0] * a[1] - a[2];
    a[0] + a[1] * a[2]
}

#[differentiable]
fn cumulative_sum(x: &[f64]) -> f64 {
    let mut sums = x.to_vec();
    for i in 1..sums.len() {
        sums[i] += sums[i - 1];
    }
    let mut s = 0.0;
    for v in &sums {
        s += v * v;
    }
    s
}

#[differentiable]
fn cumulative_product(x: &[f64]) -> f64 {
    let mut product = vec![1.0; x.len() + 1];
    for i in 0..x.len() {
        product[i + 1] = product[i] * x[i];
    }
    product[x.len()] + product[1]
}

/// A cumulative product with a zero, where frameworks that divide go wrong.
#[differentiable]
fn product_with_a_zero(x: &[f64]) -> f64 {
    let mut product = 1.0;
    let mut s = 0.0;
    for v in x {
        product *= v;
        s += product;
    }
    s
}

#[differentiable]
fn matrix_times_vector(a: &[f64], x: &[f64], y: &mut [f64]) {
    let n = x.len();
    for i in 0..y.len() {
        y[i] = 0.0;
        for j in 0..n {
            y[i] += a[i * n + j] * x[j];
        }
    }
}

#[differentiable]
fn in_place_scaling(x: &mut [f64], factor: f64) {
    for i in 0..x.len() {
        x[i] *= factor;
    }
}

#[differentiable]
fn in_place_smoothing(x: &mut [f64], rounds: usize) -> f64 {
    for _ in 0..rounds {
        for i in 1..x.len() - 1 {
            x[i] = 0.25 * x[i - 1] + 0.5 * x[i] * x[i] + 0.25 * x[i + 1];
        }
    }
    x[1] * x[2]
}

#[differentiable]
fn swaps(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    a.swap(0, 2);
    a.swap(1, 1);
    a[0] *= a[1];
    a.swap(2, 3);
    a[0] * a[2] + a[3] * a[3] * a[1]
}

#[differentiable]
fn bubble_sort_weighted(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    for i in 0..a.len() {
        for j in 0..a.len() - 1 - i {
            if a[j] > a[j + 1] {
                a.swap(j, j + 1);
            }
        }
    }
    let mut s = 0.0;
    for (i, v) in a.iter().enumerate() {
        s += v * v * i as f64;
    }
    s
}

#[differentiable]
fn fills(x: &[f64], value: f64) -> f64 {
    let mut a = x.to_vec();
    a[0] *= 3.0;
    let before = a[0] * a[1];
    a.fill(value * value);
    a[1] += x[1];
    before + a[0] * a[1] * a[2]
}

#[differentiable]
fn fills_a_part(x: &mut [f64], value: f64) -> f64 {
    x[1..3].fill(value);
    x[0] * x[1] * x[2] * x[3]
}

#[differentiable]
fn copies(x: &[f64], y: &[f64]) -> f64 {
    let mut a = x.to_vec();
    a.copy_from_slice(y);
    a[0] *= x[0];
    let mut b = [0.0; 4];
    b[..2].copy_from_slice(&a[1..3]);
    b[2..].copy_from_slice(&x[..2]);
    b[0] * b[2] + b[1] * b[3] + a[0]
}

#[differentiable]
fn array_copied_by_value(x: f64, y: f64) -> f64 {
    let a = [x, y];
    let mut b = a;
    b[0] *= y;
    let c = b;
    b[1] = 7.0;
    a[0] * c[0] + b[1] * c[1] + b[0]
}

#[differentiable]
fn nested_arrays(a: [[f64; 2]; 2], b: &[[f64; 2]; 2]) -> f64 {
    let mut c = [[0.0; 2]; 2];
    for i in 0..2 {
        for j in 0..2 {
            for k in 0..2 {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c[0][0] * c[1][1] - c[0][1] * c[1][0]
}

#[differentiable]
fn whole_rows(a: &[[f64; 3]; 3], s: f64) -> f64 {
    let mut m = *a;
    m[1] = m[0];
    m[1][2] = s;
    m[2] = [s, m[1][1], s * s];
    let mut t = 0.0;
    for row in &m {
        t += row[0] * row[1] + row[2];
    }
    t
}

#[differentiable]
fn vector_of_vectors(x: &[f64], n: usize) -> f64 {
    let mut table = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..n {
            table[i][j] = if i == 0 || j == 0 {
                x[i + j]
            } else {
                0.5 * table[i - 1][j] * table[i][j - 1] + table[i - 1][j - 1]
            };
        }
    }
    table[n - 1][n - 1]
}

#[differentiable]
fn vec_literal(x: f64, y: f64) -> f64 {
    let v = vec![x, y * 2.0, x * y];
    let w = vec![x; 3];
    v[0] * w[1] + v[1] * v[2] * w[0]
}

#[differentiable]
fn gauss_elimination(matrix: &[f64], rhs: &[f64]) -> f64 {
    let n = rhs.len();
    let mut a = matrix.to_vec();
    let mut b = rhs.to_vec();
    for k in 0..n {
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            for j in k..n {
                a[i * n + j] -= factor * a[k * n + j];
            }
            b[i] -= factor * b[k];
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let mut s = b[i];
        for j in i + 1..n {
            s -= a[i * n + j] * x[j];
        }
        x[i] = s / a[i * n + i];
    }
    x[0] + 2.0 * x[n - 1]
}

#[differentiable]
fn cholesky_determinant(matrix: &[f64], n: usize) -> f64 {
    let mut l = vec![0.0; n * n];
    let mut log_determinant = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let mut s = matrix[i * n + j];
            for k in 0..j {
                s -= l[i * n + k] * l[j * n + k];
            }
            if i == j {
                l[i * n + i] = s.sqrt();
                log_determinant += 2.0 * l[i * n + i].ln();
            } else {
                l[i * n + j] = s / l[j * n + j];
            }
        }
    }
    log_determinant
}

#[differentiable]
fn heat_equation(u0: &[f64], kappa: f64) -> f64 {
    let n = u0.len();
    let mut u = u0.to_vec();
    let mut next = vec![0.0; n];
    for _ in 0..4 {
        for i in 0..n {
            let left = if i == 0 { 0.0 } else { u[i - 1] };
            let right = if i == n - 1 { 0.0 } else { u[i + 1] };
            next[i] = u[i] + kappa * (left - 2.0 * u[i] + right);
        }
        u.copy_from_slice(&next);
    }
    let mut energy = 0.0;
    for v in u.iter() {
        energy += v * v;
    }
    energy
}

#[differentiable]
fn histogram(x: &[f64], bins: usize) -> f64 {
    let mut weights = vec![0.0; bins];
    for &v in x {
        let position = (v + 1.0) * 0.5 * bins as f64;
        let bin = (position as usize).min(bins - 1);
        weights[bin] += v * v;
    }
    let mut s = 0.0;
    for w in &weights {
        s += w * w;
    }
    s
}

#[differentiable]
fn returns_a_vector(x: &[f64], a: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = (a * x[i]).sin();
    }
    out
}

#[differentiable]
fn returns_an_array(x: f64, y: f64) -> [f64; 3] {
    [x * y, x + y, (x - y).exp()]
}

#[differentiable]
fn takes_and_returns_a_vector(x: Vec<f64>, a: f64) -> Vec<f64> {
    let mut x = x;
    for i in 0..x.len() {
        x[i] = x[i] * x[i] * a;
    }
    x
}

#[differentiable]
fn scalar_by_mutable_reference(total: &mut f64, x: f64) {
    *total = *total * x;
    *total += x * x;
}

#[differentiable]
fn array_by_mutable_reference(a: &mut [f64; 3], x: f64) -> f64 {
    a[0] *= x;
    a[2] = a[0] * a[1];
    *a = [a[2], a[0] * x, a[1]];
    a[0] * a[1]
}

#[differentiable]
fn two_mutable_slices(x: &mut [f64], y: &mut [f64], a: f64) {
    for i in 0..x.len() {
        let t = x[i];
        x[i] = y[i] * a;
        y[i] = t * t;
    }
}

/// Element `i` is read, overwritten and read again in one statement each.
#[differentiable]
fn value_overwritten_after_use(x: f64, y: f64) -> f64 {
    let mut a = x.sin();
    let b = a * y;
    a = b.exp();
    let c = a * b;
    a = c / y;
    a * b + c
}

#[differentiable]
fn index_computed_from_data(x: &[f64], at: f64) -> f64 {
    let i = at.floor() as usize;
    let t = at - i as f64;
    x[i] * (1.0 - t) + x[i + 1] * t
}

#[differentiable]
fn ring_buffer(x: &[f64]) -> f64 {
    let mut ring = [0.1, 0.2, 0.3];
    for (i, v) in x.iter().enumerate() {
        let slot = i % 3;
        ring[slot] = ring[(slot + 1) % 3] * v + 0.5 * ring[slot];
    }
    ring[0] * ring[1] * ring[2]
}

programs! {
    array_overwritten { x: val = 0.6, y: val = -0.8 };
    cumulative_sum { x: slice = vector(5, 1) };
    cumulative_product { x: slice = vector(5, 2) };
    product_with_a_zero { x: slice = vec![0.0, 2.0, 3.0] } exact [vec![9.0, 0.0, 0.0]];
    vector matrix_times_vector { a: slice = vector(6, 3), x: slice = vector(3, 4), y: inout = vector(2, 5) };
    vector in_place_scaling { x: inout = vector(4, 6), factor: val = 0.3 };
    in_place_smoothing { x: inout = vector(5, 7), rounds: konst = 3_usize };
    swaps { x: slice = vector(4, 8) };
    bubble_sort_weighted { x: slice = vector(6, 9) };
    fills { x: slice = vector(3, 10), value: val = 0.4 };
    fills_a_part { x: inout = vector(4, 11), value: val = 0.4 };
    copies { x: slice = vector(3, 12), y: slice = vector(3, 13) };
    array_copied_by_value { x: val = 0.4, y: val = 1.3 };
    nested_arrays { a: val = [array::<2>(14), array::<2>(15)], b: refer = [array::<2>(16), array::<2>(17)] };
    whole_rows { a: refer = [array::<3>(18), array::<3>(19), array::<3>(20)], s: val = 0.6 };
    vector_of_vectors { x: slice = vector(7, 21), n: konst = 4_usize };
    vec_literal { x: val = 0.4, y: val = 1.3 }
        exact [2.0 * x + 4.0 * x * y * y, 4.0 * x * x * y];
    gauss_elimination { matrix: slice = vec![3.0, 0.4, -0.7, 0.6, 2.5, 0.3, -0.2, 0.8, 4.0],
        rhs: slice = vector(3, 22) };
    cholesky_determinant { matrix: slice = vec![3.0, 0.4, -0.7, 0.6, 2.5, 0.3, -0.2, 0.8, 4.0],
        n: konst = 3_usize };
    heat_equation { u0: slice = vector(6, 23), kappa: val = 0.2 };
    histogram { x: slice = vector(8, 24), bins: konst = 3_usize };
    vector returns_a_vector { x: slice = vector(4, 25), a: val = 0.6 };
    vector returns_an_array { x: val = 0.4, y: val = 1.3 };
    vector takes_and_returns_a_vector { x: val = vector(4, 26), a: val = 0.6 };
    vector scalar_by_mutable_reference { total: inout_ref = 0.4, x: val = 1.3 }
        exact [x, total + 2.0 * x];
    array_by_mutable_reference { a: inout_ref = array::<3>(27), x: val = 1.3 };
    vector two_mutable_slices { x: inout = vector(3, 28), y: inout = vector(3, 29), a: val = 0.7 };
    value_overwritten_after_use { x: val = 0.4, y: val = 1.3 };
    index_computed_from_data { x: slice = vector(5, 30), at: val = 2.3 }
        exact [vec![0.0, 0.0, 1.0 - 0.3 * (at / 2.3), 0.3 * (at / 2.3), 0.0], x[3] - x[2]];
    ring_buffer { x: slice = vector(8, 31) };
}
