//! What methods, traits and operators could break: receivers that change before and after, that are also arguments,
//! that are reached through other references; names that look like ours; early exits, recursion, options.

use crate::harness::{flat, programs, vector};
use pullback::{Differentiable, differentiable};
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct P {
    x: f64,
    y: f64,
}

#[differentiable]
impl Add for P {
    type Output = P;
    fn add(self, o: P) -> P {
        P {
            x: self.x + o.x,
            y: self.y + o.y,
        }
    }
}

#[differentiable]
impl Sub for P {
    type Output = P;
    fn sub(self, o: P) -> P {
        self + -o
    }
}

#[differentiable]
impl Neg for P {
    type Output = P;
    fn neg(self) -> P {
        P {
            x: -self.x,
            y: -self.y,
        }
    }
}

/// A product that is not commutative.
#[differentiable]
impl Mul for P {
    type Output = P;
    fn mul(self, o: P) -> P {
        P {
            x: self.x * o.x - 0.5 * self.y * o.y,
            y: self.x * o.y + self.y * o.x * o.x,
        }
    }
}

#[differentiable]
impl AddAssign<&P> for P {
    fn add_assign(&mut self, o: &P) {
        self.x += o.x;
        self.y += o.y;
    }
}

#[differentiable]
impl P {
    fn dot(self, o: P) -> f64 {
        self.x * o.x + self.y * o.y
    }

    fn mix(&self, o: &P, k: f64) -> P {
        *self * *o + P { x: k, y: k * k }
    }

    fn turn(&mut self, by: &P) -> f64 {
        let x = self.x * by.y - self.y;
        self.y = self.x * by.x;
        self.x = x;
        self.x.sin() * self.y
    }

    /// Gives a value on one path only.
    fn ratio(&self) -> Option<f64> {
        if self.y.abs() < 1e-3 {
            return None;
        }
        Some(self.x / self.y)
    }

    fn parts(self, k: f64) -> (f64, [f64; 2]) {
        (self.x * k, [self.y, self.x + self.y])
    }

    fn spread(&self, out: &mut [f64]) {
        for (i, o) in out.iter_mut().enumerate() {
            *o += self.x * i as f64 + self.y * *o;
        }
    }

    /// Named like an entry of ours.
    fn grad(&self, value: f64) -> f64 {
        self.x * value
    }

    fn tape(&mut self, self_value: f64) -> &'static str {
        self.x *= self_value;
        "no derivative"
    }

    fn deep(&mut self, n: usize) -> f64 {
        if n == 0 {
            return self.x * self.y;
        }
        self.x = self.x * 0.9 + self.y * 0.2;
        let below = self.deep(n - 1);
        self.y -= 0.1 * below;
        below + self.y
    }
}

#[differentiable]
fn receiver_is_argument(p: P, k: f64) -> f64 {
    let q = p.mix(&p, k);
    q.dot(q) + q.dot(p) * p.dot(p)
}

#[differentiable]
fn changed_before_and_after(p: P, q: P, k: f64) -> f64 {
    let mut a = p;
    let mut sum = a.mix(&q, k).dot(a);
    a.x *= k;
    sum += a.turn(&q);
    a = a.mix(&a, sum);
    a.y += sum;
    sum += a.turn(&p) * a.dot(q);
    a.x = 2.0;
    sum * a.x
}

#[differentiable]
fn changed_in_a_loop(p: P, q: P, n: usize) -> f64 {
    let mut a = p;
    let mut sum = 0.0;
    for i in 0..n {
        let before = a;
        if i == 3 {
            continue;
        }
        sum += a.turn(&q) * before.dot(a);
        if sum > 1e3 {
            return sum;
        }
        a = a.mix(&before, 0.3);
    }
    sum + a.x
}

#[differentiable]
fn operands_overwritten(p: P, q: P) -> f64 {
    let mut a = p;
    let mut b = q;
    for _ in 0..3 {
        let c = a * b;
        a = b - c;
        b = c * a;
        a += &b;
    }
    a.dot(b)
}

#[differentiable]
fn elements(points: &mut [P], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 1..points.len() {
        let before = points[i - 1];
        sum += points[i].turn(&before);
        points[i - 1].x = k * points[i].dot(before);
    }
    sum + points[0].mix(&points[1], k).x
}

#[differentiable]
fn lent_twice(p: &mut P, q: &mut P, k: f64) -> f64 {
    let a = &mut *p;
    let first = a.turn(q);
    let b = &mut *q;
    b.x += first * k;
    let second = b.turn(p);
    p.mix(q, second).y
}

#[differentiable]
fn options(p: P, q: P) -> Option<f64> {
    let first = p.ratio()?;
    let second = q.ratio().unwrap_or(0.5);
    Some(first * second + p.x)
}

#[differentiable]
fn results_taken_apart(p: P, k: f64) -> f64 {
    let (a, [b, c]) = p.parts(k);
    let (d, rest) = P { x: a, y: b }.parts(c);
    d * rest[0] + rest[1] * a
}

#[differentiable]
fn out_parameters(p: P, k: f64) -> f64 {
    let mut out = vec![k, 2.0 * k, 3.0];
    p.spread(&mut out);
    p.spread(&mut out[1..]);
    out[0] + out[1] * out[2]
}

#[differentiable]
fn names_like_ours(p: P, k: f64) -> f64 {
    let self_ = p.grad(k);
    let mut seed = p;
    let value = seed.tape(self_);
    assert!(!value.is_empty());
    let p_bar = seed.grad(seed.y);
    p_bar + self_
}

