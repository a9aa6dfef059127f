//! Everyday code of tracking, simulation and images as its authors write it, with no concession to us.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::f64::consts::PI;

#[derive(Clone, Copy, Debug, Default, PartialEq, Differentiable)]
pub struct V3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}
#[differentiable]
impl std::ops::Add for V3 {
    type Output = V3;
    fn add(self, o: V3) -> V3 {
        V3 {
            x: self.x + o.x,
            y: self.y + o.y,
            z: self.z + o.z,
        }
    }
}
#[differentiable]
impl std::ops::Sub for V3 {
    type Output = V3;
    fn sub(self, o: V3) -> V3 {
        V3 {
            x: self.x - o.x,
            y: self.y - o.y,
            z: self.z - o.z,
        }
    }
}
#[differentiable]
impl std::ops::Mul<f64> for V3 {
    type Output = V3;
    fn mul(self, k: f64) -> V3 {
        V3 {
            x: self.x * k,
            y: self.y * k,
            z: self.z * k,
        }
    }
}
#[differentiable]
impl V3 {
    pub fn dot(self, o: V3) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
    pub fn norm(self) -> f64 {
        self.dot(self).sqrt()
    }
}
#[derive(Clone, Debug, Differentiable)]
struct Body {
    pos: V3,
    vel: V3,
    mass: f64,
}
#[differentiable]
fn energy(bodies: &[Body]) -> f64 {
    let kinetic: f64 = bodies.iter().map(|b| 0.5 * b.mass * b.vel.dot(b.vel)).sum();
    let potential: f64 = bodies
        .iter()
        .enumerate()
        .flat_map(|(i, a)| {
            bodies[i + 1..]
                .iter()
                .map(move |b| -a.mass * b.mass / (a.pos - b.pos).norm())
        })
        .sum();
    kinetic + potential
}
#[differentiable]
fn leapfrog(bodies: &mut [Body], dt: f64, steps: usize) {
    for _ in 0..steps {
        let acc: Vec<V3> = bodies
            .iter()
            .enumerate()
            .map(|(i, a)| {
                bodies.iter().enumerate().filter(|(j, _)| *j != i).fold(
                    V3::default(),
                    |sum, (_, b)| {
                        let d = b.pos - a.pos;
                        let r2 = d.dot(d) + 1e-3;
                        sum + d * (b.mass / (r2 * r2.sqrt()))
                    },
                )
            })
            .collect();
        for (b, a) in bodies.iter_mut().zip(&acc) {
            b.vel = b.vel + *a * dt;
            b.pos = b.pos + b.vel * dt;
        }
    }
}

#[derive(Clone, Copy, Differentiable)]
struct State {
    mean: f64,
    var: f64,
}
#[differentiable]
fn kalman(obs: &[Option<f64>], q: f64, r: f64) -> f64 {
    let init = State {
        mean: 0.0,
        var: 1.0,
    };
    let (_, loglik) = obs.iter().fold((init, 0.0), |(s, ll), z| {
        let pred = State {
            mean: s.mean,
            var: s.var + q,
        };
        match z {
            Some(z) => {
                let innov = z - pred.mean;
                let sv = pred.var + r;
                let k = pred.var / sv;
                (
                    State {
                        mean: pred.mean + k * innov,
                        var: (1.0 - k) * pred.var,
                    },
                    ll - 0.5 * ((2.0 * PI * sv).ln() + innov * innov / sv),
                )
            }
            None => (pred, ll),
        }
    });
    loglik
}

#[differentiable]
fn logsumexp(x: &[f64]) -> f64 {
    let m = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if m.is_infinite() {
        return m;
    }
    m + x.iter().map(|v| (v - m).exp()).sum::<f64>().ln()
}
#[differentiable]
fn hmm(init: &[f64], trans: &[Vec<f64>], emit: &[Vec<f64>], obs: &[usize]) -> f64 {
    let mut alpha: Vec<f64> = init
        .iter()
        .zip(emit)
        .map(|(p, e)| p.ln() + e[obs[0]].ln())
        .collect();
    for &o in &obs[1..] {
        alpha = (0..init.len())
            .map(|j| {
                let terms: Vec<f64> = alpha
                    .iter()
                    .zip(trans)
                    .map(|(a, row)| a + row[j].ln())
                    .collect();
                logsumexp(&terms) + emit[j][o].ln()
            })
            .collect();
    }
    logsumexp(&alpha)
}

