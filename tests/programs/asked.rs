//! Methods of the user's own in conditions, guards, assertions, bounds and indices, of values that change: the question
//! is asked through a shared borrow. And collections whose type has another name.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::ops::{Add, Mul};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Complex {
    re: f64,
    im: f64,
}

#[derive(Clone, Copy, PartialEq, Differentiable)]
enum Half {
    Left,
    Right,
}

#[differentiable]
impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Complex {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }
}

#[differentiable]
impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

#[differentiable]
impl Complex {
    fn norm_sqr(&self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    fn is_upper(self) -> bool {
        self.im > 0.0
    }

    fn ring(&self) -> usize {
        self.norm_sqr() as usize
    }

    fn half(&self) -> Half {
        if self.re > 0.0 {
            Half::Right
        } else {
            Half::Left
        }
    }

    fn turn(&mut self) {
        *self = Complex {
            re: -self.im,
            im: self.re,
        };
    }
}

/// The distance of the Mandelbrot iteration, as it is written everywhere.
#[differentiable]
fn escape(re: f64, im: f64) -> f64 {
    let c = Complex { re, im };
    let mut z = Complex { re: 0.0, im: 0.0 };
    let mut n = 0;
    while z.norm_sqr() < 4.0 && n < 12 {
        z = z * z + c;
        n += 1;
        assert!(z.norm_sqr() >= 0.0, "ring {}", z.ring());
        if !z.is_upper() || z.half() == Half::Left && n % 3 == 0 {
            z.turn();
        }
    }
    z.norm_sqr().ln() + n as f64 * re
}

/// In guards, in bounds and indices, of elements and of what a tuple holds.
#[differentiable]
fn asked_everywhere(x: &[f64], y: f64) -> f64 {
    let weights = [0.5, 0.25, 2.0, 1.5];
    let mut zs: Vec<Complex> = x.iter().map(|v| Complex { re: *v, im: y }).collect();
    let mut held = (y, Complex { re: y, im: x[0] });
    let mut sum = 0.0;
    for i in 0..zs.len() {
        for _ in 0..zs[i].ring() + 1 {
            zs[i].re *= y;
        }
        sum += match zs[i].re {
            re if zs[i].is_upper() && zs[i].norm_sqr() > 0.5 => re * re,
            re => re * y,
        };
        sum += weights[held.1.ring() % 4] * held.1.im;
        let turned = held.1.norm_sqr() < 3.0 && !zs[0].is_upper();
        if turned || held.1.half() == Half::Right {
            held.1.turn();
            held.0 += sum;
        }
    }
    sum * held.0 + held.1.re
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Swarm {
    points: Vec<Complex>,
    #[constant]
    steps: usize,
}

#[differentiable]
impl Swarm {
    fn energy(&self) -> f64 {
        self.points.iter().map(|p| p.norm_sqr()).sum()
    }

    fn step(&mut self, dt: f64) {
        for p in self.points.iter_mut() {
            if p.norm_sqr() > 0.2 && p.is_upper() {
                p.re *= 1.0 - dt;
            }
            if p.half() == Half::Right {
                p.turn();
            }
            p.im += dt * p.re;
        }
        self.steps += 1;
    }

    fn run(&mut self, dt: f64) -> f64 {
        while self.energy() > 0.5 && self.steps < 6 {
            self.step(dt);
        }
        self.energy()
    }
}

#[differentiable]
fn swarm(x: &[f64], dt: f64) -> f64 {
    let points = x
        .chunks(2)
        .map(|c| Complex { re: c[0], im: c[1] })
        .collect();
    let mut swarm = Swarm { points, steps: 0 };
    swarm.run(dt) + swarm.points[0].re
}

type Row = Vec<f64>;
type Matrix = Vec<Row>;

#[differentiable]
fn transposed(m: &Matrix) -> Matrix {
    (0..m[0].len())
        .map(|j| m.iter().map(|row| row[j]).collect())
        .collect()
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Layer {
    weights: Matrix,
    bias: Row,
}

#[differentiable]
impl Layer {
    fn forward(&self, x: &Row) -> Row {
        self.weights
            .iter()
            .zip(&self.bias)
            .map(|(row, b)| b + row.iter().zip(x).map(|(w, v)| w * v).sum::<f64>())
            .collect()
    }
}

/// Types under other names, of a `let`, of a result, of a field and behind `::`.
#[differentiable]
fn under_other_names(x: &[f64], y: f64) -> f64 {
    let m: Matrix = x.chunks(2).map(|c| c.to_vec()).collect();
    let t = transposed(&m);
    let layer = Layer {
        weights: t
            .iter()
            .map(|row| row.iter().map(|v| v * y).collect())
            .collect(),
        bias: x.iter().take(2).copied().collect(),
    };
    let z = layer.forward(&m.iter().map(|row| row[0] * row[1]).collect::<Row>());
    z.iter().map(|v| v.sin()).sum()
}

programs! {
    escape { re: val = 0.4, im: val = 0.35 };
    asked_everywhere { x: slice = vec![0.9, -0.4, 1.3], y: val = 1.1 };
    swarm { x: slice = vec![1.0, 0.5, 0.3, 0.7], dt: val = 0.1 };
    under_other_names { x: slice = vec![0.4, 0.3, 0.2, 0.7], y: val = 1.2 };
}