#[differentiable]
fn deep_recursion(p: P) -> f64 {
    let mut a = p;
    let first = a.deep(4);
    first * a.y + a.deep(0)
}

#[differentiable]
trait Stepper {
    fn derivative(&self, state: &[f64], out: &mut [f64]);

    fn step(&mut self, state: &mut [f64], dt: f64) -> f64 {
        let mut slope = vec![0.0; state.len()];
        self.derivative(state, &mut slope);
        for (s, d) in state.iter_mut().zip(&slope) {
            *s += dt * d;
        }
        self.adapt(slope[0]);
        slope[0] * dt
    }

    fn adapt(&mut self, by: f64);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Oscillator {
    k: f64,
    #[constant]
    steps: usize,
}

#[differentiable]
impl Stepper for Oscillator {
    fn derivative(&self, state: &[f64], out: &mut [f64]) {
        out[0] = state[1];
        out[1] = -self.k * state[0].sin();
    }

    fn adapt(&mut self, by: f64) {
        self.k *= 1.0 + 0.01 * by;
        self.steps += 1;
    }
}

#[differentiable]
fn through_a_trait<S: Stepper>(stepper: &mut S, state: &mut [f64], dt: f64) -> f64 {
    let mut sum = 0.0;
    for _ in 0..4 {
        sum += stepper.step(state, dt);
    }
    sum * state[0] + state[1]
}

#[differentiable]
fn with_an_oscillator(k: f64, x: f64, dt: f64) -> f64 {
    let mut oscillator = Oscillator { k, steps: 0 };
    let mut state = [x, 0.1];
    let sum = through_a_trait(&mut oscillator, &mut state, dt);
    sum + oscillator.k * state[1]
}

flat!(P { x, y });
flat!(Oscillator { k });

fn point(seed: u64) -> P {
    let v = vector(2, seed);
    P { x: v[0], y: v[1] }
}

/// A trait of functions alone: its types are names, and carry nothing.
#[differentiable]
pub trait Activation {
    fn apply(x: f64) -> f64;

    fn twice(x: f64) -> f64 {
        Self::apply(Self::apply(x))
    }
}

pub struct Leaky;

pub struct Squash;

#[differentiable]
impl Activation for Leaky {
    fn apply(x: f64) -> f64 {
        if x > 0.0 { x } else { 0.01 * x }
    }
}

#[differentiable]
impl Activation for Squash {
    fn apply(x: f64) -> f64 {
        x.tanh()
    }
}

#[differentiable]
fn layer<A: Activation>(x: &[f64]) -> f64 {
    x.iter().map(|v| A::apply(*v) * A::twice(*v)).sum()
}

#[differentiable]
fn layers_by_name(x: &[f64]) -> f64 {
    layer::<Leaky>(x) + x[0] * layer::<Squash>(x)
}

#[differentiable]
impl From<(f64, f64)> for P {
    fn from((x, y): (f64, f64)) -> Self {
        P { x: x * y, y: y - x }
    }
}

#[differentiable]
impl std::convert::TryFrom<f64> for P {
    type Error = &'static str;
    fn try_from(x: f64) -> Result<Self, Self::Error> {
        if x < 0.0 {
            return Err("negative");
        }
        Ok(P { x: x.sqrt(), y: x })
    }
}

#[differentiable]
fn conversions(x: f64, y: f64) -> f64 {
    let p = P::from((x, y));
    let q = match P::try_from(x) {
        Ok(q) => q,
        Err(_) => p,
    };
    p.x * q.y + q.x * p.y
}

/// Single methods in a plain `impl`, one of them without a receiver.
#[derive(Clone, Copy, Differentiable)]
struct Line {
    slope: f64,
    offset: f64,
}

impl Line {
    #[differentiable]
    fn through(x: f64, y: f64) -> Self {
        Self {
            slope: y / x,
            offset: x * y,
        }
    }

    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        self.slope * x + self.offset
    }
}

#[differentiable]
fn made_in_a_plain_impl(x: f64, y: f64) -> f64 {
    let line = Line::through(x, y);
    line.at(x * y) * Line::through(y, x).at(1.0)
}

programs! {
    made_in_a_plain_impl { x: val = 0.7, y: val = 1.9 };
    layers_by_name { x: slice = vec![0.7, -0.4, 1.3] };
    conversions { x: val = 0.7, y: val = 1.9 };
    receiver_is_argument { p: val = point(1), k: val = 0.7 };
    changed_before_and_after { p: val = point(1), q: val = point(2), k: val = 0.7 };
    changed_in_a_loop { p: val = point(3), q: val = point(4), n: konst = 6_usize };
    operands_overwritten { p: val = point(5), q: val = point(6) };
    elements { points: inout = vec![point(1), point(2), point(3), point(4)], k: val = 0.6 };
    lent_twice { p: inout_ref = point(7), q: inout_ref = point(8), k: val = 0.4 };
    fallible options { p: val = P { x: 0.4, y: 1.3 }, q: val = P { x: -0.8, y: 0.6 } };
    results_taken_apart { p: val = point(2), k: val = 1.4 };
    out_parameters { p: val = point(3), k: val = 0.8 };
    names_like_ours { p: val = point(4), k: val = 0.9 };
    deep_recursion { p: val = point(5) };
    through_a_trait { stepper: inout_ref = Oscillator { k: 1.3, steps: 0 }, state: inout = vec![0.4, 0.2], dt: val = 0.1 };
    with_an_oscillator { k: val = 1.3, x: val = 0.4, dt: val = 0.1 };
}
