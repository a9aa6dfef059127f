//! Chains of iterators beside the loops that one would write instead: both functions are differentiated, and
//! what is compared is the two gradients.
//!
//! ```text
//! cargo bench --bench chains                   a table
//! cargo bench --bench chains -- --only sum     the problems whose name has this in it
//! cargo test --bench chains                    checks the gradients, times nothing
//! ```

#![allow(clippy::needless_range_loop)]

mod harness;

use harness::{Problem, Random, Row};
use pullback::differentiable;
use std::process::ExitCode;

/// A pair of functions of two vectors, and the vectors.
macro_rules! problem {
    ($name:ident, $title:literal, $chain:ident, $looped:ident) => {
        struct $name {
            x: Vec<f64>,
            y: Vec<f64>,
        }

        impl Problem for $name {
            type Gradient = (Vec<f64>, Vec<f64>);

            fn name(&self) -> String {
                format!(concat!($title, " n={}"), self.x.len())
            }
            fn primal(&self) -> f64 {
                $chain(&self.x, &self.y)
            }
            fn generated(&self) -> (f64, Self::Gradient) {
                $chain::value_and_grad(&self.x, &self.y)
            }
            fn by_hand(&self) -> (f64, Self::Gradient) {
                $looped::value_and_grad(&self.x, &self.y)
            }
            fn flat((x, y): &Self::Gradient) -> Vec<f64> {
                [x.as_slice(), y].concat()
            }
            fn moved(&self, factor: f64, direction: &[f64]) -> Self {
                let (x, y) = direction.split_at(self.x.len());
                let add =
                    |v: &[f64], d: &[f64]| v.iter().zip(d).map(|(v, d)| v + factor * d).collect();
                $name {
                    x: add(&self.x, x),
                    y: add(&self.y, y),
                }
            }
        }

        impl $name {
            fn new(n: usize) -> Self {
                let mut random = Random(7);
                let mut vector = || random.vector(n);
                $name {
                    x: vector(),
                    y: vector(),
                }
            }
        }
    };
}

#[differentiable]
fn products(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()
}

#[differentiable]
fn products_looped(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in x.iter().zip(y) {
        sum += a * b;
    }
    sum
}

#[differentiable]
fn horner(x: &[f64], y: &[f64]) -> f64 {
    let t = y.iter().fold(0.0, |s, v| s + v) / y.len() as f64;
    x.iter().rev().fold(0.0, |acc, c| acc * t + c)
}

#[differentiable]
fn horner_looped(x: &[f64], y: &[f64]) -> f64 {
    let mut t = 0.0;
    for v in y {
        t += v;
    }
    t /= y.len() as f64;
    let mut acc = 0.0;
    for c in x.iter().rev() {
        acc = acc * t + c;
    }
    acc
}

#[differentiable]
fn kept(x: &[f64], y: &[f64]) -> f64 {
    x.iter()
        .zip(y)
        .filter(|(a, _)| **a > 0.0)
        .map(|(a, b)| (a * b).sin())
        .sum()
}

#[differentiable]
fn kept_looped(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in x.iter().zip(y) {
        if *a > 0.0 {
            sum += (a * b).sin();
        }
    }
    sum
}

#[differentiable]
fn differences(x: &[f64], y: &[f64]) -> f64 {
    x.windows(2)
        .zip(y)
        .map(|(w, k)| k * (w[1] - w[0]) * (w[1] - w[0]))
        .sum()
}

#[differentiable]
fn differences_looped(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let d = x[i + 1] - x[i];
        sum += y[i] * d * d;
    }
    sum
}

/// A matrix of eight columns times a vector, squared.
#[differentiable]
fn rows(x: &[f64], y: &[f64]) -> f64 {
    x.chunks_exact(8)
        .map(|row| row.iter().zip(&y[..8]).map(|(a, b)| a * b).sum::<f64>())
        .map(|t| t * t)
        .sum()
}

#[differentiable]
fn rows_looped(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() / 8 {
        let row = &x[i * 8..i * 8 + 8];
        let mut t = 0.0;
        for j in 0..8 {
            t += row[j] * y[j];
        }
        sum += t * t;
    }
    sum
}

#[differentiable]
fn collected(x: &[f64], y: &[f64]) -> f64 {
    let scores: Vec<f64> = x.iter().zip(y).map(|(a, b)| (a * b).exp()).collect();
    let total = scores.iter().sum::<f64>();
    scores.iter().map(|s| (s / total) * s).sum()
}

#[differentiable]
fn collected_looped(x: &[f64], y: &[f64]) -> f64 {
    let mut scores = Vec::new();
    for (a, b) in x.iter().zip(y) {
        scores.push((a * b).exp());
    }
    let mut total = 0.0;
    for s in &scores {
        total += s;
    }
    let mut sum = 0.0;
    for s in &scores {
        sum += (s / total) * s;
    }
    sum
}

#[differentiable]
fn closure(x: &[f64], y: &[f64]) -> f64 {
    let k = y[0];
    let smooth = |a: f64, b: f64| (a - b) * (a - b) * k + a * b;
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += smooth(x[i], y[i]) * smooth(y[i], 0.5);
    }
    sum
}

#[differentiable]
fn closure_looped(x: &[f64], y: &[f64]) -> f64 {
    let k = y[0];
    let mut sum = 0.0;
    for i in 0..x.len() {
        let (a, b) = (x[i], y[i]);
        let first = (a - b) * (a - b) * k + a * b;
        let second = (b - 0.5) * (b - 0.5) * k + b * 0.5;
        sum += first * second;
    }
    sum
}

problem!(Products, "zip, map, sum", products, products_looped);
problem!(Horner, "rev, fold", horner, horner_looped);
problem!(Kept, "filter, map, sum", kept, kept_looped);
problem!(Differences, "windows", differences, differences_looped);
problem!(Rows, "chunks, nested", rows, rows_looped);
problem!(Collected, "collect", collected, collected_looped);
problem!(Closure, "closure", closure, closure_looped);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let timed = arguments.iter().any(|a| a == "--bench");
    let only = arguments
        .iter()
        .position(|a| a == "--only")
        .and_then(|at| arguments.get(at + 1));
    if timed {
        println!(
            "{:<26}{:>12}{:>12}{:>12}{:>14}{:>8}",
            "problem", "primal", "chain", "loop", "chain / loop", "median"
        );
    }
    let mut ok = true;
    let mut report = |name: String, row: Result<Option<Row>, String>| match row {
        Err(what) => {
            eprintln!("{what}");
            ok = false;
        }
        Ok(None) => println!("{name}: the gradients agree"),
        Ok(Some(row)) => println!(
            "{name:<26}{:>9.0} ns{:>9.0} ns{:>9.0} ns{:>14.2}{:>8.2}",
            row.primal,
            row.generated,
            row.by_hand,
            row.generated / row.by_hand,
            row.median_ratio
        ),
    };
    macro_rules! run {
        ($($problem:ident)*) => { $(
            let problem = $problem::new(1_000);
            let name = problem.name();
            if only.is_none_or(|only| name.contains(only)) {
                report(name, harness::run(&problem, timed));
            }
        )* };
    }
    run!(Products Horner Kept Differences Rows Collected Closure);
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
