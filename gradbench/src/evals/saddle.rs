//! `saddle`: the least over x of the greatest over y of (x₁² + x₂²) − (y₁² + y₂²), each looked for by descent along
//! the gradient: the outer descent needs the derivative of the inner one.
//!
//! A function that calls `grad` of another is not differentiated yet, so the inner gradient has a rule, whose
//! derivatives are those of the objective's second order (`hvp`).

use pullback::differentiable;
use serde::{Deserialize, Serialize};

use super::Module;
use super::descent::argmin;
use crate::protocol::{Evaluation, measure};

/// The module; the first letter is the mode of the outer descent, the second that of the inner one.
pub const MODULE: Module = Module {
    name: "saddle",
    functions: &[
        ("rr", |input| {
            find(input, best_by_reverse, greatest_by_reverse, |x, start| {
                greatest_by_reverse::grad(x, start)
            })
        }),
        ("rf", |input| {
            find(input, best_by_forward, greatest_by_forward, |x, start| {
                greatest_by_forward::grad(x, start)
            })
        }),
        ("fr", |input| {
            find(input, best_by_reverse, greatest_by_reverse, |x, start| {
                AXES.map(|axis| greatest_by_reverse::jvp((x, start), axis).1)
            })
        }),
        ("ff", |input| {
            find(input, best_by_forward, greatest_by_forward, |x, start| {
                AXES.map(|axis| greatest_by_forward::jvp((x, start), axis).1)
            })
        }),
    ],
};

/// A point of the plane.
pub type Point = [f64; 2];

const AXES: [Point; 2] = [[1.0, 0.0], [0.0, 1.0]];

fn find(
    input: &str,
    best: impl Fn(Point, Point) -> Point,
    greatest: impl Fn(Point, Point) -> f64,
    slope: impl Fn(Point, Point) -> Point,
) -> Result<Evaluation, String> {
    measure(
        input,
        |input: Input| Ok((input.start, [0.0; 4])),
        |(start, saddle)| {
            let x = argmin(|x| greatest(x, *start), |x| slope(x, *start), *start);
            let y = best(x, *start);
            *saddle = [x[0], x[1], y[0], y[1]];
        },
        |(_, saddle)| saddle,
    )
}

/// Where every descent starts.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// For x as well as for y.
    pub start: Point,
}

/// (x₁² + x₂²) − (y₁² + y₂²).
#[differentiable(order = 2)]
pub fn height(x1: f64, x2: f64, y1: f64, y2: f64) -> f64 {
    (x1 * x1 + x2 * x2) - (y1 * y1 + y2 * y2)
}

/// Its gradient with respect to y by reverse mode.
#[differentiable(vjp = slope_by_reverse_vjp, jvp = slope_by_reverse_jvp)]
fn slope_by_reverse(x: Point, y: Point) -> Point {
    let (_, _, along_1, along_2) = height::grad(x[0], x[1], y[0], y[1]);
    [along_1, along_2]
}

/// The matrix of second derivatives is symmetric: its transpose times the seed is itself times the seed.
fn slope_by_reverse_vjp(x: Point, y: Point) -> (Point, impl FnOnce(Point) -> (Point, Point)) {
    let back = move |seed| second(x, y, [0.0; 2], seed);
    (slope_by_reverse(x, y), back)
}

fn slope_by_reverse_jvp((x, y): (Point, Point), (dx, dy): (Point, Point)) -> (Point, Point) {
    (slope_by_reverse(x, y), second(x, y, dx, dy).1)
}

/// The same gradient by forward mode, a sweep for each direction.
#[differentiable(vjp = slope_by_forward_vjp, jvp = slope_by_forward_jvp)]
fn slope_by_forward(x: Point, y: Point) -> Point {
    AXES.map(|[d1, d2]| height::jvp((x[0], x[1], y[0], y[1]), (0.0, 0.0, d1, d2)).1)
}

/// The gradient of each of the two tangents, which is what `hvp` is.
fn slope_by_forward_vjp(x: Point, y: Point) -> (Point, impl FnOnce(Point) -> (Point, Point)) {
    let back = move |seed: Point| {
        let (mut of_x, mut of_y) = ([0.0; 2], [0.0; 2]);
        for (axis, s) in AXES.into_iter().zip(seed) {
            let (a, b) = second(x, y, [0.0; 2], axis);
            for i in 0..2 {
                of_x[i] += s * a[i];
                of_y[i] += s * b[i];
            }
        }
        (of_x, of_y)
    };
    (slope_by_forward(x, y), back)
}

fn slope_by_forward_jvp((x, y): (Point, Point), (dx, dy): (Point, Point)) -> (Point, Point) {
    let tangent = AXES.map(|axis| {
        let (a, b) = second(x, y, [0.0; 2], axis);
        a[0] * dx[0] + a[1] * dx[1] + b[0] * dy[0] + b[1] * dy[1]
    });
    (slope_by_forward(x, y), tangent)
}

/// The second derivatives of [`height`] times a direction.
fn second(x: Point, y: Point, dx: Point, dy: Point) -> (Point, Point) {
    let at = (x[0], x[1], y[0], y[1]);
    let (a, b, c, d) = height::hvp(at, (dx[0], dx[1], dy[0], dy[1]));
    ([a, b], [c, d])
}

/// The y at which `height` is greatest, with the gradient by reverse mode.
#[differentiable]
pub fn best_by_reverse(x: Point, start: Point) -> Point {
    argmin(
        |y: Point| -height(x[0], x[1], y[0], y[1]),
        |y: Point| {
            let slope = slope_by_reverse(x, y);
            [-slope[0], -slope[1]]
        },
        start,
    )
}

/// The same with the gradient by forward mode.
#[differentiable]
pub fn best_by_forward(x: Point, start: Point) -> Point {
    argmin(
        |y: Point| -height(x[0], x[1], y[0], y[1]),
        |y: Point| {
            let slope = slope_by_forward(x, y);
            [-slope[0], -slope[1]]
        },
        start,
    )
}

/// The greatest of `height` over y.
#[differentiable(wrt(x))]
pub fn greatest_by_reverse(x: Point, start: Point) -> f64 {
    let y = best_by_reverse(x, start);
    height(x[0], x[1], y[0], y[1])
}

/// The same with the inner gradient by forward mode.
#[differentiable(wrt(x))]
pub fn greatest_by_forward(x: Point, start: Point) -> f64 {
    let y = best_by_forward(x, start);
    height(x[0], x[1], y[0], y[1])
}
