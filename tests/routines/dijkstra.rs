//! Shortest paths over weights that carry a derivative: Dijkstra with a heap, Bellman and Ford by
//! relaxation.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};

#[derive(Debug, Clone, Copy, Differentiable)]
pub struct Edge {
    #[constant]
    pub from: usize,
    #[constant]
    pub to: usize,
    pub weight: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NegativeCycle;

/// The distances from `start`, infinite where there is no way.
#[differentiable]
pub fn bellman_ford(edges: &[Edge], nodes: usize, start: usize) -> Result<Vec<f64>, NegativeCycle> {
    let mut distance = vec![f64::INFINITY; nodes];
    distance[start] = 0.0;
    for _ in 0..nodes {
        let mut changed = false;
        for edge in edges {
            let through = distance[edge.from] + edge.weight;
            if through < distance[edge.to] {
                distance[edge.to] = through;
                changed = true;
            }
        }
        if !changed {
            return Ok(distance);
        }
    }
    Err(NegativeCycle)
}

/// The distance from `start` to `goal` where no weight is negative.
#[differentiable]
pub fn dijkstra(neighbours: &[Vec<(usize, f64)>], start: usize, goal: usize) -> Option<f64> {
    let mut distance: Vec<Option<f64>> = vec![None; neighbours.len()];
    let mut done = vec![false; neighbours.len()];
    distance[start] = Some(0.0);
    loop {
        let mut nearest: Option<(usize, f64)> = None;
        for (node, d) in distance.iter().enumerate() {
            if let Some(d) = *d
                && !done[node]
                && nearest.is_none_or(|(_, best)| d < best)
            {
                nearest = Some((node, d));
            }
        }
        let (node, here) = nearest?;
        if node == goal {
            return Some(here);
        }
        done[node] = true;
        for &(next, weight) in &neighbours[node] {
            let through = here + weight;
            match distance[next] {
                Some(known) if known <= through => {}
                _ => distance[next] = Some(through),
            }
        }
    }
}

const ENDS: [(usize, usize); 7] = [(0, 1), (0, 2), (1, 2), (2, 1), (1, 3), (2, 3), (3, 4)];

#[differentiable]
fn relaxed(weights: &[f64], goal: usize) -> f64 {
    let edges: Vec<Edge> = ENDS
        .iter()
        .zip(weights)
        .map(|(&(from, to), &weight)| Edge { from, to, weight })
        .collect();
    match bellman_ford(&edges, 5, 0) {
        Ok(distance) => distance[goal],
        Err(NegativeCycle) => f64::NEG_INFINITY,
    }
}

#[differentiable]
fn shortest(weights: &[f64], goal: usize) -> f64 {
    let mut neighbours = vec![Vec::new(); 5];
    for (&(from, to), &weight) in ENDS.iter().zip(weights) {
        neighbours[from].push((to, weight));
    }
    dijkstra(&neighbours, 0, goal).map_or(f64::INFINITY, |d| d * d)
}

fn sample() -> Vec<f64> {
    vec![4.0, 1.0, 1.0, 2.0, 1.0, 5.0, 3.0]
}

#[test]
fn the_distances() {
    assert_eq!(relaxed(&sample(), 4), 7.0);
    assert_eq!(shortest(&sample(), 4), 49.0);
    assert_eq!(
        relaxed(&[1.0, 1.0, -2.0, 1.0, 1.0, 1.0, 1.0], 4),
        f64::NEG_INFINITY
    );
    assert_eq!(dijkstra(&[vec![(0, 1.0)], vec![]], 0, 1), None);
    reference::assert_close(&[relaxed(&sample(), 3)], &[4.0], 0.0);
}

// The derivatives: one for each edge of the shortest path 0, 2, 1, 3, 4.

programs! {
    relaxed { weights: slice = sample(), goal: konst = 4_usize } exact [vec![0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]];
    shortest { weights: slice = sample(), goal: konst = 4_usize } exact [vec![0.0, 14.0, 0.0, 14.0, 14.0, 0.0, 14.0]];
}
