//! Functions in the idiom of the language beside their plain twins: structs with operators beside flat arrays,
//! methods and generic functions beside the same code in one body. Both are differentiated, and what is compared is
//! the two gradients.
//!
//! ```text
//! cargo bench --bench twins                  a table
//! cargo bench --bench twins -- --only body   the problems whose name has this in it
//! cargo test --bench twins                   checks the gradients, times nothing
//! ```

#![allow(clippy::needless_range_loop)]

#[path = "problems/bodies.rs"]
mod bodies;
#[path = "problems/flat.rs"]
mod flat;
mod harness;
#[path = "../tests/routines/vec3.rs"]
mod vec3;

use std::process::ExitCode;

use bodies::{Body, BodyTangent, placed, random_bodies, step_of_structs};
use flat::{Derivatives, Flat};
use harness::{Problem, Row};
use pullback::{Differentiable, Real, differentiable};
use vec3::Vec3;

/// The same over flat arrays, three numbers for each body.
#[differentiable]
fn step_of_arrays(position: &[f64], velocity: &[f64], #[constant] mass: &[f64], dt: f64) -> f64 {
    let mut energy = 0.0;
    for i in 0..mass.len() {
        let (mut px, mut py, mut pz) = (0.0, 0.0, 0.0);
        for j in 0..mass.len() {
            if i != j {
                let dx = position[3 * j] - position[3 * i];
                let dy = position[3 * j + 1] - position[3 * i + 1];
                let dz = position[3 * j + 2] - position[3 * i + 2];
                let r2 = dx * dx + dy * dy + dz * dz + 0.01;
                let k = mass[j] / (r2 * r2.sqrt());
                px += dx * k;
                py += dy * k;
                pz += dz * k;
            }
        }
        let vx = velocity[3 * i] + px * dt;
        let vy = velocity[3 * i + 1] + py * dt;
        let vz = velocity[3 * i + 2] + pz * dt;
        energy += 0.5 * mass[i] * (vx * vx + vy * vy + vz * vz);
    }
    energy
}

