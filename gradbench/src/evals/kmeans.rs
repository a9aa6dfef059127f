//! `kmeans`: the squared distance of each point from the nearest centroid, summed, and Newton's direction for it.

use pullback::{Tape, detach, differentiable};
use serde::{Deserialize, Serialize};

use super::{Module, flat, rows};
use crate::protocol::measure;

/// The module.
pub const MODULE: Module = Module {
    name: "kmeans",
    functions: &[
        ("cost", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, 0.0)),
                |(p, value)| *value = cost(&p.points, &p.centroids, p.d),
                |(_, value)| value,
            )
        }),
        ("dir", |input| {
            measure(
                input,
                |input: Input| Ok((Problem::new(&input)?, Tape::new(), Vec::new())),
                |(p, tape, direction)| *direction = newton(p, tape),
                |(p, _, direction)| {
                    let k = p.centroids.len() / p.d;
                    rows(&direction, k)
                        .into_iter()
                        .map(<[f64]>::to_vec)
                        .collect::<Vec<_>>()
                },
            )
        }),
    ],
};

/// Points and centroids, a row each.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// At least one for which each centroid is the nearest.
    pub points: Vec<Vec<f64>>,
    /// At least one.
    pub centroids: Vec<Vec<f64>>,
}

/// The same, row behind row.
#[derive(Clone, Debug)]
pub struct Problem {
    /// n × d.
    pub points: Vec<f64>,
    /// k × d.
    pub centroids: Vec<f64>,
    /// The dimensions.
    pub d: usize,
}

impl Problem {
    /// Checks the widths.
    ///
    /// # Errors
    ///
    /// When there is no centroid, or rows differ in length.
    pub fn new(input: &Input) -> Result<Self, String> {
        let d = input.centroids.first().ok_or("there is no centroid")?.len();
        let points = flat(&input.points, d, "points")?;
        let centroids = flat(&input.centroids, d, "centroids")?;
        Ok(Self {
            points,
            centroids,
            d,
        })
    }
}

/// Σ over the points of min over the centroids of |p − c|².
#[differentiable]
pub fn cost(#[constant] points: &[f64], centroids: &[f64], d: usize) -> f64 {
    let nearest: Vec<usize> = nearest(points, detach(centroids), d);
    cost_to(&nearest, points, centroids, d)
}

/// The same where the nearest centroid of each point is known.
#[differentiable]
pub fn cost_to(nearest: &[usize], #[constant] points: &[f64], centroids: &[f64], d: usize) -> f64 {
    // A sum for each dimension, which do not wait for each other.
    let mut sums = vec![0.0; d];
    for (p, c) in points.chunks_exact(d).zip(nearest) {
        let centroid = &centroids[c * d..(c + 1) * d];
        for ((sum, p), c) in sums.iter_mut().zip(p).zip(centroid) {
            *sum += (p - c) * (p - c);
        }
    }
    sums.iter().sum()
}

/// How many points look for their centroid together.
const LANES: usize = 8;

/// The number of the centroid that is nearest to each point; the first of those that are equally near.
pub fn nearest(points: &[f64], centroids: &[f64], d: usize) -> Vec<usize> {
    let n = points.len() / d;
    let mut nearest = Vec::with_capacity(n.next_multiple_of(LANES));
    let mut lanes = vec![[0.0; LANES]; d];
    for group in points.chunks(LANES * d) {
        for (s, point) in group.chunks_exact(d).enumerate() {
            for (lane, v) in lanes.iter_mut().zip(point) {
                lane[s] = *v;
            }
        }
        let mut least = [f64::INFINITY; LANES];
        let mut found = [0; LANES];
        for (number, centroid) in centroids.chunks_exact(d).enumerate() {
            let mut square = [0.0; LANES];
            for (lane, c) in lanes.iter().zip(centroid) {
                for s in 0..LANES {
                    square[s] += (lane[s] - c) * (lane[s] - c);
                }
            }
            for s in 0..LANES {
                let nearer = square[s] < least[s];
                least[s] = if nearer { square[s] } else { least[s] };
                found[s] = if nearer { number } else { found[s] };
            }
        }
        nearest.extend_from_slice(&found);
    }
    nearest.truncate(n);
    nearest
}

/// The gradient of [`cost_to()`] with respect to the centroids, by hand: each point adds twice the way from it to its
/// centroid.
///
/// It is here to be differentiated again, since second derivatives through memory are not generated yet.
#[differentiable]
pub fn slope(
    nearest: &[usize],
    #[constant] points: &[f64],
    centroids: &[f64],
    d: usize,
) -> Vec<f64> {
    let mut slope = vec![0.0; centroids.len()];
    for (p, c) in points.chunks_exact(d).zip(nearest) {
        let (from, to) = (c * d, (c + 1) * d);
        let slope = &mut slope[from..to];
        for ((slope, p), c) in slope.iter_mut().zip(p).zip(&centroids[from..to]) {
            *slope += 2.0 * (c - p);
        }
    }
    slope
}

/// The gradient over the diagonal of the Hessian. Beside the diagonal the Hessian is zero, so that the diagonal is
/// the Hessian times ones, a single sweep in forward mode. Which centroid is nearest is found once for both.
pub fn newton(problem: &Problem, tape: &mut Tape) -> Vec<f64> {
    let Problem {
        points,
        centroids,
        d,
    } = problem;
    let nearest = nearest(points, centroids, *d);
    let mut direction = cost_to::grad_with(tape, &nearest, points, centroids, *d);
    let ones = vec![1.0; centroids.len()];
    let (_, diagonal) = slope::jvp((&nearest, points, centroids, *d), ones);
    for (g, h) in direction.iter_mut().zip(diagonal) {
        *g /= h;
    }
    direction
}
