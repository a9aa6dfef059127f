//! Calls that change several parts of one memory at once: fields, halves of a slice, what a pattern binds, and temporaries.
//! Each part's cotangent goes in and comes out, wherever the others are.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct State {
    position: Vec<f64>,
    velocity: Vec<f64>,
    a: Point,
    b: Point,
    pair: (f64, f64),
    both: [Point; 2],
}

#[differentiable]
impl Point {
    fn pull(&mut self, other: &Point, k: &mut f64) -> f64 {
        self.x += other.y * *k;
        *k *= self.x;
        self.y *= *k;
        self.x * other.x
    }

    fn exchange(&mut self, other: &mut Point) {
        let t = self.x;
        self.x = other.y * 2.0;
        other.y = t * self.y;
    }

    fn across(&self, other: &Point) -> f64 {
        self.x * other.y
    }
}

#[differentiable]
fn leap(position: &mut [f64], velocity: &mut [f64], dt: f64) {
    for (p, v) in position.iter_mut().zip(velocity.iter_mut()) {
        *v -= dt * p.sin();
        *p += dt * *v;
    }
}

/// The first grows, the second shrinks.
#[differentiable]
fn hand_over(to: &mut Vec<f64>, from: &mut Vec<f64>) {
    let last = to[0] * from[0];
    to.push(last);
    if from.len() > 1 {
        let t = from.pop().unwrap();
        to.push(t * t);
    }
    from[0] += to[1];
}

#[differentiable]
fn mix(a: &mut f64, b: &mut f64, c: &Point, d: &mut Point) -> f64 {
    let t = *a * *b + c.x;
    *a = t;
    *b *= d.x;
    d.y += *a * *b;
    d.x = c.y * t;
    t
}

#[differentiable]
fn state(x: &[f64]) -> State {
    let point = |i: usize, j: usize| Point { x: x[i], y: x[j] };
    State {
        position: vec![x[0], x[1]],
        velocity: vec![x[1], x[2], x[3]],
        a: point(0, 1),
        b: point(2, 3),
        pair: (x[1], x[3]),
        both: [point(0, 3), point(1, 2)],
    }
}

#[differentiable]
fn total(s: &State) -> f64 {
    let ends = s.a.x * s.b.y + s.a.y * s.b.x.sin() + s.pair.0 * s.pair.1;
    let both = s.both[0].across(&s.both[1]) + s.both[1].across(&s.both[0]);
    let squares: f64 = s.velocity.iter().map(|v| v * v).sum();
    s.position.iter().sum::<f64>() * 0.3 + squares + ends + both
}

#[differentiable]
impl State {
    fn advance(&mut self, dt: f64) -> f64 {
        leap(&mut self.position, &mut self.velocity, dt);
        hand_over(&mut self.position, &mut self.velocity);
        let pulled = self.a.pull(&self.b, &mut self.pair.0);
        self.b.exchange(&mut self.a);
        let mixed = mix(&mut self.pair.0, &mut self.pair.1, &self.a, &mut self.b);
        let (first, second) = self.both.split_at_mut(1);
        first[0].exchange(&mut second[0]);
        pulled * mixed + self.a.pull(&self.b, &mut self.position[1])
    }
}

#[differentiable]
fn simulated(x: &[f64], dt: f64) -> f64 {
    let mut s = state(x);
    let mut sum = 0.0;
    for _ in 0..2 {
        sum += s.advance(dt);
    }
    total(&s) + sum
}

/// By fields of a local, and by what a pattern binds.
#[differentiable]
fn of_a_local(x: &[f64], dt: f64) -> f64 {
    let mut s = state(x);
    leap(&mut s.position, &mut s.velocity, dt);
    mix(&mut s.pair.0, &mut s.pair.1, &s.a, &mut s.b);
    std::mem::swap(&mut s.a.x, &mut s.b.y);
    let State {
        position,
        velocity,
        a,
        b,
        ..
    } = &mut s;
    hand_over(position, velocity);
    a.exchange(b);
    let across = a.across(b) + a.across(a);
    total(&s) * across
}