/// `n` bodies as structs, and as three arrays in the place of the adjoint by hand.
fn bodies_beside_arrays(n: usize) -> impl Problem {
    let (bodies, x) = random_bodies(n);
    let (second, third) = (bodies.clone(), bodies.clone());
    let numbers =
        |(value, (bodies, dt)): (f64, (Vec<BodyTangent>, f64))| (value, (bodies.flat(), dt));
    Flat::new(
        format!("N-body step, structs, n={n}"),
        x,
        move |x| step_of_structs(&placed(&bodies, x), x[6 * n]),
        move |x| {
            numbers(step_of_structs::value_and_grad(
                &placed(&second, x),
                x[6 * n],
            ))
        },
        move |x| {
            let bodies = placed(&third, x);
            let flat = |of: fn(&Body) -> Vec3| -> Vec<f64> {
                let parts = bodies.iter().map(of);
                parts.flat_map(|v| [v.x, v.y, v.z]).collect()
            };
            let mass: Vec<f64> = bodies.iter().map(|b| b.mass).collect();
            let (position, velocity) = (flat(|b| b.position), flat(|b| b.velocity));
            let (value, (p, v, dt)) =
                step_of_arrays::value_and_grad(&position, &velocity, &mass, x[6 * n]);
            let parts = p.chunks(3).zip(v.chunks(3));
            let numbers = parts.flat_map(|(p, v)| [p[0], p[1], p[2], v[0], v[1], v[2]]);
            (value, (numbers.collect(), dt))
        },
    )
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Oscillator {
    stiffness: f64,
    damping: f64,
}

#[differentiable]
impl Oscillator {
    fn force(&self, x: f64, v: f64) -> f64 {
        -self.stiffness * x.sin() - self.damping * v
    }

    fn step(&self, x: f64, v: f64, dt: f64) -> (f64, f64) {
        let middle = v + 0.5 * dt * self.force(x, v);
        let x = x + dt * middle;
        (x, middle + 0.5 * dt * self.force(x, middle))
    }
}

#[differentiable]
fn by_methods(oscillator: &Oscillator, x: f64, n: usize) -> f64 {
    let (mut x, mut v) = (x, 0.0);
    for _ in 0..n {
        (x, v) = oscillator.step(x, v, 0.01);
    }
    x * x + v * v
}

#[differentiable]
fn in_one_body(stiffness: f64, damping: f64, x: f64, n: usize) -> f64 {
    let (mut x, mut v) = (x, 0.0);
    for _ in 0..n {
        let first = -stiffness * x.sin() - damping * v;
        let middle = v + 0.5 * 0.01 * first;
        let new = x + 0.01 * middle;
        let second = -stiffness * new.sin() - damping * middle;
        (x, v) = (new, middle + 0.5 * 0.01 * second);
    }
    x * x + v * v
}

#[differentiable]
fn over_any_scalar<T: Real>(stiffness: T, damping: T, x: T, n: usize) -> T {
    let (mut x, mut v) = (x, T::from_f64(0.0));
    for _ in 0..n {
        let first = -stiffness * x.sin() - damping * v;
        let middle = v + T::from_f64(0.5) * T::from_f64(0.01) * first;
        let new = x + T::from_f64(0.01) * middle;
        let second = -stiffness * new.sin() - damping * middle;
        (x, v) = (new, middle + T::from_f64(0.5) * T::from_f64(0.01) * second);
    }
    x * x + v * v
}

macro_rules! oscillation {
    ($name:ident, $title:literal, |$p:ident| $primal:expr, $generated:expr) => {
        struct $name([f64; 3], usize);

        impl Problem for $name {
            type Gradient = [f64; 3];

            fn name(&self) -> String {
                format!(concat!($title, ", {} steps"), self.1)
            }
            fn primal(&self) -> f64 {
                let $p = self;
                $primal
            }
            fn generated(&self) -> (f64, Self::Gradient) {
                let $p = self;
                $generated
            }
            fn by_hand(&self) -> (f64, Self::Gradient) {
                let [stiffness, damping, x] = self.0;
                let (value, g) = in_one_body::value_and_grad(stiffness, damping, x, self.1);
                (value, g.into())
            }
            fn flat(gradient: &Self::Gradient) -> Vec<f64> {
                gradient.to_vec()
            }
            fn moved(&self, factor: f64, direction: &[f64]) -> Self {
                let mut at = self.0;
                at.iter_mut()
                    .zip(direction)
                    .for_each(|(a, d)| *a += factor * d);
                $name(at, self.1)
            }
        }
    };
}

impl Methods {
    fn oscillator(&self) -> Oscillator {
        Oscillator {
            stiffness: self.0[0],
            damping: self.0[1],
        }
    }
}

oscillation!(
    Methods,
    "methods",
    |p| by_methods(&p.oscillator(), p.0[2], p.1),
    {
        let (value, (own, x)) = by_methods::value_and_grad(&p.oscillator(), p.0[2], p.1);
        (value, [own.stiffness, own.damping, x])
    }
);

oscillation!(
    Generic,
    "generic scalar",
    |p| over_any_scalar(p.0[0], p.0[1], p.0[2], p.1),
    {
        let (value, g) = over_any_scalar::value_and_grad(p.0[0], p.0[1], p.0[2], p.1);
        (value, g.into())
    }
);

/// As [`in_one_body`], with a number of steps that is known: every input is connected whatever happens.
#[differentiable]
fn always_connected(stiffness: f64, damping: f64, x: f64) -> f64 {
    let (mut x, mut v) = (x, 0.0);
    for _ in 0..100 {
        let first = -stiffness * x.sin() - damping * v;
        let middle = v + 0.5 * 0.01 * first;
        let new = x + 0.01 * middle;
        let second = -stiffness * new.sin() - damping * middle;
        (x, v) = (new, middle + 0.5 * 0.01 * second);
    }
    x * x + v * v
}

/// `gradients` beside `grad`. The value, which neither gives, is known beforehand.
macro_rules! options {
    ($name:ident, $title:literal, $function:ident $(, $steps:expr)?) => {
        struct $name([f64; 3], f64);

        impl $name {
            fn at(at: [f64; 3]) -> Self {
                $name(at, $function(at[0], at[1], at[2] $(, $steps)?))
            }
        }

        impl Problem for $name {
            type Gradient = [f64; 3];

            fn name(&self) -> String {
                $title.into()
            }
            fn primal(&self) -> f64 {
                let [a, b, c] = self.0;
                $function(a, b, c $(, $steps)?)
            }
            fn generated(&self) -> (f64, Self::Gradient) {
                let [a, b, c] = self.0;
                let g = $function::gradients(a, b, c $(, $steps)?);
                (
                    self.1,
                    [g.stiffness, g.damping, g.x].map(|g| g.unwrap_or(f64::NAN)),
                )
            }
            fn by_hand(&self) -> (f64, Self::Gradient) {
                let [a, b, c] = self.0;
                (self.1, $function::grad(a, b, c $(, $steps)?).into())
            }
            fn flat(gradient: &Self::Gradient) -> Vec<f64> {
                gradient.to_vec()
            }
            fn moved(&self, factor: f64, direction: &[f64]) -> Self {
                let mut at = self.0;
                at.iter_mut()
                    .zip(direction)
                    .for_each(|(a, d)| *a += factor * d);
                $name::at(at)
            }
        }
    };
}

options!(Always, "gradients, always connected", always_connected);
options!(
    Sometimes,
    "gradients, connected by the path",
    in_one_body,
    std::hint::black_box(100)
);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let timed = args.iter().any(|a| a == "--bench");
    let only = args.iter().skip_while(|a| *a != "--only").nth(1);
    let at = [1.3, 0.2, 0.8];
    let mut failed = false;
    failed |= report(&bodies_beside_arrays(20), timed, only);
    failed |= report(&Methods(at, 100), timed, only);
    failed |= report(&Generic(at, 100), timed, only);
    failed |= report(&Always::at(at), timed, only);
    failed |= report(&Sometimes::at(at), timed, only);
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Checks and times a pair; whether it failed.
fn report<P: Problem>(problem: &P, timed: bool, only: Option<&String>) -> bool {
    if only.is_some_and(|part| !problem.name().contains(part.as_str())) {
        return false;
    }
    match harness::run(problem, timed) {
        Ok(Some(Row {
            primal,
            generated,
            by_hand,
            median_ratio,
        })) => {
            println!(
                "{:32} primal {primal:9.0} ns, gradient {generated:9.0} ns, of its twin {by_hand:9.0} ns: ratio {:.2}, median {median_ratio:.2}",
                problem.name(),
                generated / by_hand
            );
            false
        }
        Ok(None) => false,
        Err(what) => {
            eprintln!("{what}");
            true
        }
    }
}
