//! Chains of iterators: what they begin with, what is done on the way, what ends them.

use crate::harness::programs;
use pullback::differentiable;

#[differentiable]
fn sum_of_products(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()
}

#[differentiable]
fn sum_by_the_written_type(x: &[f64]) -> f64 {
    let s: f64 = x.iter().map(|v| v.sin()).sum();
    let p: f64 = x.iter().product();
    s * p
}

#[differentiable]
fn sum_by_the_result(x: &[f64], k: f64) -> f64 {
    x.iter().map(|v| v * v * k).sum()
}

#[differentiable]
fn captures(x: &[f64], a: f64) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    x.iter().map(|v| (v - mean).powi(2) * a).sum::<f64>() / (n - 1.0)
}

#[differentiable]
fn both_sides_mapped(x: &[f64], y: &[f64]) -> f64 {
    x.iter()
        .map(|a| a.exp())
        .zip(y.iter().map(|b| b * b))
        .map(|(a, b)| a / b)
        .sum()
}

#[differentiable]
fn kept(x: &[f64]) -> f64 {
    x.iter().filter(|v| **v > 0.0).map(|v| v * v).sum::<f64>()
}

#[differentiable]
fn kept_with_patterns(x: &[f64]) -> f64 {
    let a: f64 = x.iter().filter(|&&v| v > 0.0).sum();
    let b: f64 = x.iter().copied().filter(|v| *v < 0.5).map(|v| v * v).sum();
    let c: f64 = x
        .iter()
        .enumerate()
        .filter(|(i, v)| i % 2 == 0 && **v < 1.0)
        .map(|(i, v)| v * (i + 1) as f64)
        .sum();
    let d: f64 = x
        .iter()
        .enumerate()
        .filter(|&(i, _)| i > 1)
        .map(|p| p.1 * p.1)
        .sum();
    a * b + c * d
}

#[differentiable]
fn mapped_or_dropped(x: &[f64], k: f64) -> f64 {
    let a: f64 = x
        .iter()
        .filter_map(|v| if *v > 0.0 { Some(v.sqrt() * k) } else { None })
        .sum();
    let b: f64 = x
        .iter()
        .map_while(|v| match *v > -0.5 {
            true => Some(v * k),
            false => None,
        })
        .product();
    a + b
}

#[differentiable]
fn folded(x: &[f64], a: f64) -> f64 {
    x.iter().rev().fold(a, |acc, c| acc * a + c)
}

#[differentiable]
fn folded_pairs(x: &[f64]) -> f64 {
    let (s, p) = x.iter().fold((0.0, 1.0), |(s, p), v| (s + v * p, p * v));
    s * p
}

