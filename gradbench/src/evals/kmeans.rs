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
    let mut sum = 0.0;
    for p in points.chunks_exact(d) {
        let c = nearest(p, detach(centroids));
        for (p, c) in p.iter().zip(&centroids[c * d..(c + 1) * d]) {
            sum += (p - c) * (p - c);
        }
    }
    sum
}

/// The number of the centroid that is nearest to `p`; the first of those that are equally near.
fn nearest(p: &[f64], centroids: &[f64]) -> usize {
    let mut found = (0, f64::INFINITY);
    for (i, c) in centroids.chunks_exact(p.len()).enumerate() {
        let square = p
            .iter()
            .zip(c)
            .fold(0.0, |sum, (p, c)| sum + (p - c) * (p - c));
        if square < found.1 {
            found = (i, square);
        }
    }
    found.0
}

/// The gradient of [`cost`] with respect to the centroids, by hand: each point adds twice the way from it to the
/// nearest centroid.
///
/// It is here to be differentiated again, since second derivatives through memory are not generated yet.
#[differentiable]
pub fn slope(#[constant] points: &[f64], centroids: &[f64], d: usize) -> Vec<f64> {
    let mut slope = vec![0.0; centroids.len()];
    for p in points.chunks_exact(d) {
        let c = nearest(p, detach(centroids));
        for i in 0..d {
            slope[c * d + i] += 2.0 * (centroids[c * d + i] - p[i]);
        }
    }
    slope
}

/// The gradient over the diagonal of the Hessian. Beside the diagonal the Hessian is zero, so that the diagonal is
/// the Hessian times ones, a single sweep in forward mode.
pub fn newton(problem: &Problem, tape: &mut Tape) -> Vec<f64> {
    let Problem {
        points,
        centroids,
        d,
    } = problem;
    let mut direction = cost::grad_with(tape, points, centroids, *d);
    let ones = vec![1.0; centroids.len()];
    let (_, diagonal) = slope::jvp((points, centroids, *d), ones);
    for (g, h) in direction.iter_mut().zip(diagonal) {
        *g /= h;
    }
    direction
}
