//! Calls that change several parts of one variable at once: fields, halves of a slice, elements of a pattern. Each part
//! has its own cotangent and tangent while the call runs, and rustc lends no two of the same variable.

use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[differentiable]
fn exchange(x: &mut [f64], v: &mut [f64], k: f64) {
    for (x, v) in x.iter_mut().zip(v) {
        *x += *v * k;
        *v *= *x;
    }
}

#[differentiable]
fn two(x: &mut f64, v: &mut f64, k: f64) {
    *x += *v * k;
    *v *= *x;
}

#[differentiable]
fn axpy(x: &mut [f64], v: &[f64], k: f64) {
    for (x, v) in x.iter_mut().zip(v) {
        *x += *v * k;
    }
}

// Both parts change their lengths.
#[differentiable]
fn hand_over(x: &mut Vec<f64>, v: &mut Vec<f64>, k: f64) {
    if let Some(a) = x.pop() {
        v.push(a * k);
    }
    x[0] *= k;
    for i in 0..v.len() {
        x.push(v[i] * v[i]);
    }
}

#[derive(Clone, Debug, Differentiable)]
struct State {
    x: Vec<f64>,
    v: Vec<f64>,
    s: f64,
    t: f64,
}

#[differentiable]
impl State {
    fn new(x: &[f64], k: f64) -> State {
        State {
            x: x.to_vec(),
            v: x.iter().map(|v| v * k).collect(),
            s: k,
            t: x[0] * x[1],
        }
    }

    fn kick(&mut self, k: f64) {
        axpy(&mut self.v, &self.x, k);
        exchange(&mut self.x, &mut self.v, self.s);
        two(&mut self.t, &mut self.s, k);
    }

    fn drawn(&mut self, other: &State, k: f64) {
        axpy(&mut self.v, &other.x, k);
    }

    fn bound(&mut self, other: &mut State, k: f64) {
        exchange(&mut self.v, &mut other.x, k);
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Pair {
    a: State,
    b: State,
}

#[differentiable]
impl Pair {
    fn go(&mut self, k: f64) -> f64 {
        self.a.drawn(&self.b, k);
        self.b.bound(&mut self.a, k);
        exchange(&mut self.a.x, &mut self.b.v, k);
        exchange(&mut self.b.v, &mut self.b.x, k);
        self.a.kick(k);
        self.a.v[0] * self.b.v[1] * self.a.x[1]
    }
}

#[differentiable]
fn of_a_tuple(x: f64, k: f64) -> f64 {
    let mut t = (x, k);
    two(&mut t.0, &mut t.1, k);
    t.0 * t.1
}

#[differentiable]
fn of_a_struct(x: &[f64], k: f64) -> f64 {
    let mut s = State::new(x, k);
    exchange(&mut s.x, &mut s.v, k);
    two(&mut s.s, &mut s.t, k);
    s.x[0] * s.v[1] * s.s * s.t
}

#[differentiable]
fn halves(x: &[f64], k: f64) -> f64 {
    let mut u = x.to_vec();
    let (a, b) = u.split_at_mut(2);
    exchange(a, b, k);
    axpy(a, b, k);
    axpy(b, a, k);
    u[0] * u[1] + u[2] * u[3]
}

#[differentiable]
fn halves_in_place(u: &mut [f64], k: f64) {
    for n in 1..u.len() {
        let (a, b) = u.split_at_mut(n);
        exchange(b, a, k);
    }
}

#[differentiable]
fn of_a_pattern(x: &[f64], k: f64) -> f64 {
    let mut t = [x.to_vec(), x.to_vec()];
    let [a, b] = &mut t;
    exchange(a, b, k);
    t[0][0] * t[1][1]
}

#[differentiable]
fn rows(x: &[f64], k: f64) -> f64 {
    let mut m = vec![x.to_vec(), x.to_vec(), x.to_vec()];
    let (low, high) = m.split_at_mut(1);
    exchange(&mut low[0], &mut high[1], k);
    axpy(&mut high[0], &low[0], k);
    m[0][1] * m[1][0] * m[2][1]
}

#[differentiable]
fn of_changing_lengths(x: &[f64], k: f64) -> f64 {
    let mut s = State::new(x, k);
    for _ in 0..2 {
        hand_over(&mut s.x, &mut s.v, k);
    }
    s.v[0] * s.v[1] * s.x[0] + s.x.iter().sum::<f64>() * s.v.iter().sum::<f64>()
}

#[differentiable]
fn in_methods(x: &[f64], k: f64) -> f64 {
    let mut s = State::new(x, k);
    s.kick(k);
    s.kick(k * k);
    s.v[0] * s.v[1] * s.x[0] * s.s * s.t
}

#[differentiable]
fn in_fields_of_fields(x: &[f64], k: f64) -> f64 {
    let mut p = Pair {
        a: State::new(x, k),
        b: State::new(x, 1.0),
    };
    p.b.s *= k;
    p.go(k) * p.go(k)
}

programs! {
    of_a_tuple { x: val = 0.4, k: val = 1.3 };
    of_a_struct { x: slice = vector(3, 1), k: val = 0.7 };
    halves { x: slice = vector(4, 2), k: val = 0.7 };
    vector halves_in_place { u: inout = vector(4, 3), k: val = 0.7 };
    of_a_pattern { x: slice = vector(2, 4), k: val = 0.7 };
    rows { x: slice = vector(2, 5), k: val = 0.7 };
    of_changing_lengths { x: slice = vector(4, 6), k: val = 0.7 };
    in_methods { x: slice = vector(3, 7), k: val = 0.7 };
    in_fields_of_fields { x: slice = vector(3, 8), k: val = 0.7 };
}