#[differentiable]
fn folded_by_a_path(x: &[f64]) -> f64 {
    let most = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = x.iter().cloned().fold(f64::INFINITY, |a, b| a.min(b));
    most * least + x.iter().map(|v| (v - most).exp()).sum::<f64>().ln()
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn functions_by_name(x: &[f64]) -> f64 {
    let halved = |v: f64| v * 0.5;
    x.iter()
        .copied()
        .map(f64::sin)
        .map(square)
        .map(halved)
        .sum()
}

#[differentiable]
fn for_each_with_state(x: &[f64]) -> f64 {
    let (mut a, mut b) = (0.0, 1.0);
    x.iter().for_each(|v| {
        a += v * b;
        b *= v;
    });
    a * b
}

#[differentiable]
fn for_each_in_place(x: &mut [f64], y: &[f64], k: f64) {
    x.iter_mut().zip(y).for_each(|(a, b)| *a = *a * k + b);
    x.iter_mut().for_each(|a| *a *= k);
}

#[differentiable]
fn scanned(x: &[f64]) -> f64 {
    x.iter()
        .scan(1.0, |s, v| {
            *s = *s * 0.5 + v;
            if *s > 2.0 { None } else { Some(*s * v) }
        })
        .map(|v| v * v)
        .sum()
}

#[differentiable]
fn up_to_and_after(x: &[f64]) -> f64 {
    let a: f64 = x.iter().take_while(|v| **v > -1.0).map(|v| v * v).sum();
    let b: f64 = x.iter().skip_while(|v| **v > 0.0).map(|v| v * v * v).sum();
    a - b
}

#[differentiable]
fn taken_and_skipped(x: &[f64]) -> f64 {
    let a: f64 = x.iter().filter(|v| **v != 0.0).skip(1).take(2).sum();
    let b: f64 = x.iter().map(|v| v * v).skip(2).step_by(2).sum();
    let c: f64 = x
        .iter()
        .filter(|v| **v > -9.0)
        .enumerate()
        .map(|(i, v)| v * i as f64)
        .sum();
    let d: f64 = x.iter().map(|v| v.cos()).take(0).sum();
    a * b + c + d
}

#[differentiable]
fn one_after_the_other(x: &[f64], y: &[f64], k: f64) -> f64 {
    x.iter()
        .chain(y)
        .chain(std::iter::once(&k))
        .map(|v| v * v)
        .fold(1.0, |p, v| p * 0.5 + v)
}

#[differentiable]
fn all_pairs(x: &[f64]) -> f64 {
    x.iter()
        .enumerate()
        .flat_map(|(i, a)| x.iter().skip(i + 1).map(move |b| (a - b) * (a - b)))
        .sum()
}

#[differentiable]
fn rows(a: &[Vec<f64>], v: &[f64]) -> f64 {
    a.iter()
        .map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>())
        .map(|t| t.tanh())
        .product()
}

#[differentiable]
fn flattened(a: &[Vec<f64>]) -> f64 {
    let most = a.iter().flatten().copied().fold(0.0, f64::max);
    a.iter()
        .flatten()
        .filter(|v| **v < most)
        .map(|v| v * most)
        .sum()
}

#[differentiable]
fn over_a_range(x: &[f64], n: usize) -> f64 {
    let a: f64 = (0..n).map(|i| x[i] * i as f64).sum();
    let b: f64 = (1..=n).rev().map(|i| x[i - 1].powi(i as i32)).product();
    let c: f64 = (0..n).filter(|i| i % 2 == 1).map(|i| x[i]).sum();
    let d = (0..n).fold(0.0, |s, i| s * x[0] + x[i]);
    a + b * c * d
}

#[differentiable]
fn chosen(x: &[f64]) -> f64 {
    let most = x.iter().copied().max_by(|a, b| a.total_cmp(b));
    let least = x
        .iter()
        .map(|v| v * v)
        .min_by(|a, b| a.partial_cmp(b).unwrap());
    match (most, least) {
        (Some(a), Some(b)) => a * b,
        _ => 0.0,
    }
}

#[differentiable]
fn pivot(x: &[f64]) -> f64 {
    let p = (0..x.len())
        .max_by(|&i, &j| x[i].abs().total_cmp(&x[j].abs()))
        .unwrap();
    let q = (1..x.len())
        .min_by(|i, j| x[*i].total_cmp(&x[*j]))
        .unwrap_or(0);
    x[p] * x[p] * x[q]
}

#[differentiable]
fn questions(x: &[f64]) -> f64 {
    let negative = x.iter().any(|v| *v < 0.0);
    let many = x.iter().filter(|v| **v > 0.0).count();
    let first = x.iter().position(|v| *v < 0.0).unwrap_or(0);
    if negative && x.iter().all(|v| v.is_finite()) {
        x[first] * x[0] * many as f64
    } else {
        0.0
    }
}

#[differentiable]
fn in_headers(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x.iter().map(|v| v * v).filter(|v| *v < 2.0) {
        if s > 50.0 {
            break;
        }
        s = s * 0.5 + v;
    }
    'outer: for (i, v) in x.iter().chain(x.iter().rev()).enumerate() {
        if i == 1 {
            continue;
        }
        for w in x.iter().flat_map(|a| [*a, a * v]) {
            if w < -2.0 {
                continue 'outer;
            }
            if w > 9.0 {
                break 'outer;
            }
            s += w * v;
        }
        if i > 5 {
            break;
        }
    }
    s
}

