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

#[allow(deprecated)]
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

#[differentiable]
fn parts_of_slices(x: &[f64], n: usize) -> f64 {
    let a: f64 = x.windows(2).map(|w| w[0] * w[1]).sum();
    let b: f64 = x.chunks(n).map(|c| c.iter().product::<f64>()).sum();
    let c: f64 = x
        .chunks_exact(2)
        .zip(x.windows(3))
        .map(|(c, w)| c[1] * w[2] * w[0])
        .sum();
    let mut d = 1.0;
    for (i, w) in x.windows(n).enumerate().skip(1) {
        d = d * 0.5 + w[i % n] * w[0];
    }
    for w in x.chunks(n).rev() {
        let [first, ..] = w else { return d };
        d = d * first + w[w.len() - 1];
    }
    a * b + c * d
}

#[differentiable]
fn parts_changed_in_place(x: &mut [f64], k: f64) {
    for c in x.chunks_mut(2) {
        c[0] *= k;
        let t = c[0];
        c[c.len() - 1] += t * t;
    }
    x.chunks_exact_mut(3)
        .enumerate()
        .for_each(|(i, c)| c[i] = c[i] * c[2] + k);
}

#[differentiable]
fn headers(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    for v in x.iter().skip(1).take(n) {
        s = s * 0.5 + v * v;
    }
    for v in x.iter().rev().skip(n) {
        s = s * 0.5 + v.sin();
    }
    for (i, v) in x.iter().enumerate().rev().step_by(2) {
        s = s * 0.5 + v * i as f64;
    }
    for (i, (a, b)) in x.iter().zip(&x[1..]).rev().enumerate().take(n + 1) {
        s = s * 0.5 + a * b * b * i as f64;
    }
    for (a, b) in x
        .iter()
        .skip(1)
        .step_by(2)
        .zip(x[..2].iter().cycle().skip(1))
    {
        s = s * 0.5 + a * b;
    }
    for (i, v) in (2..9).step_by(3).zip(x.iter().rev().step_by(2).rev()) {
        s = s * 0.5 + v.powi(i);
    }
    s
}

#[differentiable]
fn chosen_and_unwrapped(x: &[f64]) -> f64 {
    let most = *x.iter().max_by(|a, b| a.total_cmp(b)).unwrap();
    let least = x
        .iter()
        .min_by(|a, b| a.partial_cmp(b).unwrap())
        .copied()
        .expect("some");
    let last = x.iter().last().unwrap();
    let second = x.iter().map(|v| v * v).nth(1).unwrap();
    let negative = x.iter().find(|v| **v < 0.0).unwrap_or(&x[0]);
    let reduced = x.iter().copied().reduce(|a, b| a * b + 1.0).unwrap();
    let found = x
        .iter()
        .find_map(|v| if *v > 0.4 { Some(v * v) } else { None })
        .unwrap_or(1.0);
    most * least + last * second + negative * reduced * found
}

/// Of equal items the last is the greatest and the first the least, as with the plain function.
#[differentiable]
fn ties(x: &[f64]) -> f64 {
    let (i, a) = x
        .iter()
        .copied()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap();
    let (j, b) = x
        .iter()
        .copied()
        .enumerate()
        .min_by(|p, q| p.1.total_cmp(&q.1))
        .unwrap();
    a * (i + 1) as f64 + b * (j + 1) as f64
}

#[differentiable]
fn places_of_the_chosen(x: &[f64]) -> f64 {
    let i = x
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map(|(i, _)| i)
        .unwrap();
    let j = x
        .iter()
        .enumerate()
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .unwrap()
        .0;
    x[i] * x[i] * x[j]
}

#[differentiable]
fn collected(x: &[f64], a: &[Vec<f64>]) -> f64 {
    let squares: Vec<f64> = x.iter().map(|v| v * v).collect();
    let rows = a
        .iter()
        .map(|r| r.iter().zip(x).map(|(a, b)| a * b).sum::<f64>())
        .collect::<Vec<_>>();
    let table: Vec<Vec<f64>> = (0..2)
        .map(|i| squares.iter().map(|v| v * rows[i]).collect())
        .collect();
    let positive = x.iter().copied().filter(|v| *v > 0.0).collect::<Vec<f64>>();
    let (p, q): (Vec<f64>, Vec<f64>) = positive.iter().map(|v| (v.sin(), v.cos())).unzip();
    table.iter().flatten().sum::<f64>() * p.iter().zip(&q).map(|(p, q)| p * q).sum::<f64>()
}

#[differentiable]
fn grown(x: &[f64], y: Vec<f64>) -> f64 {
    let mut all = vec![x[0]];
    all.extend(x.iter().map(|v| v * v));
    all.extend(x);
    all.extend(y.iter().rev());
    all.extend(&y);
    all.iter().fold(0.0, |s, v| s * 0.5 + v)
}

#[differentiable]
fn bound_to_names(x: &[f64], n: usize) -> f64 {
    let mut n = n;
    let squares = x.iter().map(|v| v * v).take(n);
    n = 0;
    let odd = (n..x.len()).filter(|i| i % 2 == 1);
    let mut s: f64 = squares.sum();
    for i in odd {
        s = s * x[i] + 1.0;
    }
    let mut rest = x.iter().skip(1);
    while let Some(v) = rest.next() {
        s *= v;
    }
    s
}

#[differentiable]
fn results(x: &[f64], k: f64) -> Vec<f64> {
    x.iter().map(|v| v * k).collect()
}

programs! {
    parts_of_slices { x: slice = vector(7, 25), n: konst = 3 };
    vector parts_changed_in_place { x: inout = vector(7, 26), k: val = 0.7 };
    headers { x: slice = vector(7, 27), n: konst = 2 };
    chosen_and_unwrapped { x: slice = vec![0.5, -0.3, -0.9, 1.2, 0.7] };
    ties { x: slice = vec![0.5, 1.5, -0.5, 1.25] } exact [vec![0.0, 2.0, 3.0, 0.0]];
    places_of_the_chosen { x: slice = vec![0.5, 1.5, -0.5] } exact [vec![0.0, -1.5, 2.25]];
    collected { x: slice = vector(3, 28), a: slice = vec![vector(3, 29), vector(3, 30)] };
    grown { x: slice = vector(3, 31), y: val = vector(2, 32) };
    bound_to_names { x: slice = vector(4, 33), n: konst = 2 };
    vector results { x: slice = vector(3, 34), k: val = 0.6 };
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
