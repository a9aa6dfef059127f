//! Everyday code of statistics, graphics, geometry and optimisation as its authors write it, with no concession to us.

use super::everyday_learning::softmax;
use super::everyday_simulation::V3;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::f64::consts::PI;

#[differentiable]
fn drawdown(prices: &[f64]) -> f64 {
    prices
        .iter()
        .scan(f64::MIN, |peak, &p| {
            *peak = peak.max(p);
            Some((*peak - p) / *peak)
        })
        .fold(0.0, f64::max)
}
#[differentiable]
fn ema(xs: &[f64], alpha: f64) -> Vec<f64> {
    let mut out = Vec::with_capacity(xs.len());
    let mut state = *xs.first().expect("empty");
    for x in xs.iter() {
        state = alpha * x + (1.0 - alpha) * state;
        out.push(state);
    }
    out
}
#[differentiable]
fn sharpe(prices: &[f64]) -> f64 {
    let returns: Vec<f64> = prices.windows(2).map(|w| w[1] / w[0] - 1.0).collect();
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    let var = returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / var.sqrt()
}

#[differentiable]
fn quantile(xs: &[f64], #[constant] q: f64) -> f64 {
    let mut sorted = xs.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let pos = q * (sorted.len() - 1) as f64;
    let (lo, hi) = (pos.floor() as usize, pos.ceil() as usize);
    sorted[lo] + (sorted[hi] - sorted[lo]) * (pos - lo as f64)
}
#[differentiable]
fn trimmed_mean(xs: &[f64], k: usize) -> f64 {
    let mut v = xs.to_vec();
    v.sort_unstable_by(f64::total_cmp);
    let kept = &v[k..v.len() - k];
    kept.iter().sum::<f64>() / kept.len() as f64
}
#[differentiable]
fn mad(xs: &[f64]) -> f64 {
    let m = quantile(xs, 0.5);
    let dev: Vec<f64> = xs.iter().map(|x| (x - m).abs()).collect();
    quantile(&dev, 0.5)
}

#[derive(Clone, Copy, Differentiable)]
struct Sphere {
    center: V3,
    radius: f64,
    albedo: f64,
}
#[differentiable]
fn hit(s: &Sphere, o: V3, d: V3) -> Option<f64> {
    let oc = o - s.center;
    let b = oc.dot(d);
    let disc = b * b - (oc.dot(oc) - s.radius * s.radius);
    (disc > 0.0).then(|| -b - disc.sqrt()).filter(|t| *t > 1e-4)
}
#[differentiable]
fn shade(spheres: &[Sphere], o: V3, d: V3, light: V3) -> f64 {
    let nearest = spheres
        .iter()
        .filter_map(|s| hit(s, o, d).map(|t| (t, *s)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((t, s)) => {
            let p = o + d * t;
            let n = (p - s.center) * (1.0 / s.radius);
            s.albedo * n.dot(light).max(0.0)
        }
        None => 0.1,
    }
}

#[differentiable]
fn bisect(f: impl Fn(f64) -> f64, mut lo: f64, mut hi: f64) -> Result<f64, String> {
    if f(lo) * f(hi) > 0.0 {
        return Err("no sign change".into());
    }
    while hi - lo > 1e-13 {
        let mid = 0.5 * (lo + hi);
        if f(lo) * f(mid) <= 0.0 {
            hi = mid
        } else {
            lo = mid
        }
    }
    let x = 0.5 * (lo + hi);
    Ok(x)
}

#[differentiable]
fn descend(target: &[f64], lr: f64, steps: usize) -> f64 {
    let mut x = vec![0.0; target.len()];
    let loss = |x: &[f64]| -> f64 { x.iter().zip(target).map(|(a, b)| (a - b).powi(2)).sum() };
    for _ in 0..steps {
        let g: Vec<f64> = x.iter().zip(target).map(|(a, b)| 2.0 * (a - b)).collect();
        x.iter_mut().zip(&g).for_each(|(x, g)| *x -= lr * g);
    }
    loss(&x)
}

#[differentiable]
fn horner(c: &[f64], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |acc, &c| acc * x + c)
}

#[differentiable]
fn attention(q: &[Vec<f64>], k: &[Vec<f64>], v: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let scale = 1.0 / (k[0].len() as f64).sqrt();
    q.iter()
        .map(|q| {
            let scores: Vec<f64> = k
                .iter()
                .map(|k| q.iter().zip(k).map(|(a, b)| a * b).sum::<f64>() * scale)
                .collect();
            let weights = softmax(&scores);
            (0..v[0].len())
                .map(|j| weights.iter().zip(v).map(|(w, row)| w * row[j]).sum())
                .collect()
        })
        .collect()
}

