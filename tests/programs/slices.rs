//! Parts of slices by their indices, and references to items that a search chooses.

use crate::harness::{flat, programs};
use pullback::{Differentiable, differentiable};

/// The first part of `rchunks` is the last of the slice, and the last part may be shorter.
#[differentiable]
fn from_behind(x: &[f64]) -> f64 {
    let mut weight = 1.0;
    let mut sum = 0.0;
    for part in x.rchunks(2) {
        weight *= 0.7;
        sum += weight * part.iter().product::<f64>() + part[0];
    }
    sum + x.rchunks(3).map(|c| c[0] * c[c.len() - 1]).sum::<f64>()
}

#[differentiable]
fn by_windows(x: &[f64], k: f64) -> f64 {
    let mut bent = 0.0;
    for [a, b, c] in x.array_windows() {
        bent += (a - 2.0 * b + c).powi(2);
    }
    let steps: f64 = x.array_windows().map(|&[a, b]| (b - a) * k).sum();
    bent + steps + x.array_windows::<2>().map(|w| w[0] * w[1]).sum::<f64>()
}

#[differentiable]
fn concatenated(x: &[f64], rows: &[Vec<f64>]) -> f64 {
    let v = [x, &x[1..]].concat();
    let all = rows.concat();
    let mut sum = 0.0;
    for (i, (a, b)) in v.iter().zip(&all).enumerate() {
        sum += a * b * (i + 1) as f64;
    }
    sum
}

/// Runs of growing numbers, whose bounds are no derivative.
#[differentiable]
fn runs(x: &[f64], k: f64) -> f64 {
    let longest = x.chunk_by(|a, b| a <= b).map(|run| run.len()).max();
    let mut sum = 0.0;
    for run in x.chunk_by(|a, b| a <= b) {
        sum += run.iter().product::<f64>() * run.len() as f64;
    }
    sum * k + longest.unwrap_or(0) as f64
}

#[differentiable]
fn between_zeros(x: &[f64], #[constant] limit: f64) -> f64 {
    x.split(|v| v.abs() < limit)
        .map(|part| part.iter().sum::<f64>().powi(2))
        .sum()
}

#[differentiable]
fn pairs_and_the_rest(x: &[f64]) -> f64 {
    let pairs = x.chunks_exact(2);
    let rest = pairs.remainder();
    let mut sum = 0.0;
    for pair in pairs {
        sum += pair[0] * pair[1];
    }
    for v in rest {
        sum += v * v * v;
    }
    sum
}

#[differentiable]
fn the_rest_afterwards(x: &[f64], n: usize) -> f64 {
    let mut parts = x.chunks_exact(n);
    let mut sum = 0.0;
    for part in &mut parts {
        sum += part[0] * part[n - 1];
    }
    for v in parts.remainder() {
        sum += v.exp();
    }
    sum
}

#[differentiable]
fn greatest_if_any(x: &[f64]) -> f64 {
    if let Some(v) = x.iter().max_by(|a, b| a.total_cmp(b)) {
        v * v
    } else {
        0.0
    }
}

#[differentiable]
fn first_beyond(x: &[f64], limit: f64) -> f64 {
    match x.iter().find(|v| **v > limit) {
        Some(v) => v * v * limit,
        None => limit,
    }
}

/// The other side of a pair goes with what was chosen.
#[differentiable]
fn value_at_the_greatest(x: &[f64], y: &[f64]) -> f64 {
    let (a, b) = x.iter().zip(y).max_by(|a, b| a.0.total_cmp(b.0)).unwrap();
    a * b
}

#[differentiable]
fn nearest(points: &[(f64, f64)], x: f64, y: f64) -> f64 {
    let far = |p: &(f64, f64)| (p.0 - x).powi(2) + (p.1 - y).powi(2);
    match points
        .iter()
        .skip(1)
        .min_by(|p, q| far(p).total_cmp(&far(q)))
    {
        Some((a, b)) => a * b + far(&(*a, *b)),
        None => 0.0,
    }
}

#[differentiable]
fn with_its_number(x: &[f64]) -> f64 {
    if let Some((i, v)) = x
        .iter()
        .enumerate()
        .filter(|(i, _)| i % 2 == 1)
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
    {
        v * v * (i + 1) as f64
    } else {
        0.0
    }
}

#[differentiable]
fn else_nothing(x: &[f64], k: f64) -> Option<f64> {
    let v = x.iter().rev().find(|v| **v > 0.0)?;
    let Some(w) = x.iter().find(|w| *w > v) else {
        return None;
    };
    Some(v * w * k)
}

