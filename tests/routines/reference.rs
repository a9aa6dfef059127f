//! Slow and simple linear algebra, by which the derivatives of the routines are certified. None of
//! it is differentiated.

/// A matrix as its rows.
pub type Rows = Vec<Vec<f64>>;

/// The rows of the row-major `n`-column matrix `a`.
pub fn rows(a: &[f64], n: usize) -> Rows {
    a.chunks(n).map(<[f64]>::to_vec).collect()
}

/// The inverse by Gauss and Jordan with full pivot search in the column.
pub fn inverse(a: &Rows) -> Rows {
    let n = a.len();
    let mut work: Rows = (0..n)
        .map(|i| {
            let unit = (0..n).map(|j| f64::from(u8::from(i == j)));
            a[i].iter().copied().chain(unit).collect()
        })
        .collect();
    for k in 0..n {
        let best = (k..n)
            .max_by(|&i, &j| work[i][k].abs().total_cmp(&work[j][k].abs()))
            .expect("there is a row left");
        work.swap(k, best);
        let pivot = work[k][k];
        work[k].iter_mut().for_each(|v| *v /= pivot);
        let pivot_row = work[k].clone();
        for (i, row) in work.iter_mut().enumerate() {
            if i != k {
                let factor = row[k];
                row.iter_mut()
                    .zip(&pivot_row)
                    .for_each(|(v, p)| *v -= factor * p);
            }
        }
    }
    work.into_iter().map(|row| row[n..].to_vec()).collect()
}

/// The determinant by expansion along the first row.
pub fn determinant(a: &Rows) -> f64 {
    if a.is_empty() {
        return 1.0;
    }
    let mut sum = 0.0;
    for j in 0..a.len() {
        let minor: Rows = a[1..]
            .iter()
            .map(|row| [&row[..j], &row[j + 1..]].concat())
            .collect();
        let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
        sum += sign * a[0][j] * determinant(&minor);
    }
    sum
}

/// `a x`.
pub fn apply(a: &Rows, x: &[f64]) -> Vec<f64> {
    a.iter().map(|row| dot(row, x)).collect()
}

/// `a b`.
pub fn product(a: &Rows, b: &Rows) -> Rows {
    let b = transposed(b);
    a.iter()
        .map(|row| b.iter().map(|column| dot(row, column)).collect())
        .collect()
}

pub fn transposed(a: &Rows) -> Rows {
    (0..a[0].len())
        .map(|j| a.iter().map(|row| row[j]).collect())
        .collect()
}

pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// `x yᵀ` times `scale`, row-major.
pub fn outer(scale: f64, x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter()
        .flat_map(|a| y.iter().map(move |b| scale * a * b))
        .collect()
}

/// Fails with the place where the two lists differ by more than `bound`, also for NaN.
#[track_caller]
pub fn assert_close(got: &[f64], expected: &[f64], bound: f64) {
    assert_eq!(got.len(), expected.len(), "{got:?} against {expected:?}");
    for (i, (g, e)) in got.iter().zip(expected).enumerate() {
        let fits = (g - e).abs() <= bound * e.abs().max(1.0);
        assert!(fits, "number {i}: got {g:e}, expected {e:e}");
    }
}
