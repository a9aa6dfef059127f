//! PageRank by power iteration, over links with weights.

use super::reference;

#[derive(Debug, Clone)]
pub struct Link {
    pub from: usize,
    pub to: usize,
    pub weight: f64,
}
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
