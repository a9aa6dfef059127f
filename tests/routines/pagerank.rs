//! PageRank by power iteration, over links with weights.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Debug, Clone, Differentiable)]
pub struct Link {
    #[constant]
    pub from: usize,
    #[constant]
    pub to: usize,
    pub weight: f64,
}

#[allow(deprecated)]
#[differentiable]
pub fn page_rank(links: &[Link], pages: usize, damping: f64, tolerance: f64) -> Vec<f64> {
    let mut outgoing = vec![0.0; pages];
    for link in links {
        outgoing[link.from] += link.weight;
    }
    let mut rank = vec![1.0 / pages as f64; pages];
    loop {
        let dangling: f64 = rank
            .iter()
            .zip(&outgoing)
            .filter(|&(_, &out)| out == 0.0)
            .map(|(r, _)| r)
            .sum();
        let mut next = vec![(1.0 - damping + damping * dangling) / pages as f64; pages];
        for &Link { from, to, weight } in links {
            next[to] += damping * rank[from] * weight / outgoing[from];
        }
        let change: f64 = next.iter().zip(&rank).map(|(a, b)| (a - b).abs()).sum();
        rank = next;
        if change < tolerance {
            return rank;
        }
    }
}

const ENDS: [(usize, usize); 6] = [(0, 1), (0, 2), (1, 2), (2, 0), (3, 2), (3, 0)];

/// The score of the pages by `w`; page 4 has no links.
#[differentiable]
fn score(weights: &[f64], damping: f64, w: &[f64]) -> f64 {
    let links: Vec<Link> = ENDS
        .iter()
        .zip(weights)
        .map(|(&(from, to), &weight)| Link { from, to, weight })
        .collect();
    let rank = page_rank(&links, w.len(), damping, 1e-15);
    rank.iter().zip(w).map(|(r, w)| r * w).sum()
}

#[test]
fn the_ranks_are_a_fixed_point_and_sum_to_one() {
    let ones = [1.0; 5];
    reference::assert_close(&[score(&[1.0; 6], 0.85, &ones)], &[1.0], 1e-14);
    let pair = [
        Link {
            from: 0,
            to: 1,
            weight: 2.0,
        },
        Link {
            from: 1,
            to: 0,
            weight: 1.0,
        },
    ];
    reference::assert_close(&page_rank(&pair, 2, 0.85, 1e-15), &[0.5, 0.5], 1e-14);
}

// The derivatives, by the linear system that the ranks solve.

fn system(weights: &[f64], damping: f64) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut outgoing = [0.0; 5];
    for (&(from, _), w) in ENDS.iter().zip(weights) {
        outgoing[from] += w;
    }
    let mut a = vec![vec![0.0; 5]; 5];
    for i in 0..5 {
        a[i][i] += 1.0;
        a[i][4] -= damping / 5.0;
    }
    for (&(from, to), w) in ENDS.iter().zip(weights) {
        a[to][from] -= damping * w / outgoing[from];
    }
    (a, vec![(1.0 - damping) / 5.0; 5])
}

/// `−z · A' r + z · b'` with `Aᵀ z = w`; the derivatives of `A` by weights are exact quotients.
fn gradient(weights: &[f64], damping: f64, w: &[f64]) -> (Vec<f64>, f64, Vec<f64>) {
    let (a, b) = system(weights, damping);
    let inverse = reference::inverse(&a);
    let rank = reference::apply(&inverse, &b);
    let z = reference::apply(&reference::transposed(&inverse), w);
    let outgoing = |page: usize| -> f64 {
        ENDS.iter()
            .zip(weights)
            .filter(|(e, _)| e.0 == page)
            .map(|(_, w)| w)
            .sum()
    };
    let by_weight = ENDS
        .iter()
        .map(|&(from, to)| {
            let out = outgoing(from);
            let others: f64 = ENDS
                .iter()
                .zip(weights)
                .filter(|(e, _)| e.0 == from)
                .map(|(e, w)| z[e.1] * w / (out * out))
                .sum();
            damping * rank[from] * (z[to] / out - others)
        })
        .collect();
    // b' = −1/5, A' = (A − 1)/damping
    let moved: Vec<f64> = (0..5)
        .map(|i| -0.2 - (reference::dot(&a[i], &rank) - rank[i]) / damping)
        .collect();
    (by_weight, reference::dot(&z, &moved), rank)
}

programs! {
    score { weights: slice = positive(6, 1), damping: val = 0.6, w: slice = vector(5, 2) }
        exact [gradient(&weights, damping, &w).0, gradient(&weights, damping, &w).1, gradient(&weights, damping, &w).2];
}
