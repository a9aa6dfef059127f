//! "Why is my gradient None?" A gallery: each function has an input whose derivative people miss, with the answer.
//!
//! `cargo run --example why_none` prints what `gradients` gives at a point, and what `reachability` knows without
//! running anything. Where an input can never have a gradient, the compiler says so with a warning at the parameter
//! and another where the way ends; here `detached = "allow"` keeps it quiet. Leave it out and build to read it.

use pullback::{Differentiable, differentiable, stop_gradient};

// ---- No path at all: the answer is the same for all arguments ----

/// The result is a constant, and `x` is not used.
#[differentiable(detached = "allow")]
fn constant_result(_x: f64) -> f64 {
    2.5
}

/// `stop_gradient` (or `detach`) keeps the value and drops the derivative, as asked.
#[differentiable(detached = "allow")]
fn stopped(x: f64, y: f64) -> f64 {
    stop_gradient(x * 2.0) * y
}

/// An integer stays the same while `x` moves a little; casting it back does not bring the derivative home.
#[differentiable(detached = "allow")]
fn through_an_integer(x: f64, y: f64) -> f64 {
    let bin = x as i64;
    bin as f64 * y
}

/// `floor`, `ceil`, `round`, `trunc` and `signum` are flat between their steps.
#[differentiable(detached = "allow")]
fn rounded(x: f64, y: f64) -> f64 {
    (x * 10.0).round() / 10.0 * y
}

/// `x` chooses the branch and does nothing else.
#[differentiable(detached = "allow")]
fn chooses(x: f64, y: f64) -> f64 {
    if x > 0.0 { y } else { -y }
}

/// `x` chooses the element: the `argmax` of the frameworks.
#[differentiable(detached = "allow")]
fn picks(x: f64, table: &[f64]) -> f64 {
    table[x as usize]
}

/// What held `x` is overwritten before anything reads it.
#[differentiable(detached = "allow")]
fn overwritten(x: f64, y: f64) -> f64 {
    let mut state = [x * 2.0, y];
    state.fill(y);
    state[0] * state[1]
}

/// The way ends in another function. Rust's type checker carries the fact from there, also from other crates.
#[differentiable(detached = "allow")]
fn in_a_callee(x: f64, y: f64) -> f64 {
    rounded(x, y) + y
}

/// Nobody wants a gradient with respect to `frozen`: it is marked, and has no field and no warning.
#[differentiable]
fn frozen_parameter(x: f64, #[constant] frozen: f64) -> f64 {
    x * frozen
}

/// A frozen weight in a struct: its place in the gradient is of the type `NoTangent`.
#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weight: f64,
    #[constant]
    frozen: f64,
}

#[differentiable]
fn with_a_frozen_field(layer: &Layer, x: f64) -> f64 {
    layer.weight * x + layer.frozen
}

// ---- It depends on the path that this call takes ----

/// A branch not taken does not connect; the one that is taken does.
#[differentiable]
fn one_branch(x: f64, take_x: bool) -> f64 {
    if take_x { x + 1.0 } else { 2.0 }
}

/// Both branches use `x`, so it is connected whichever is taken.
#[differentiable]
fn both_branches(x: f64) -> f64 {
    if x > 0.0 { x * x * 2.0 } else { 2.0 * x }
}

/// A loop of zero trips does nothing.
#[differentiable]
fn in_a_loop(x: f64, trips: usize) -> f64 {
    let mut sum = 1.0;
    for _ in 0..trips {
        sum += x;
    }
    sum
}

/// An early return leaves before `y` is used.
#[differentiable]
fn early(x: f64, y: f64) -> f64 {
    if x > 10.0 {
        return x;
    }
    x * y
}

// ---- Zero is not None ----

/// The derivative is 0 and it exists.
#[allow(clippy::eq_op)]
#[differentiable]
fn times_zero(x: f64) -> f64 {
    x * 0.0 + (x - x)
}

/// An assignment is differentiated like any other statement.
#[differentiable]
fn assigned(x: f64) -> f64 {
    let mut x = x;
    x += 1.0;
    x * x
}

/// The product of all elements, one of which is 0.
#[differentiable]
fn product(x: &[f64]) -> f64 {
    let mut all = 1.0;
    for v in x {
        all *= v;
    }
    all
}

macro_rules! show {
    ($title:literal, $function:ident($($argument:expr),*)) => {{
        println!("\n{}", $title);
        println!("    {:?}", $function::gradients($($argument),*));
        for line in $function::reachability().to_string().lines().skip(1) {
            println!("    {line}");
        }
    }};
}

fn main() {
    println!("NEVER: known while compiling, told by a warning");
    show!("the result is a constant", constant_result(3.0));
    show!("stop_gradient", stopped(3.0, 2.0));
    show!(
        "a cast to an integer and back",
        through_an_integer(3.7, 2.0)
    );
    show!("round", rounded(3.3, 2.0));
    show!("only a condition", chooses(3.0, 2.0));
    show!("only an index", picks(1.0, &[5.0, 6.0]));
    show!("overwritten before it is read", overwritten(3.0, 2.0));
    show!("inside another function", in_a_callee(3.3, 2.0));
    show!("frozen: no input at all", frozen_parameter(3.0, 2.0));
    let layer = Layer {
        weight: 2.0,
        frozen: 5.0,
    };
    show!("a frozen field", with_a_frozen_field(&layer, 3.0));

    println!("\n\nSOMETIMES: by the path that a call takes");
    show!("the branch that uses x is taken", one_branch(3.0, true));
    show!(
        "the branch that uses x is not taken",
        one_branch(3.0, false)
    );
    show!("both branches use x", both_branches(-1.0));
    show!("a loop of three trips", in_a_loop(3.0, 3));
    show!("a loop of zero trips", in_a_loop(3.0, 0));
    show!("an early return", early(20.0, 2.0));

    println!("\n\nALWAYS: zero is a gradient, None is none");
    show!("times zero", times_zero(3.0));
    show!("assigned before it is used", assigned(2.0));
    show!("a product with a zero in it", product(&[0.0, 3.0, 3.0]));
    println!(
        "\n`grad` gives exact zeros where `gradients` gives None: {:?}",
        stopped::grad(3.0, 2.0)
    );
}
