//! Predators and prey by the classical method of Runge and Kutta: small arrays, a closure called
//! four times a step, and a state that every step overwrites.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::Problem;

/// Steps of the integration.
const STEPS: usize = 200;

/// The length of a step.
const H: f64 = 0.02;

/// The product of both populations after [`STEPS`] steps.
#[differentiable]
fn populations(start: [f64; 2], rates: [f64; 4]) -> f64 {
    let [birth, hunt, feed, death] = rates;
    let slope = |y: [f64; 2]| {
        [
            birth * y[0] - hunt * y[0] * y[1],
            feed * y[0] * y[1] - death * y[1],
        ]
    };
    let mut y = start;
    for _ in 0..STEPS {
        let k1 = slope(y);
        let k2 = slope([y[0] + 0.5 * H * k1[0], y[1] + 0.5 * H * k1[1]]);
        let k3 = slope([y[0] + 0.5 * H * k2[0], y[1] + 0.5 * H * k2[1]]);
        let k4 = slope([y[0] + H * k3[0], y[1] + H * k3[1]]);
        for i in 0..2 {
            y[i] += H / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y[0] * y[1]
}

/// The state before each step is kept, on the stack; the slopes are computed again.
fn populations_by_hand(start: [f64; 2], rates: [f64; 4]) -> (f64, ([f64; 2], [f64; 4])) {
    let [birth, hunt, feed, death] = rates;
    let slope = |a: f64, b: f64| (birth * a - hunt * a * b, feed * a * b - death * b);
    let stages = |a: f64, b: f64| {
        let k1 = slope(a, b);
        let y2 = (a + 0.5 * H * k1.0, b + 0.5 * H * k1.1);
        let k2 = slope(y2.0, y2.1);
        let y3 = (a + 0.5 * H * k2.0, b + 0.5 * H * k2.1);
        let k3 = slope(y3.0, y3.1);
        let y4 = (a + H * k3.0, b + H * k3.1);
        ([(a, b), y2, y3, y4], [k1, k2, k3])
    };
    let [mut a, mut b] = start;
    let mut saved = [(0.0, 0.0); STEPS];
    for saved in &mut saved {
        *saved = (a, b);
        let (y, [k1, k2, k3]) = stages(a, b);
        let k4 = slope(y[3].0, y[3].1);
        a += H / 6.0 * (k1.0 + 2.0 * k2.0 + 2.0 * k3.0 + k4.0);
        b += H / 6.0 * (k1.1 + 2.0 * k2.1 + 2.0 * k3.1 + k4.1);
    }
    let mut rates_bar = [0.0; 4];
    // The cotangent of a stage's state, from that of its slope.
    let mut back = |y: (f64, f64), k: (f64, f64)| {
        let both = y.0 * y.1;
        rates_bar[0] += k.0 * y.0;
        rates_bar[1] -= k.0 * both;
        rates_bar[2] += k.1 * both;
        rates_bar[3] -= k.1 * y.1;
        let common = k.1 * feed - k.0 * hunt;
        (k.0 * birth + common * y.1, common * y.0 - k.1 * death)
    };
    let (mut a_bar, mut b_bar) = (b, a);
    for (a, b) in saved.into_iter().rev() {
        let (y, _) = stages(a, b);
        let (one, two) = (H / 6.0, H / 3.0);
        let y4 = back(y[3], (one * a_bar, one * b_bar));
        let y3 = back(y[2], (two * a_bar + H * y4.0, two * b_bar + H * y4.1));
        let half = 0.5 * H;
        let y2 = back(y[1], (two * a_bar + half * y3.0, two * b_bar + half * y3.1));
        let y1 = back(y[0], (one * a_bar + half * y2.0, one * b_bar + half * y2.1));
        a_bar += y4.0 + y3.0 + y2.0 + y1.0;
        b_bar += y4.1 + y3.1 + y2.1 + y1.1;
    }
    (a * b, ([a_bar, b_bar], rates_bar))
}

/// The start and the rates as arrays.
fn split(x: &[f64]) -> ([f64; 2], [f64; 4]) {
    ([x[0], x[1]], [x[2], x[3], x[4], x[5]])
}

/// From a start near a cycle.
pub fn runge_kutta() -> impl Problem {
    Flat::new(
        format!("Runge–Kutta, {STEPS} steps"),
        vec![1.5, 0.8, 1.1, 0.7, 0.6, 0.9],
        |x| {
            let (start, rates) = split(x);
            populations(start, rates)
        },
        |x| {
            let (start, rates) = split(x);
            populations::value_and_grad(start, rates)
        },
        |x| {
            let (start, rates) = split(x);
            populations_by_hand(start, rates)
        },
    )
}