/// Halves of a vector, in a loop, with indices that change.
#[differentiable]
fn halves(x: &[f64], dt: f64) -> f64 {
    let mut v = x.to_vec();
    let mut points = vec![
        Point { x: x[0], y: x[1] },
        Point { x: x[2], y: x[3] },
        Point { x: dt, y: x[0] },
    ];
    for k in 0..4 {
        let (left, right) = points.split_at_mut(1 + k % 2);
        let m = left.len() - 1;
        left[m].exchange(&mut right[0]);
        let (p, q) = v.split_at_mut(2);
        let mixed = mix(&mut p[k % 2], &mut q[0], &left[0], &mut right[0]);
        leap(q, p, dt);
        v[3] += mixed * dt;
    }
    v.iter().sum::<f64>() + points.iter().map(|p| p.x * p.y).sum::<f64>()
}

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// An exclusive reference that is passed twice is shared by both.
#[differentiable]
fn normalize(v: &mut [f64]) -> f64 {
    let n = dot(v, v).sqrt();
    for a in v.iter_mut() {
        *a /= n;
    }
    let tail = &mut v[1..];
    tail[0] *= 2.0;
    n * dot(tail, &tail[..2])
}

/// What nobody has a name for is changed as well, and so is a literal.
#[differentiable]
fn temporaries(x: &[f64], dt: f64) -> f64 {
    let mut v = x.to_vec();
    let n = normalize(&mut v);
    let c = Point { x: v[0], y: dt };
    let mixed = mix(
        &mut x[0].sin(),
        &mut 2.0,
        &c,
        &mut Point { x: x[1], y: v[2] },
    );
    let mut k = dt;
    let mut p = c.clone();
    let pulled = p.pull(&Point { x: dt, y: v[1] }, &mut k);
    leap(&mut [x[0], dt], &mut [1.0; 2], dt);
    n * mixed + pulled * k
}

// Memory that is changed and that no derivative is asked of: lent by another function, constant, or part of it.
fn lent_number(v: &mut Vec<f64>) -> &mut f64 {
    &mut v[0]
}

fn lent_part(v: &mut Vec<f64>) -> &mut [f64] {
    &mut v[1..]
}

fn lent(v: &mut Vec<f64>) -> &mut Vec<f64> {
    v
}

#[differentiable]
fn turn(a: &mut f64, b: &mut f64) -> f64 {
    *a = *a * *b + a.sin();
    *b += *a;
    *a * *b
}

#[differentiable]
fn smooth(a: &mut [f64], work: &mut [f64]) {
    for i in 0..a.len() {
        work[i] += a[i] * a[i];
    }
    for i in 0..a.len() {
        a[i] *= work[i];
    }
}

#[differentiable]
fn lengthen(v: &mut Vec<f64>, w: &mut Vec<f64>) -> f64 {
    w.push(v[0] * v[1]);
    let n = w.len();
    v[0] *= w[n - 1];
    v[0]
}

#[differentiable]
fn in_lent_memory(x: f64) -> f64 {
    let (mut s, mut v) = (x * x, vec![x, x * x]);
    let mut k = vec![2.0, 1.0, 3.0];
    let turned: f64 = turn(&mut s, lent_number(&mut k));
    smooth(&mut v, lent_part(&mut k));
    let last: f64 = lengthen(&mut v, lent(&mut k));
    turned * s + last * v[0] * v[1]
}

programs! {
    in_lent_memory { x: val = 0.7 };
    simulated { x: slice = vec![0.4, 0.8, 0.9, 0.7], dt: val = 0.3 };
    of_a_local { x: slice = vec![0.4, 0.8, 1.2, 0.7], dt: val = 0.3 };
    halves { x: slice = vec![0.4, 0.8, 1.2, 0.7], dt: val = 0.3 };
    temporaries { x: slice = vec![0.4, 0.8, 1.2, 0.7], dt: val = 0.3 };
}
