//! A differential equation is found from its solution: the right-hand side is a small network, the solver is an ordinary
//! loop of Runge and Kutta's method, and the gradient goes through all of its steps (Chen et al., 2018).
//!
//! ```text
//! cargo run --release --example neural_ode
//! ```
//!
//! What is given is one path of predators and prey (Lotka and Volterra), observed with errors. The network learns from
//! its first part and is then asked for the rest.

use pullback::optim::{Adam, Schedule, clip_norm};
use pullback::{Differentiable, differentiable};

const UNITS: usize = 16;

/// The logarithms of two numbers of animals give the two rates of growth.
#[derive(Clone, Debug, Differentiable)]
struct Net {
    w1: [[f64; 2]; UNITS],
    b1: [f64; UNITS],
    w2: [[f64; UNITS]; 2],
    b2: [f64; 2],
}

/// The right-hand side of the equation.
#[differentiable]
fn rates(net: &Net, y: [f64; 2]) -> [f64; 2] {
    let mut out = net.b2;
    for i in 0..UNITS {
        let h = (net.w1[i][0] * y[0] + net.w1[i][1] * y[1] + net.b1[i]).tanh();
        out[0] += net.w2[0][i] * h;
        out[1] += net.w2[1][i] * h;
    }
    out
}

/// One step of the classical method of fourth order.
#[differentiable]
fn step(net: &Net, y: [f64; 2], dt: f64) -> [f64; 2] {
    let a = rates(net, y);
    let b = rates(net, [y[0] + 0.5 * dt * a[0], y[1] + 0.5 * dt * a[1]]);
    let c = rates(net, [y[0] + 0.5 * dt * b[0], y[1] + 0.5 * dt * b[1]]);
    let d = rates(net, [y[0] + dt * c[0], y[1] + dt * c[1]]);
    let w = dt / 6.0;
    [
        y[0] + w * (a[0] + 2.0 * b[0] + 2.0 * c[0] + d[0]),
        y[1] + w * (a[1] + 2.0 * b[1] + 2.0 * c[1] + d[1]),
    ]
}

/// The mean square of the distances from what was observed every `dt`, in runs that begin anew every `run` points: long
/// runs are hard to learn from in the beginning.
#[differentiable(wrt(net))]
fn loss(net: &Net, observed: &[[f64; 2]], dt: f64, run: usize) -> f64 {
    let mut y = observed[0];
    let mut sum = 0.0;
    for i in 1..observed.len() {
        if (i - 1) % run < 1 {
            y = observed[i - 1];
        }
        y = step(net, y, dt);
        let (e0, e1) = (y[0] - observed[i][0], y[1] - observed[i][1]);
        sum += e0 * e0 + e1 * e1;
    }
    sum / (observed.len() - 1) as f64
}

/// The truth: in logarithms, the prey grows by 2/3 - 4/3 · predators, the predators by prey - 1.
fn truth(count: usize, dt: f64) -> Vec<[f64; 2]> {
    let rates = |y: [f64; 2]| [2.0 / 3.0 - 4.0 / 3.0 * y[1].exp(), y[0].exp() - 1.0];
    let mut y = [0.2, -0.4];
    let mut path = vec![y];
    let small = dt / 20.0;
    for _ in 1..count {
        for _ in 0..20 {
            let a = rates(y);
            let b = rates([y[0] + 0.5 * small * a[0], y[1] + 0.5 * small * a[1]]);
            y = [y[0] + small * b[0], y[1] + small * b[1]];
        }
        path.push(y);
    }
    path
}

fn main() {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f64 / (1_u64 << 23) as f64 - 1.0
    };
    let (dt, known) = (0.2, 60);
    let path = truth(100, dt);
    let observed: Vec<[f64; 2]> = path[..known]
        .iter()
        .map(|y| y.map(|x| x + 0.01 * random()))
        .collect();
    let mut net = Net {
        w1: [(); UNITS].map(|()| [random(), random()]),
        b1: [(); UNITS].map(|()| random()),
        w2: [(); 2].map(|()| [(); UNITS].map(|()| 0.3 * random())),
        b2: [0.0; 2],
    };
    let steps = 3000;
    let mut adam = Adam::new(0.0);
    let schedule = Schedule::cosine(0.02, 1e-4, steps);
    for i in 0..steps {
        let run = if i < steps / 2 { 5 } else { known };
        let (value, mut gradient) = loss::value_and_grad(&net, &observed, dt, run);
        clip_norm(&mut gradient, 1.0);
        adam.rate = schedule.at(i);
        adam.step(&mut net, &gradient);
        if i.is_multiple_of(500) || i + 1 == steps {
            println!("step {i}: mean square error {value:.6}");
        }
    }
    let mut y = path[0];
    println!("\n    t    prey  (found)   predators  (found)");
    for (i, truth) in path.iter().enumerate() {
        if i.is_multiple_of(11) {
            let part = if i < known { "" } else { "   not learned from" };
            println!(
                "{:5.1}  {:6.3}  ({:5.3})      {:6.3}   ({:5.3}){part}",
                i as f64 * dt,
                truth[0].exp(),
                y[0].exp(),
                truth[1].exp(),
                y[1].exp()
            );
        }
        y = step(&net, y, dt);
    }
}
