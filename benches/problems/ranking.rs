//! A statistic of sorted values: the derivative goes back to where each value came from.

use pullback::differentiable;

use super::flat::Flat;
use crate::harness::{Problem, Random};

/// Gini's mean difference of the squares: Σ (2 i − n + 1) x₍ᵢ₎² over n (n − 1) / 2.
#[differentiable]
fn mean_difference(x: &[f64]) -> f64 {
    let n = x.len();
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut sum = 0.0;
    for (i, x) in sorted.iter().enumerate() {
        sum += (2.0 * i as f64 - n as f64 + 1.0) * x * x;
    }
    sum / (0.5 * n as f64 * (n as f64 - 1.0))
}

/// Each value is sorted with its place.
fn mean_difference_by_hand(x: &[f64]) -> (f64, Vec<f64>) {
    let n = x.len();
    let scale = 1.0 / (0.5 * n as f64 * (n as f64 - 1.0));
    let mut sorted: Vec<(f64, u32)> = x.iter().copied().zip(0..).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut x_bar = vec![0.0; n];
    let mut sum = 0.0;
    for (i, (x, place)) in sorted.into_iter().enumerate() {
        let rank = 2.0 * i as f64 - n as f64 + 1.0;
        sum += rank * x * x;
        x_bar[place as usize] = 2.0 * rank * scale * x;
    }
    (sum * scale, x_bar)
}

/// Of `n` values in a random order, far enough from each other for differences to keep it.
pub fn ranking(n: usize) -> impl Problem {
    let mut order: Vec<(f64, usize)> = Random(10).vector(n).into_iter().zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let values = order.iter().map(|(_, i)| 2.0 * *i as f64 / n as f64 - 1.0);
    Flat::new(
        format!("ranking n={n}"),
        values.collect(),
        mean_difference,
        mean_difference::value_and_grad,
        mean_difference_by_hand,
    )
}