#[differentiable]
fn rk4<const N: usize>(
    f: impl Fn(f64, [f64; N]) -> [f64; N],
    y0: [f64; N],
    h: f64,
    n: usize,
) -> [f64; N] {
    let axpy =
        |a: f64, x: [f64; N], y: [f64; N]| -> [f64; N] { std::array::from_fn(|i| y[i] + a * x[i]) };
    (0..n).fold(y0, |y, step| {
        let t = step as f64 * h;
        let k1 = f(t, y);
        let k2 = f(t + h / 2.0, axpy(h / 2.0, k1, y));
        let k3 = f(t + h / 2.0, axpy(h / 2.0, k2, y));
        let k4 = f(t + h, axpy(h, k3, y));
        std::array::from_fn(|i| y[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
    })
}
#[differentiable]
fn predator(a: f64, b: f64, y0: [f64; 2]) -> f64 {
    let end = rk4(|_t, [x, y]| [a * x - b * x * y, b * x * y - y], y0, 0.1, 20);
    end.iter().sum()
}

#[derive(Clone, Copy, PartialEq)]
enum Act {
    Relu,
    Tanh,
    Gelu,
}
#[differentiable]
fn activate(#[constant] act: Act, x: f64) -> f64 {
    match act {
        Act::Relu => x.max(0.0),
        Act::Tanh => x.tanh(),
        Act::Gelu => 0.5 * x * (1.0 + (0.7978845608 * (x + 0.044715 * x.powi(3))).tanh()),
    }
}
#[differentiable]
fn network(x: &[f64], #[constant] act: Act) -> f64 {
    let f = match act {
        Act::Relu => relu,
        Act::Tanh => f64::tanh,
        Act::Gelu => gelu,
    };
    x.iter().copied().map(f).sum::<f64>() + x.iter().map(|&x| activate(act, x)).product::<f64>()
}
#[differentiable]
fn relu(x: f64) -> f64 {
    x.max(0.0)
}
#[differentiable]
fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + (0.7978845608 * x).tanh())
}

#[differentiable]
fn dtw(a: &[f64], b: &[f64]) -> f64 {
    let mut prev: Vec<f64> = std::iter::once(0.0)
        .chain(std::iter::repeat(f64::INFINITY).take(b.len()))
        .collect();
    for x in a {
        let mut row = vec![f64::INFINITY];
        for (j, y) in b.iter().enumerate() {
            let best = prev[j].min(prev[j + 1]).min(row[j]);
            row.push((x - y).abs() + best);
        }
        prev = row;
    }
    prev[b.len()]
}

#[differentiable]
fn power_iteration(m: &[Vec<f64>], iters: usize) -> f64 {
    let mut v = vec![1.0; m.len()];
    let mut lambda = 0.0;
    for _ in 0..iters {
        let w: Vec<f64> = m
            .iter()
            .map(|row| row.iter().zip(v.iter()).map(|(a, b)| a * b).sum())
            .collect();
        lambda = w.iter().map(|x| x * x).sum::<f64>().sqrt();
        v = w.iter().map(|x| x / lambda).collect();
    }
    lambda
}

#[differentiable]
fn logistic(w: &[f64], bias: f64, xs: &[f64], ys: &[bool]) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    xs.chunks_exact(w.len())
        .zip(ys)
        .map(|(x, &y)| {
            let p = sigmoid(x.iter().zip(w).map(|(a, b)| a * b).sum::<f64>() + bias);
            if y { -p.ln() } else { -(1.0 - p).ln() }
        })
        .sum::<f64>()
        / ys.len() as f64
        + 0.01 * w.iter().map(|w| w * w).sum::<f64>()
}

