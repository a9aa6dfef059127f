//! Two chemicals that diffuse along a line and react: a nonlinear stencil whose vectors change
//! places after each step, so that the reverse sweep wants all of them again.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

const DT: f64 = 1e-3;
const DIFFUSION: f64 = 50.0;
/// The two concentrations that are fed.
const A: f64 = 3.4;
const B: f64 = 1.0;

/// ½ Σ u² after some steps of Euler's method; the ends stay as they are.
#[differentiable]
fn brusselator(u: &[f64], v: &[f64], steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.to_vec();
    let mut v = v.to_vec();
    let mut next_u = u.clone();
    let mut next_v = v.clone();
    for _ in 0..steps {
        for i in 1..n - 1 {
            let spread_u = u[i - 1] - 2.0 * u[i] + u[i + 1];
            let spread_v = v[i - 1] - 2.0 * v[i] + v[i + 1];
            let reaction = u[i] * u[i] * v[i];
            next_u[i] = u[i] + DT * (B + reaction - (A + 1.0) * u[i] + DIFFUSION * spread_u);
            next_v[i] = v[i] + DT * (A * u[i] - reaction + DIFFUSION * spread_v);
        }
        std::mem::swap(&mut u, &mut next_u);
        std::mem::swap(&mut v, &mut next_v);
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += 0.5 * u[i] * u[i];
    }
    sum
}

/// All states stand one behind the other. The stencil is its own transpose but for the ends, so
/// that each cotangent is gathered, not scattered.
fn brusselator_by_hand(x: &[f64], steps: usize) -> (f64, (Vec<f64>, Vec<f64>)) {
    let n = x.len() / 2;
    let mut states = Vec::with_capacity((steps + 1) * 2 * n);
    states.extend_from_slice(x);
    for step in 0..steps {
        states.extend_from_within(step * 2 * n..);
        let (before, after) = states.split_at_mut((step + 1) * 2 * n);
        let (u, v) = before[step * 2 * n..].split_at(n);
        let (next_u, next_v) = after.split_at_mut(n);
        let inner = next_u[1..n - 1].iter_mut().zip(&mut next_v[1..n - 1]);
        for ((next_u, next_v), (u, v)) in inner.zip(u.windows(3).zip(v.windows(3))) {
            let reaction = u[1] * u[1] * v[1];
            let spread_u = u[0] - 2.0 * u[1] + u[2];
            let spread_v = v[0] - 2.0 * v[1] + v[2];
            *next_u = u[1] + DT * (B + reaction - (A + 1.0) * u[1] + DIFFUSION * spread_u);
            *next_v = v[1] + DT * (A * u[1] - reaction + DIFFUSION * spread_v);
        }
    }
    let last = &states[steps * 2 * n..][..n];
    let sum = last.iter().fold(0.0, |sum, u| sum + 0.5 * u * u);
    // What reaches an end stays there: it is kept apart, and the rest sees zeros.
    let mut bars = [vec![0.0; n], vec![0.0; n]];
    bars[0].copy_from_slice(last);
    let mut next = [vec![0.0; n], vec![0.0; n]];
    for step in (0..steps).rev() {
        let (u, v) = states[step * 2 * n..][..2 * n].split_at(n);
        let [u_bar, v_bar] = &mut bars;
        let ends = [u_bar[0], u_bar[n - 1], v_bar[0], v_bar[n - 1]];
        (u_bar[0], u_bar[n - 1], v_bar[0], v_bar[n - 1]) = (0.0, 0.0, 0.0, 0.0);
        let [next_u, next_v] = &mut next;
        let spread = DT * DIFFUSION;
        for i in 1..n - 1 {
            let difference = DT * (u_bar[i] - v_bar[i]);
            let squared = u[i] * u[i];
            next_u[i] = u_bar[i]
                + spread * (u_bar[i - 1] - 2.0 * u_bar[i] + u_bar[i + 1])
                + 2.0 * difference * u[i] * v[i]
                - DT * (A + 1.0) * u_bar[i]
                + DT * A * v_bar[i];
            next_v[i] = v_bar[i]
                + spread * (v_bar[i - 1] - 2.0 * v_bar[i] + v_bar[i + 1])
                + difference * squared;
        }
        next_u[0] = ends[0] + spread * u_bar[1];
        next_u[n - 1] = ends[1] + spread * u_bar[n - 2];
        next_v[0] = ends[2] + spread * v_bar[1];
        next_v[n - 1] = ends[3] + spread * v_bar[n - 2];
        std::mem::swap(&mut bars, &mut next);
    }
    let [u_bar, v_bar] = bars;
    (sum, (u_bar, v_bar))
}

/// `n` points and `steps` steps, from a random state.
pub fn on_a_line(n: usize, steps: usize) -> impl Problem {
    let x = Random(6).vector(2 * n);
    Flat::new(
        format!("Brusselator n={n}, {steps} steps"),
        x.iter().map(|x| 2.0 + x).collect(),
        move |x| {
            let (u, v) = x.split_at(n);
            brusselator(u, v, steps)
        },
        move |x| {
            let (u, v) = x.split_at(n);
            brusselator::value_and_grad(u, v, steps)
        },
        move |x| brusselator_by_hand(x, steps),
    )
}
