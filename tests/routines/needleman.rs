//! Needleman and Wunsch's alignment with a smooth minimum, as used to train on alignments.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

/// The smooth minimum at temperature `gamma`.
#[differentiable]
fn soft_min(values: [f64; 3], gamma: f64) -> f64 {
    let low = values.into_iter().fold(f64::INFINITY, f64::min);
    let sum: f64 = values.iter().map(|v| ((low - v) / gamma).exp()).sum();
    low - gamma * sum.ln()
}

/// The cost of aligning `a` with `b`, where a gap costs `gap`.
#[differentiable]
pub fn align(a: &[f64], b: &[f64], gap: f64, gamma: f64) -> f64 {
    let (n, m) = (a.len(), b.len());
    let mut table = vec![vec![0.0; m + 1]; n + 1];
    for (i, row) in table.iter_mut().enumerate() {
        row[0] = i as f64 * gap;
    }
    for (j, cell) in table[0].iter_mut().enumerate() {
        *cell = j as f64 * gap;
    }
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let matched = table[i][j] + (x - y).powi(2);
            let skipped_a = table[i][j + 1] + gap;
            let skipped_b = table[i + 1][j] + gap;
            table[i + 1][j + 1] = soft_min([matched, skipped_a, skipped_b], gamma);
        }
    }
    table[n][m]
}

/// The same with two rows of memory.
#[differentiable]
pub fn align_two_rows(a: &[f64], b: &[f64], gap: f64, gamma: f64) -> f64 {
    let mut previous: Vec<f64> = (0..=b.len()).map(|j| j as f64 * gap).collect();
    let mut current = previous.clone();
    for (i, x) in a.iter().enumerate() {
        current[0] = (i + 1) as f64 * gap;
        for (j, y) in b.iter().enumerate() {
            let matched = previous[j] + (x - y) * (x - y);
            current[j + 1] = soft_min([matched, previous[j + 1] + gap, current[j] + gap], gamma);
        }
        std::mem::swap(&mut previous, &mut current);
    }
    previous[b.len()]
}

/// The pairs that an alignment matches, its gaps and its cost.
type Alignment = (Vec<(usize, usize)>, usize, f64);

/// Every alignment.
fn alignments(a: &[f64], b: &[f64], gap: f64) -> Vec<Alignment> {
    let mut all = Vec::new();
    let mut open = vec![(0, 0, Vec::new(), 0)];
    while let Some((i, j, matches, gaps)) = open.pop() {
        if i == a.len() || j == b.len() {
            let gaps = gaps + (a.len() - i) + (b.len() - j);
            let square = |&(i, j): &(usize, usize)| (a[i] - b[j]).powi(2);
            let cost = matches.iter().map(square).sum::<f64>() + gaps as f64 * gap;
            all.push((matches, gaps, cost));
            continue;
        }
        open.push((i + 1, j, matches.clone(), gaps + 1));
        open.push((i, j + 1, matches.clone(), gaps + 1));
        let mut matched = matches;
        matched.push((i, j));
        open.push((i + 1, j + 1, matched, gaps));
    }
    all
}

#[test]
fn the_cost_is_that_of_all_alignments() {
    let (a, b) = ([0.1, 0.9, -0.4], [0.3, -0.2]);
    let sum: f64 = alignments(&a, &b, 0.5)
        .iter()
        .map(|(_, _, cost)| (-cost / 0.7).exp())
        .sum();
    reference::assert_close(&[align(&a, &b, 0.5, 0.7)], &[-0.7 * sum.ln()], 1e-14);
    reference::assert_close(
        &[align_two_rows(&a, &b, 0.5, 0.7)],
        &[-0.7 * sum.ln()],
        1e-14,
    );
}

#[test]
fn a_low_temperature_finds_the_best() {
    let same = align(&[1.0, 2.0, 3.0], &[1.0, 3.0], 0.1, 1e-3);
    reference::assert_close(&[same], &[0.1], 1e-12);
}

// The derivatives: averages over all alignments.

fn gradient(a: &[f64], b: &[f64], gap: f64, gamma: f64) -> (Vec<f64>, Vec<f64>, f64) {
    let all = alignments(a, b, gap);
    let sum: f64 = all.iter().map(|(_, _, cost)| (-cost / gamma).exp()).sum();
    let (mut da, mut db, mut dgap) = (vec![0.0; a.len()], vec![0.0; b.len()], 0.0);
    for (matches, gaps, cost) in &all {
        let weight = (-cost / gamma).exp() / sum;
        dgap += weight * *gaps as f64;
        for &(i, j) in matches {
            da[i] += weight * 2.0 * (a[i] - b[j]);
            db[j] -= weight * 2.0 * (a[i] - b[j]);
        }
    }
    (da, db, dgap)
}

/// `−Σ p ln p` taken from `cost = E − γ S`: `∂/∂γ = −S`.
fn by_gamma(a: &[f64], b: &[f64], gap: f64, gamma: f64) -> f64 {
    let all = alignments(a, b, gap);
    let sum: f64 = all.iter().map(|(_, _, cost)| (-cost / gamma).exp()).sum();
    all.iter()
        .map(|(_, _, cost)| (-cost / gamma).exp() / sum)
        .map(|p| p * p.ln())
        .sum()
}

programs! {
    align { a: slice = vector(4, 1), b: slice = vector(3, 2), gap: val = 0.5, gamma: val = 0.7 }
        exact [gradient(&a, &b, gap, gamma).0, gradient(&a, &b, gap, gamma).1, gradient(&a, &b, gap, gamma).2, by_gamma(&a, &b, gap, gamma)];
    align_two_rows { a: slice = vector(4, 1), b: slice = vector(3, 2), gap: val = 0.5, gamma: val = 0.7 }
        exact [gradient(&a, &b, gap, gamma).0, gradient(&a, &b, gap, gamma).1, gradient(&a, &b, gap, gamma).2, by_gamma(&a, &b, gap, gamma)];
}
