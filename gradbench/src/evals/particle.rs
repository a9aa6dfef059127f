//! `particle`: a charge flies past two others, of which one is moved by `w` until the flight ends at the origin. The
//! force is the gradient of a potential, and the descent to the right `w` needs the derivative of the whole flight:
//! a derivative inside of another.
//!
//! A function that calls `grad` of another is not differentiated yet, so the force has a rule, whose derivatives are
//! those of the potential's second order (`hvp`).

use pullback::differentiable;
use serde::{Deserialize, Serialize};

use super::Module;
use super::descent::argmin;
use crate::protocol::{Evaluation, measure};

/// The module; the first letter is the mode of the descent, the second that of the force.
pub const MODULE: Module = Module {
    name: "particle",
    functions: &[
        ("rr", |input| {
            descend(input, miss::<true>, miss::grad::<true>)
        }),
        ("rf", |input| {
            descend(input, miss::<false>, miss::grad::<false>)
        }),
        ("fr", |input| {
            descend(input, miss::<true>, |w| miss::jvp::<true>(w, 1.0).1)
        }),
        ("ff", |input| {
            descend(input, miss::<false>, |w| miss::jvp::<false>(w, 1.0).1)
        }),
    ],
};

fn descend(
    input: &str,
    miss: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
) -> Result<Evaluation, String> {
    measure(
        input,
        |input: Input| Ok((input, 0.0)),
        |(input, w)| [*w] = argmin(|[w]| miss(w), |[w]| [slope(w)], [input.w]),
        |(_, w)| w,
    )
}

/// Where the descent starts.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// How far the second charge is moved.
    pub w: f64,
}

/// Derivatives with respect to x and y.
type Plane = (f64, f64);

/// Derivatives with respect to x, y and w, or a direction of them.
type Space = (f64, f64, f64);

/// The potential of the two fixed charges at (x, y).
#[differentiable(order = 2)]
pub fn potential(x: f64, y: f64, w: f64) -> f64 {
    let (dx, dy, dw) = (x - 10.0, y, y - (10.0 - w));
    (dx * dx + dw * dw).sqrt().recip() + (dx * dx + dy * dy).sqrt().recip()
}

/// Its gradient with respect to x and y by reverse mode.
#[differentiable(vjp = slope_by_reverse_vjp, jvp = slope_by_reverse_jvp)]
fn slope_by_reverse(x: f64, y: f64, w: f64) -> (f64, f64) {
    let (along_x, along_y, _) = potential::grad(x, y, w);
    (along_x, along_y)
}

/// The matrix of second derivatives is symmetric: its transpose times the seed is itself times the seed.
fn slope_by_reverse_vjp(x: f64, y: f64, w: f64) -> (Plane, impl FnOnce(Plane) -> Space) {
    let back = move |(sx, sy)| potential::hvp((x, y, w), (sx, sy, 0.0));
    (slope_by_reverse(x, y, w), back)
}

fn slope_by_reverse_jvp((x, y, w): Space, direction: Space) -> (Plane, Plane) {
    let (along_x, along_y, _) = potential::hvp((x, y, w), direction);
    (slope_by_reverse(x, y, w), (along_x, along_y))
}

/// The same gradient by forward mode, a sweep for each direction.
#[differentiable(vjp = slope_by_forward_vjp, jvp = slope_by_forward_jvp)]
fn slope_by_forward(x: f64, y: f64, w: f64) -> (f64, f64) {
    let along = |direction| potential::jvp((x, y, w), direction).1;
    (along((1.0, 0.0, 0.0)), along((0.0, 1.0, 0.0)))
}

/// The gradient of each of the two tangents, which is what `hvp` is.
fn slope_by_forward_vjp(x: f64, y: f64, w: f64) -> (Plane, impl FnOnce(Plane) -> Space) {
    let back = move |(sx, sy)| {
        let a = potential::hvp((x, y, w), (1.0, 0.0, 0.0));
        let b = potential::hvp((x, y, w), (0.0, 1.0, 0.0));
        (
            sx * a.0 + sy * b.0,
            sx * a.1 + sy * b.1,
            sx * a.2 + sy * b.2,
        )
    };
    (slope_by_forward(x, y, w), back)
}

fn slope_by_forward_jvp((x, y, w): Space, (dx, dy, dw): Space) -> (Plane, Plane) {
    let along = |direction| {
        let (a, b, c) = potential::hvp((x, y, w), direction);
        a * dx + b * dy + c * dw
    };
    let tangent = (along((1.0, 0.0, 0.0)), along((0.0, 1.0, 0.0)));
    (slope_by_forward(x, y, w), tangent)
}

/// The time between two positions.
const STEP: f64 = 0.1;

/// By how much the flight misses the origin: the square of where it crosses the x axis, by Euler's method. The force
/// is taken by reverse or by forward mode.
#[differentiable]
pub fn miss<const REVERSE: bool>(w: f64) -> f64 {
    let (mut x, mut y) = (0.0, 8.0);
    let (mut vx, mut vy) = (0.75, 0.0);
    loop {
        let (along_x, along_y): (f64, f64) = if REVERSE {
            slope_by_reverse(x, y, w)
        } else {
            slope_by_forward(x, y, w)
        };
        x += STEP * vx;
        y += STEP * vy;
        if y <= 0.0 {
            let end = x - y / vy * vx;
            return end * end;
        }
        vx -= STEP * along_x;
        vy -= STEP * along_y;
    }
}
