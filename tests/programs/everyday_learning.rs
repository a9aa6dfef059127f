//! Everyday code of learning and finance as its authors write it, with no concession to us.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::f64::consts::PI;

#[derive(Clone, Debug, Differentiable)]
struct Adam {
    m: Vec<f64>,
    v: Vec<f64>,
    lr: f64,
}
#[differentiable]
impl Adam {
    fn step(&mut self, params: &mut [f64], grads: &[f64], #[constant] t: i32) {
        let (b1, b2, eps) = (0.9, 0.999, 1e-8);
        for ((p, g), (m, v)) in params
            .iter_mut()
            .zip(grads)
            .zip(self.m.iter_mut().zip(self.v.iter_mut()))
        {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
            let m_hat = *m / (1.0 - f64::powi(b1, t));
            let v_hat = *v / (1.0 - f64::powi(b2, t));
            *p -= self.lr * m_hat / (v_hat.sqrt() + eps);
        }
    }
}

#[differentiable]
pub fn softmax(logits: &[f64]) -> Vec<f64> {
    let max = logits.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    let exps: Vec<f64> = logits.iter().map(|&l| (l - max).exp()).collect();
    let total: f64 = exps.iter().sum();
    exps.into_iter().map(|e| e / total).collect()
}
#[differentiable]
fn cross_entropy(logits: &[Vec<f64>], labels: &[usize]) -> f64 {
    let n = logits.len() as f64;
    logits
        .iter()
        .zip(labels)
        .map(|(row, &label)| -softmax(row)[label].max(1e-12).ln())
        .sum::<f64>()
        / n
}

#[derive(Clone, Debug, Differentiable)]
struct Dense {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
}
#[differentiable]
impl Dense {
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        self.w
            .iter()
            .zip(&self.b)
            .map(|(row, b)| row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b)
            .collect()
    }
}
#[derive(Clone, Debug, Differentiable)]
struct Mlp {
    layers: Vec<Dense>,
}
#[differentiable]
impl Mlp {
    fn predict(&self, x: &[f64]) -> f64 {
        let mut h = x.to_vec();
        for (i, layer) in self.layers.iter().enumerate() {
            h = layer.forward(&h);
            if i + 1 < self.layers.len() {
                h.iter_mut().for_each(|v| *v = v.max(0.0));
            }
        }
        h[0]
    }
    fn loss(&self, data: &[(Vec<f64>, f64)]) -> f64 {
        data.iter()
            .map(|(x, y)| (self.predict(x) - y).powi(2))
            .sum::<f64>()
            / data.len() as f64
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Call,
    Put,
}
#[differentiable]
fn norm_cdf(x: f64) -> f64 {
    let k = 1.0 / (1.0 + 0.2316419 * x.abs());
    let poly = [
        1.330274429,
        -1.821255978,
        1.781477937,
        -0.356563782,
        0.319381530,
    ]
    .iter()
    .fold(0.0, |acc, c| acc * k + c)
        * k;
    let tail = poly * (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
    if x >= 0.0 { 1.0 - tail } else { tail }
}
#[differentiable]
fn black_scholes(#[constant] kind: Kind, s: f64, k: f64, r: f64, sigma: f64, t: f64) -> f64 {
    let d1 = ((s / k).ln() + (r + sigma * sigma / 2.0) * t) / (sigma * t.sqrt());
    let d2 = d1 - sigma * t.sqrt();
    match kind {
        Kind::Call => s * norm_cdf(d1) - k * (-r * t).exp() * norm_cdf(d2),
        Kind::Put => k * (-r * t).exp() * norm_cdf(-d2) - s * norm_cdf(-d1),
    }
}

#[differentiable]
fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    match xs.iter().position(|&v| v >= x) {
        None => *ys.last().unwrap(),
        Some(0) => ys[0],
        Some(i) => {
            let w = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
            ys[i - 1] * (1.0 - w) + ys[i] * w
        }
    }
}
#[differentiable]
fn bond(rates: &[f64], #[constant] tenors: &[f64], coupon: f64, years: u32) -> f64 {
    let pv = |t: f64, amount: f64| amount * (-interpolate(tenors, rates, t) * t).exp();
    let coupons: f64 = (1..=years).map(|y| pv(y as f64, coupon)).sum();
    coupons + pv(years as f64, 100.0)
}

#[differentiable]
fn npv(rate: f64, flows: &[(f64, f64)]) -> f64 {
    flows
        .iter()
        .map(|&(t, amount)| amount / (1.0 + rate).powf(t))
        .sum()
}
#[differentiable]
fn irr(flows: &[(f64, f64)]) -> Option<f64> {
    let mut rate = 0.1;
    for _ in 0..50 {
        let f = npv(rate, flows);
        let h = 1e-6;
        let df = (npv(rate + h, flows) - f) / h;
        if df.abs() < 1e-12 {
            return None;
        }
        let next = rate - f / df;
        if (next - rate).abs() < 1e-10 {
            return Some(next);
        }
        rate = next;
    }
    None
}

#[differentiable]
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for col in 0..n {
        let pivot = (col..n).max_by(|&i, &j| a[i][col].abs().total_cmp(&a[j][col].abs()))?;
        if a[pivot][col].abs() < 1e-12 {
            return None;
        }
        a.swap(col, pivot);
        b.swap(col, pivot);
        for row in col + 1..n {
            let factor = a[row][col] / a[col][col];
            for k in col..n {
                let t = a[col][k];
                a[row][k] -= factor * t;
            }
            b[row] -= factor * b[col];
        }
    }
    let mut x = vec![0.0; n];
    for row in (0..n).rev() {
        let tail: f64 = (row + 1..n).map(|k| a[row][k] * x[k]).sum();
        x[row] = (b[row] - tail) / a[row][row];
    }
    Some(x)
}
#[differentiable]
fn polyfit(xs: &[f64], ys: &[f64], degree: usize) -> Option<Vec<f64>> {
    let powers: Vec<Vec<f64>> = xs
        .iter()
        .map(|&x| (0..=degree).map(|p| x.powi(p as i32)).collect())
        .collect();
    let ata: Vec<Vec<f64>> = (0..=degree)
        .map(|i| {
            (0..=degree)
                .map(|j| powers.iter().map(|r| r[i] * r[j]).sum())
                .collect()
        })
        .collect();
    let atb: Vec<f64> = (0..=degree)
        .map(|i| powers.iter().zip(ys).map(|(r, y)| r[i] * y).sum())
        .collect();
    solve(ata, atb)
}

