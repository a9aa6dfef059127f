//! What `#[differentiable]` gives, in five minutes: the gradient, `None`, a warning, forward mode, the
//! pullback of a function with several results, and gradients added into buffers of your own.
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! Each section is a function of its own, so that one can be copied and changed alone.

use pullback::differentiable;

/// How badly a line misses points: the square near it, the distance for outliers (Huber's loss).
#[differentiable(wrt(slope, offset))]
fn huber(slope: f64, offset: f64, x: &[f64], y: &[f64]) -> f64 {
    let mut loss = 0.0;
    for i in 0..x.len() {
        let r = y[i] - (slope * x[i] + offset);
        if r.abs() <= 1.0 {
            loss += 0.5 * r * r;
        } else {
            loss += r.abs() - 0.5;
        }
    }
    loss
}

/// Descends along the gradient to the line through four points of five.
fn gradient() {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0];
    let y = [1.0, 3.0, 5.0, 40.0, 9.0];
    let (value, (slope, offset)) = huber::value_and_grad(0.0, 0.0, &x, &y);
    println!("the loss at (0, 0) is {value}, its gradient ({slope}, {offset})");

    let (mut a, mut b) = (0.0, 0.0);
    for _ in 0..2000 {
        let (da, db) = huber::grad(a, b, &x, &y);
        a -= 0.05 * da;
        b -= 0.05 * db;
    }
    println!("2000 steps lead to slope {a:.3}, offset {b:.3}; the outlier hardly counts");
}

/// A tax that uses the relief only above a threshold.
#[differentiable]
fn tax(income: f64, relief: f64) -> f64 {
    if income > 100.0 {
        0.3 * income - relief
    } else {
        0.2 * income
    }
}

/// `None` tells an input that does not reach the result from one whose derivative happens to be zero.
fn none() {
    println!("{:?}", tax::gradients(150.0, 7.0));
    println!("{:?}", tax::gradients(50.0, 7.0));
    println!(
        "{:?} from `grad`, which gives zeros instead",
        tax::grad(50.0, 7.0)
    );
}

/// The cast cuts `height` off, on every path, so the macro warns at the parameter and at the cast. The `allow` keeps this
/// example quiet; without it the build prints what [`warning`] shows.
#[allow(deprecated)]
#[differentiable]
fn tiled_area(width: f64, height: f64) -> f64 {
    let rows = height as i64;
    width * rows as f64
}

/// What an input that never reaches the result looks like, while compiling and at run time.
fn warning() {
    println!(
        "\
without `#[allow(deprecated)]`, `cargo build` says at the parameter `height`:
    `height` has no gradient: no chain of differentiable operations leads from it to the result of `tiled_area`
    the chain ends at line 69, column 16, in a cast to an integer: `height as i64`"
    );
    println!("{:?}", tiled_area::gradients(3.0, 2.5));
}

/// A point given by radius and angle.
#[differentiable]
fn polar(radius: f64, angle: f64) -> (f64, f64) {
    (radius * angle.cos(), radius * angle.sin())
}

/// Forward mode: how the point moves when the angle does.
fn forward_mode() {
    let (point, velocity) = polar::jvp((2.0, 0.0), (0.0, 1.0));
    println!("at {point:?} the point moves with {velocity:?}");
}

/// Reverse mode for several results: a pullback takes a weight for each and gives the inputs' cotangents.
fn vjp() {
    let (point, pullback) = polar::vjp(2.0, 0.0);
    let (radius, angle) = pullback((1.0, 10.0));
    println!("at {point:?}, x + 10 y changes by {radius} per radius, {angle} per angle");
}

/// The sum of squares, which needs nothing but its input for the gradient.
#[differentiable]
fn square_norm(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    sum
}

/// Gradients of several calls added up in one buffer, without an allocation for each.
fn accumulate() {
    let mut total = [0.0; 2];
    for sample in [[1.0, 2.0], [3.0, 4.0]] {
        square_norm::accumulate_grad(&sample, &mut total);
    }
    println!("the gradients of both samples add up to {total:?}");
}

fn main() {
    let sections: [(&str, fn()); 6] = [
        ("gradient", gradient),
        ("None", none),
        ("warning", warning),
        ("forward mode", forward_mode),
        ("vjp", vjp),
        ("accumulate", accumulate),
    ];
    for (name, section) in sections {
        println!("-- {name}");
        section();
    }
}
