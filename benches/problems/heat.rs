//! Heat in a plate: a linear stencil, whose reverse sweep needs nothing of the forward sweep.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// How much of the difference to the neighbours is made good in a step.
const RATE: f64 = 0.2;

/// A weighted sum of the temperatures after `steps` steps; the border stays as it is.
#[differentiable]
fn heat(start: &[f64], #[constant] weights: &[f64], width: usize, steps: usize) -> f64 {
    let height = start.len() / width;
    let mut now = start.to_vec();
    let mut next = start.to_vec();
    for _ in 0..steps {
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                let i = y * width + x;
                let around = now[i - width] + now[i - 1] + now[i + 1] + now[i + width];
                next[i] = now[i] + RATE * (around - 4.0 * now[i]);
            }
        }
        std::mem::swap(&mut now, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..now.len() {
        sum += weights[i] * now[i];
    }
    sum
}

/// The forward sweep, then the transposed stencil on the weights: the same but for the border.
fn heat_by_hand(start: &[f64], weights: &[f64], width: usize, steps: usize) -> (f64, Vec<f64>) {
    let height = start.len() / width;
    let mut now = start.to_vec();
    let mut next = start.to_vec();
    for _ in 0..steps {
        for y in 1..height - 1 {
            spread(&now, &mut next, y, width);
        }
        std::mem::swap(&mut now, &mut next);
    }
    let sum = now.iter().zip(weights).fold(0.0, |sum, (u, w)| sum + u * w);
    // What reaches the border stays there; the rest flows as if the border were zero.
    let mut border = weights.to_vec();
    let mut inner = vec![0.0; start.len()];
    for y in 1..height - 1 {
        let row = y * width + 1..(y + 1) * width - 1;
        inner[row.clone()].copy_from_slice(&weights[row.clone()]);
        border[row].fill(0.0);
    }
    let mut next = inner.clone();
    for _ in 0..steps {
        let below = (height - 1) * width;
        for x in 1..width - 1 {
            border[x] += RATE * inner[width + x];
            border[below + x] += RATE * inner[below - width + x];
        }
        for y in 1..height - 1 {
            border[y * width] += RATE * inner[y * width + 1];
            border[(y + 1) * width - 1] += RATE * inner[(y + 1) * width - 2];
            spread(&inner, &mut next, y, width);
        }
        std::mem::swap(&mut inner, &mut next);
    }
    for (border, inner) in border.iter_mut().zip(&inner) {
        *border += inner;
    }
    (sum, border)
}

/// One row of a step.
fn spread(now: &[f64], next: &mut [f64], y: usize, width: usize) {
    let above = &now[(y - 1) * width + 1..y * width - 1];
    let row = &now[y * width..(y + 1) * width];
    let below = &now[(y + 1) * width + 1..(y + 2) * width - 1];
    let next = &mut next[y * width + 1..(y + 1) * width - 1];
    for (((next, above), below), row) in next.iter_mut().zip(above).zip(below).zip(row.windows(3)) {
        let around = above + row[0] + row[2] + below;
        *next = row[1] + RATE * (around - 4.0 * row[1]);
    }
}

/// A square plate of `width` points a side.
pub fn in_a_plate(width: usize, steps: usize) -> impl Problem {
    let mut random = Random(7);
    let start = random.vector(width * width);
    let weights = random.vector(width * width);
    let (w2, w3) = (weights.clone(), weights.clone());
    Flat::new(
        format!("heat {width}×{width}, {steps} steps"),
        start,
        move |u| heat(u, &weights, width, steps),
        move |u| heat::value_and_grad(u, &w2, width, steps),
        move |u| heat_by_hand(u, &w3, width, steps),
    )
}