#[differentiable]
fn rbf(xs: &[Vec<f64>], length: f64, variance: f64) -> Vec<Vec<f64>> {
    xs.iter()
        .map(|a| {
            xs.iter()
                .map(|b| {
                    let d2: f64 = a.iter().zip(b).map(|(p, q)| (p - q).powi(2)).sum();
                    variance * (-0.5 * d2 / (length * length)).exp()
                })
                .collect()
        })
        .collect()
}

#[differentiable]
fn kmeans(points: &[[f64; 2]], centers: &[[f64; 2]]) -> f64 {
    points
        .iter()
        .map(|p| {
            centers
                .iter()
                .map(|c| (p[0] - c[0]).powi(2) + (p[1] - c[1]).powi(2))
                .fold(f64::INFINITY, f64::min)
        })
        .sum()
}

#[differentiable]
fn welford(xs: &[f64]) -> (f64, f64) {
    let (mut mean, mut m2, mut n) = (0.0, 0.0, 0);
    for &x in xs {
        n += 1;
        let delta = x - mean;
        mean += delta / n as f64;
        m2 += delta * (x - mean);
    }
    (mean, m2 / (n - 1) as f64)
}

#[differentiable]
fn trained(params: &[f64], grads: &[f64], lr: f64) -> f64 {
    let mut adam = Adam {
        m: vec![0.1; params.len()],
        v: vec![0.2; params.len()],
        lr,
    };
    let mut p = params.to_vec();
    for t in 1..4 {
        adam.step(&mut p, grads, t);
    }
    p.iter().map(|v| v * v).sum()
}

#[differentiable]
fn fitted(w: &[f64], b: f64, x: &[f64]) -> f64 {
    let layer = Dense {
        w: w.chunks(2).map(|r| r.to_vec()).collect(),
        b: vec![b, 2.0 * b],
    };
    let net = Mlp {
        layers: vec![layer.clone(), layer],
    };
    let data = [(x.to_vec(), 0.3), (vec![0.5, x[0]], -0.4)];
    net.loss(&data)
}

#[differentiable]
fn internal_rate(a: f64, b: f64) -> f64 {
    irr(&[(0.0, -100.0), (1.0, a), (2.0, b)]).unwrap_or(0.0)
}

#[differentiable]
fn fitted_curve(ys: &[f64], x: f64) -> Option<f64> {
    let c = polyfit(&[0.0, 0.5, x, 2.0], ys, 2)?;
    Some(c.iter().sum::<f64>() * c[2])
}

#[differentiable]
fn covariance(a: &[f64], length: f64, variance: f64) -> f64 {
    let xs: Vec<Vec<f64>> = a.chunks(2).map(<[f64]>::to_vec).collect();
    rbf(&xs, length, variance).iter().flatten().sum()
}

programs! {
    trained { params: slice = vector(3, 1), grads: slice = vector(3, 2), lr: val = 0.1 };
    vector softmax { logits: slice = vector(4, 3) };
    cross_entropy { logits: slice = vec![vector(3, 4), vector(3, 5)], labels: konst_slice = [0, 2] };
    fitted { w: slice = positive(4, 6), b: val = 0.3, x: slice = positive(2, 7) };
    black_scholes { kind: konst = Kind::Call, s: val = 100.0, k: val = 95.0, r: val = 0.03, sigma: val = 0.2, t: val = 0.7 };
    bond { rates: slice = positive(3, 8), tenors: konst_slice = [1.0, 2.0, 5.0], coupon: val = 3.0, years: konst = 4 };
    internal_rate { a: val = 60.0, b: val = 65.0 };
    fallible fitted_curve { ys: slice = vector(4, 11), x: val = 1.2 };
    covariance { a: slice = vector(6, 12), length: val = 0.8, variance: val = 1.3 };
    kmeans { points: slice = vec![array(13), array(14), array(15)], centers: slice = vec![array(16), array(17)] };
    vector welford { xs: slice = vector(4, 18) };
}