#[differentiable]
fn mapped_choice(x: &[f64]) -> f64 {
    let square = x.iter().max_by(|a, b| a.total_cmp(b)).map(|v| v * v);
    square.unwrap_or(1.0) + x[0]
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Body {
    mass: f64,
    at: f64,
}

flat!(Body { mass, at });

#[differentiable]
fn heaviest(bodies: &[Body], x: f64) -> f64 {
    if let Some(b) = bodies.iter().max_by(|a, b| a.mass.total_cmp(&b.mass)) {
        b.mass / (b.at - x).powi(2)
    } else {
        0.0
    }
}

/// `flat_map` over what says `Some` or `None`.
#[differentiable]
fn roots(x: &[f64]) -> f64 {
    x.iter()
        .flat_map(|v| if *v > 0.0 { Some(v.sqrt()) } else { None })
        .sum()
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct View<'a> {
    data: &'a [f64],
    scale: f64,
}

/// What borrows its data has methods.
#[differentiable]
impl<'a> View<'a> {
    fn new(data: &'a [f64], scale: f64) -> View<'a> {
        View { data, scale }
    }

    fn norm(&self) -> f64 {
        let mut sum = 0.0;
        for v in self.data {
            sum += v * v;
        }
        self.scale * sum.sqrt()
    }

    fn dot(&self, other: &Self) -> f64 {
        let pairs = self.data.iter().zip(other.data);
        self.scale * pairs.map(|(a, b)| a * b).sum::<f64>()
    }
}

#[differentiable]
fn of_views<'a>(a: &View<'a>, b: &View<'_>) -> f64 {
    a.norm() * b.norm() + a.dot(b)
}

#[test]
fn what_borrows_has_gradients() {
    let (x, y) = ([3.0, 4.0], [1.0, -2.0]);
    let (a, b) = (View::new(&x, 2.0), View::new(&y, 1.0));
    let (da, db) = of_views::grad(&a, &b);
    // d(|a|) = 2 x / 5, |b| = √5; d(a·b) = 2 y.
    let root = 5.0_f64.sqrt();
    let close = |p: f64, q: f64| assert!((p - q).abs() < 1e-12, "{p} is not {q}");
    close(da.data[0], 2.0 * 3.0 / 5.0 * root + 2.0);
    close(da.data[1], 2.0 * 4.0 / 5.0 * root - 4.0);
    close(da.scale, 5.0 * root - 5.0);
    close(db.data[0], 10.0 / root + 6.0);
    close(db.data[1], -20.0 / root + 8.0);
    close(db.scale, 10.0 * root);
    close(a.norm_grad().data[0], 1.2);
    let (value, slope) = of_views::jvp(
        (&a, &b),
        (
            ViewTangent {
                data: vec![1.0, 0.0],
                scale: 0.0,
            },
            ViewTangent {
                data: vec![0.0, 0.0],
                scale: 0.0,
            },
        ),
    );
    close(value, of_views(&a, &b));
    close(slope, da.data[0]);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Gain {
    k: f64,
}

flat!(Gain { k });

/// Methods that take functions.
#[differentiable]
impl Gain {
    fn apply(&self, f: impl Fn(f64) -> f64) -> f64 {
        f(self.k) * self.k
    }

    fn twice<F: Fn(f64) -> f64>(&self, f: F, x: f64) -> f64 {
        self.k * f(f(x))
    }
}

#[differentiable]
fn with_functions(gain: &Gain, x: f64) -> f64 {
    gain.apply(|v| v * x) + gain.twice(|v| v.sin() + x, x) + gain.apply(f64::exp)
}

programs! {
    from_behind { x: slice = vector(7, 1) };
    by_windows { x: slice = vector(5, 2), k: val = 0.7 };
    concatenated { x: slice = vector(3, 3), rows: refer = vec![vector(2, 4), vector(3, 5)] };
    runs { x: slice = vec![0.3, 0.7, 0.2, 0.4, 0.9, 0.1], k: val = 1.3 };
    between_zeros { x: slice = vec![0.3, 0.7, 0.02, 0.4, 0.9, 0.01], limit: konst = 0.1 };
    pairs_and_the_rest { x: slice = vector(5, 6) };
    the_rest_afterwards { x: slice = vector(8, 7), n: konst = 3 };
    greatest_if_any { x: slice = vector(4, 8) };
    first_beyond { x: slice = vec![0.1, 0.8, 0.9], limit: val = 0.5 };
    value_at_the_greatest { x: slice = vector(4, 9), y: slice = vector(4, 10) };
    nearest { points: slice = vec![(0.1, 0.2), (0.9, 0.7), (0.4, 1.3)], x: val = 0.5, y: val = 0.9 };
    with_its_number { x: slice = vector(5, 11) };
    fallible else_nothing { x: slice = vec![0.3, 0.7, 0.2, -0.4], k: val = 1.7 };
    mapped_choice { x: slice = vector(4, 12) };
    heaviest { bodies: slice = vec![Body { mass: 0.3, at: 1.0 }, Body { mass: 0.9, at: 2.0 }], x: val = 0.2 };
    roots { x: slice = vec![0.3, -0.7, 0.2] };
    with_functions { gain: refer = Gain { k: 0.7 }, x: val = 0.4 };
}