#[differentiable]
fn returns_inside(x: &[f64], limit: f64) -> f64 {
    let mut s = 0.0;
    for v in x.iter().filter(|v| **v > 0.0).map(|v| v * 3.0) {
        s += v * v;
        if s > limit {
            return s * v;
        }
    }
    s
}

#[differentiable]
fn nothing_there(x: &[f64], k: f64) -> f64 {
    let s: f64 = x.iter().map(|v| v * k).sum();
    let p: f64 = x.iter().map(|v| v * k).product();
    let f = x.iter().fold(k, |a, v| a * v);
    s + p * k + f * f
}

#[differentiable]
fn generated(k: f64) -> f64 {
    let powers: f64 = std::iter::successors(Some(1.0), |v| Some(v * k))
        .take(4)
        .sum();
    let mut x = k;
    let orbit: f64 = std::iter::from_fn(|| {
        x = x * x + 0.1;
        if x < 3.0 { Some(x) } else { None }
    })
    .take(3)
    .sum();
    let same: f64 = std::iter::repeat(k).take(3).product();
    powers * orbit + same
}

programs! {
    sum_of_products { x: slice = vector(5, 1), y: slice = vector(5, 2) } exact [y, x];
    sum_by_the_written_type { x: slice = vector(4, 3) };
    sum_by_the_result { x: slice = vector(4, 4), k: val = 0.7 };
    captures { x: slice = vector(5, 5), a: val = 1.3 };
    both_sides_mapped { x: slice = vector(4, 6), y: slice = vector(3, 7) };
    kept { x: slice = vec![0.5, -0.3, 1.2, -2.0] } exact [vec![1.0, 0.0, 2.4, 0.0]];
    kept_with_patterns { x: slice = vec![0.45, -0.3, 0.8, 1.7, -2.0] };
    mapped_or_dropped { x: slice = vec![0.5, 0.3, -0.9, 1.2], k: val = 0.8 };
    folded { x: slice = vector(4, 8), a: val = 0.6 };
    folded_pairs { x: slice = vector(4, 9) };
    folded_by_a_path { x: slice = vec![0.5, 0.3, -0.9, 1.2] };
    square { x: val = 0.3 };
    functions_by_name { x: slice = vector(4, 10) };
    for_each_with_state { x: slice = vector(4, 11) };
    vector for_each_in_place { x: inout = vector(3, 12), y: slice = vector(3, 13), k: val = 0.7 };
    scanned { x: slice = vec![0.5, 0.3, -0.9, 1.2, 3.0, 0.2] };
    up_to_and_after { x: slice = vec![0.5, 0.3, -0.9, 1.2, -1.5, 0.4] };
    taken_and_skipped { x: slice = vector(7, 14) };
    one_after_the_other { x: slice = vector(3, 15), y: slice = vector(2, 16), k: val = 0.4 };
    all_pairs { x: slice = vector(4, 17) };
    rows { a: slice = vec![vector(3, 18), vector(3, 19)], v: slice = vector(3, 20) };
    flattened { a: slice = vec![vector(3, 21), vector(0, 0), vector(2, 22)] };
    over_a_range { x: slice = vector(4, 23), n: konst = 4 };
    chosen { x: slice = vec![0.5, 0.3, -0.9, 1.2] };
    pivot { x: slice = vec![0.5, 0.3, -0.9, 1.2] } exact [vec![0.0, 0.0, 1.44, 2.0 * 1.2 * -0.9]];
    questions { x: slice = vec![0.5, 0.3, -0.9, 1.2] } exact [vec![-2.7, 0.0, 1.5, 0.0]];
    in_headers { x: slice = vec![0.5, 0.3, -0.9, 1.2] };
    returns_inside { x: slice = vec![0.5, -0.3, 0.9, 1.2], limit: val = 5.0 } connected [true, false];
    nothing_there { x: slice = vector(0, 24), k: val = 0.4 };
    generated { k: val = 0.4 };
}