#[derive(Clone, Debug, Differentiable)]
struct Image {
    data: Vec<f64>,
    #[constant]
    width: usize,
    #[constant]
    height: usize,
}
#[differentiable]
impl Image {
    fn get(&self, x: isize, y: isize) -> f64 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.data[y * self.width + x]
    }
    fn sample(&self, u: f64, v: f64) -> f64 {
        let (x, y) = (u.floor(), v.floor());
        let (fx, fy) = (u - x, v - y);
        let (x, y) = (x as isize, y as isize);
        let top = self.get(x, y) * (1.0 - fx) + self.get(x + 1, y) * fx;
        let bottom = self.get(x, y + 1) * (1.0 - fx) + self.get(x + 1, y + 1) * fx;
        top * (1.0 - fy) + bottom * fy
    }
    fn blur(&self, kernel: &[f64]) -> Image {
        let r = kernel.len() as isize / 2;
        let data = (0..self.height as isize)
            .flat_map(|y| (0..self.width as isize).map(move |x| (x, y)))
            .map(|(x, y)| {
                kernel
                    .iter()
                    .enumerate()
                    .map(|(i, k)| k * self.get(x + i as isize - r, y))
                    .sum()
            })
            .collect();
        Image { data, ..*self }
    }
}

struct Lcg(u64);
impl Lcg {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
#[differentiable]
fn monte_carlo(s0: f64, mu: f64, sigma: f64, strike: f64, paths: usize, steps: usize) -> f64 {
    let mut rng = Lcg(42);
    let dt = 1.0 / steps as f64;
    let payoffs: Vec<f64> = (0..paths)
        .map(|_| {
            let terminal = (0..steps).fold(s0, |s, _| {
                let z = (-2.0 * rng.next().max(1e-12).ln()).sqrt() * (2.0 * PI * rng.next()).cos();
                s * ((mu - 0.5 * sigma * sigma) * dt + sigma * dt.sqrt() * z).exp()
            });
            (terminal - strike).max(0.0)
        })
        .collect();
    payoffs.iter().sum::<f64>() / payoffs.len() as f64
}

#[differentiable]
fn flown(x: &[f64], m: f64) -> f64 {
    let mut bodies: Vec<Body> = x
        .chunks_exact(3)
        .enumerate()
        .map(|(i, c)| Body {
            pos: V3 {
                x: c[0],
                y: c[1],
                z: c[2],
            },
            vel: V3 {
                x: c[1],
                y: 0.1 * i as f64,
                z: -c[0],
            },
            mass: m * (i as f64 + 1.0),
        })
        .collect();
    leapfrog(&mut bodies, 0.05, 3);
    energy(&bodies)
}

#[differentiable]
fn tracked(a: f64, b: f64, q: f64, r: f64) -> f64 {
    kalman(&[Some(a), None, Some(b), Some(a * b)], q, r)
}

#[differentiable]
fn heard(p: f64, e: f64) -> f64 {
    let trans = vec![vec![p, 1.0 - p], vec![0.3, 0.7]];
    let emit = vec![vec![e, 1.0 - e], vec![0.2, 0.8]];
    hmm(&[0.5, 0.5], &trans, &emit, &[0, 1, 1, 0])
}

#[differentiable]
fn seen(data: &[f64], u: f64, v: f64, k: f64) -> f64 {
    let image = Image {
        data: data.to_vec(),
        width: 3,
        height: 2,
    };
    image.blur(&[k, 1.0 - 2.0 * k, k]).sample(u, v)
}

programs! {
    flown { x: slice = vector(9, 9), m: val = 0.7 };
    tracked { a: val = 0.4, b: val = -0.2, q: val = 0.3, r: val = 0.5 };
    heard { p: val = 0.6, e: val = 0.7 };
    seen { data: slice = vector(6, 10), u: val = 0.4, v: val = 0.3, k: val = 0.2 };
    monte_carlo { s0: val = 1.0, mu: val = 0.05, sigma: val = 0.2, strike: val = 0.9, paths: konst = 5, steps: konst = 3 };
}
