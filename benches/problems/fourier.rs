//! A filter by Fourier transforms there and back, in place: swaps, strided butterflies, and a
//! derivative that is one more pair of transforms.

use std::f64::consts::TAU;

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// The transform of `re` + i `im`, without a factor; `sin` has the sign of the direction. Lengths
/// are powers of two.
#[differentiable]
fn transform(re: &mut [f64], im: &mut [f64], #[constant] cos: &[f64], #[constant] sin: &[f64]) {
    let n = re.len();
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j ^= bit;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut half = 1;
    while half < n {
        let stride = n / (2 * half);
        for start in (0..n).step_by(2 * half) {
            for k in 0..half {
                let (c, s) = (cos[k * stride], sin[k * stride]);
                let (a, b) = (start + k, start + k + half);
                let turned_re = re[b] * c - im[b] * s;
                let turned_im = re[b] * s + im[b] * c;
                re[b] = re[a] - turned_re;
                im[b] = im[a] - turned_im;
                re[a] += turned_re;
                im[a] += turned_im;
            }
        }
        half *= 2;
    }
}

/// ½ Σ of the squares of the signal after its frequencies were weighted.
#[differentiable]
fn filtered(
    x: &[f64],
    #[constant] weights: &[f64],
    #[constant] cos: &[f64],
    #[constant] sin: &[f64],
    #[constant] minus_sin: &[f64],
) -> f64 {
    let n = x.len();
    let mut re = x.to_vec();
    let mut im = vec![0.0; n];
    transform(&mut re, &mut im, cos, minus_sin);
    for i in 0..n {
        re[i] *= weights[i];
        im[i] *= weights[i];
    }
    transform(&mut re, &mut im, cos, sin);
    let mut sum = 0.0;
    for i in 0..n {
        let y = re[i] / n as f64;
        sum += 0.5 * y * y;
    }
    sum
}

/// The adjoint of a transform is the one in the other direction.
fn filtered_by_hand(x: &[f64], tables: &Tables) -> (f64, Vec<f64>) {
    let Tables {
        weights,
        cos,
        sin,
        minus_sin,
    } = tables;
    let n = x.len();
    let scale = 1.0 / n as f64;
    let mut re = x.to_vec();
    let mut im = vec![0.0; n];
    let weigh = |re: &mut [f64], im: &mut [f64]| {
        for ((re, im), w) in re.iter_mut().zip(im).zip(weights) {
            *re *= w;
            *im *= w;
        }
    };
    transform(&mut re, &mut im, cos, minus_sin);
    weigh(&mut re, &mut im);
    transform(&mut re, &mut im, cos, sin);
    let mut sum = 0.0;
    for y in &mut re {
        *y *= scale;
        sum += 0.5 * *y * *y;
        *y *= scale;
    }
    im.fill(0.0);
    transform(&mut re, &mut im, cos, minus_sin);
    weigh(&mut re, &mut im);
    transform(&mut re, &mut im, cos, sin);
    (sum, re)
}

/// The weights of the frequencies and the roots of unity.
#[derive(Clone)]
struct Tables {
    weights: Vec<f64>,
    cos: Vec<f64>,
    sin: Vec<f64>,
    minus_sin: Vec<f64>,
}

/// A random signal of `n` samples, a power of two, and a smooth filter.
pub fn filter(n: usize) -> impl Problem {
    let angle = |k: usize| TAU * k as f64 / n as f64;
    let tables = Tables {
        weights: (0..n).map(|k| 1.0 / (1.0 + k.min(n - k) as f64)).collect(),
        cos: (0..n / 2).map(|k| angle(k).cos()).collect(),
        sin: (0..n / 2).map(|k| angle(k).sin()).collect(),
        minus_sin: (0..n / 2).map(|k| -angle(k).sin()).collect(),
    };
    let (t, t2, t3) = (tables.clone(), tables.clone(), tables);
    Flat::new(
        format!("Fourier filter n={n}"),
        Random(9).vector(n),
        move |x| filtered(x, &t.weights, &t.cos, &t.sin, &t.minus_sin),
        move |x| filtered::value_and_grad(x, &t2.weights, &t2.cos, &t2.sin, &t2.minus_sin),
        move |x| filtered_by_hand(x, &t3),
    )
}