#[differentiable]
fn convolve(x: &[f64], k: &[f64]) -> Vec<f64> {
    x.windows(k.len())
        .map(|w| w.iter().zip(k.iter().rev()).map(|(a, b)| a * b).sum())
        .collect()
}
#[differentiable]
fn pooled(x: &[f64]) -> f64 {
    x.chunks(3)
        .map(|c| c.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        .map(|m| m * m)
        .sum()
}

#[derive(Clone, Debug, Differentiable)]
enum Shape {
    Circle(f64),
    Rect { w: f64, h: f64 },
    Poly(Vec<(f64, f64)>),
}
#[differentiable]
impl Shape {
    fn area(&self) -> f64 {
        match self {
            Shape::Circle(r) => PI * r * r,
            Shape::Rect { w, h } => w * h,
            Shape::Poly(pts) => {
                let n = pts.len();
                0.5 * (0..n)
                    .map(|i| {
                        let (x1, y1) = pts[i];
                        let (x2, y2) = pts[(i + 1) % n];
                        x1 * y2 - x2 * y1
                    })
                    .sum::<f64>()
                    .abs()
            }
        }
    }
}
#[differentiable]
fn total_area(shapes: &[Shape]) -> f64 {
    shapes.iter().map(Shape::area).sum()
}
#[differentiable]
fn shoelace(pts: &[(f64, f64)]) -> f64 {
    pts.iter()
        .zip(pts.iter().cycle().skip(1))
        .map(|(&(x1, y1), &(x2, y2))| x1 * y2 - x2 * y1)
        .sum::<f64>()
        * 0.5
}

#[differentiable]
fn portfolio(w: &[f64], returns: &[Vec<f64>], risk: f64) -> f64 {
    let total: f64 = w.iter().map(|x| x.exp()).sum();
    let weights: Vec<_> = w.iter().map(|x| x.exp() / total).collect();
    let daily: Vec<f64> = returns
        .iter()
        .map(|day| day.iter().zip(&weights).map(|(r, w)| r * w).sum())
        .collect();
    let mean = daily.iter().sum::<f64>() / daily.len() as f64;
    let variance = daily.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / daily.len() as f64;
    mean - risk * variance
}

#[differentiable]
fn rendered(r: f64, a: f64, x: f64) -> f64 {
    let spheres = [
        Sphere {
            center: V3 { x, y: 0.0, z: 3.0 },
            radius: r,
            albedo: a,
        },
        Sphere {
            center: V3 {
                x: 0.2,
                y: 0.1,
                z: 5.0,
            },
            radius: 2.0 * r,
            albedo: 0.5,
        },
    ];
    let d = V3 {
        x: 0.0,
        y: 0.0,
        z: 1.0,
    };
    shade(
        &spheres,
        V3::default(),
        d,
        V3 {
            x: 0.0,
            y: 0.3,
            z: -0.9,
        },
    )
}

#[differentiable]
fn halved(k: f64) -> Result<f64, String> {
    let x = bisect(|x| x * x - k, 0.0, 3.0)?;
    // One step of Newton's method carries the derivative that a bisection has not.
    Ok(x - (x * x - k) / (2.0 * x))
}

#[differentiable]
fn attended(x: &[f64]) -> f64 {
    let rows: Vec<Vec<f64>> = x.chunks(2).map(|c| c.to_vec()).collect();
    attention(&rows, &rows, &rows)
        .iter()
        .map(|r| r[0] * r[1])
        .sum()
}

#[differentiable]
fn measured(r: f64, w: f64, h: f64) -> f64 {
    let shapes = vec![
        Shape::Circle(r),
        Shape::Rect { w, h },
        Shape::Poly(vec![(0.0, 0.0), (w, 0.1), (r, h)]),
    ];
    total_area(&shapes) + shoelace(&[(0.0, 0.0), (w, 0.1), (r, h)])
}

#[differentiable]
fn dominant(x: &[f64]) -> f64 {
    power_iteration(&[x[..2].to_vec(), x[2..].to_vec()], 5)
}

#[differentiable]
fn allocated(w: &[f64], r: &[f64]) -> f64 {
    let days: Vec<Vec<f64>> = r.chunks(2).map(|d| d.to_vec()).collect();
    portfolio(w, &days, 0.5)
}

programs! {
    drawdown { prices: slice = positive(5, 1) };
    vector ema { xs: slice = vector(4, 2), alpha: val = 0.3 };
    sharpe { prices: slice = positive(5, 3) };
    quantile { xs: slice = vector(5, 4), q: konst = 0.3 };
    trimmed_mean { xs: slice = vector(6, 5), k: konst = 1 };
    mad { xs: slice = vector(6, 6) };
    rendered { r: val = 0.9, a: val = 0.7, x: val = 0.1 };
    fallible halved { k: val = 2.0 } exact [0.5 / k.sqrt()];
    descend { target: slice = vector(3, 7), lr: val = 0.1, steps: konst = 4 };
    horner { c: slice = vector(4, 8), x: val = 0.7 };
    attended { x: slice = vector(6, 9) };
    predator { a: val = 0.7, b: val = 0.4, y0: val = array(10) };
    network { x: slice = positive(3, 11), act: konst = Act::Gelu };
    dtw { a: slice = vector(3, 12), b: slice = vector(4, 13) };
    dominant { x: slice = positive(4, 14) };
    logistic { w: slice = vector(2, 15), bias: val = 0.2, xs: slice = vector(6, 16), ys: konst_slice = [true, false, true] };
    vector convolve { x: slice = vector(5, 17), k: slice = vector(2, 18) };
    pooled { x: slice = vector(7, 19) };
    measured { r: val = 1.2, w: val = 0.8, h: val = 0.7 };
    allocated { w: slice = vector(2, 20), r: slice = vector(6, 21) };
}
