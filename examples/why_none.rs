//! "Why is my gradient None?" A gallery: each function has an input whose derivative people miss, with the answer.
//!
//! `cargo run --example why_none` prints what `gradients` gives at a point, and what `reachability` knows without
//! running anything. Where an input can never have a gradient, the compiler says so with a warning at the parameter
//! and another where the way ends; here `detached = "allow"` keeps it quiet. Leave it out and build to read it.

use pullback::{Differentiable, differentiable, stop_gradient};

// ---- No path at all: the answer is the same for all arguments ----

/// The result is a constant, and `x` is not used.
#[differentiable(detached = "allow")]
pub fn constant_result(_x: f64) -> f64 {
    2.5
}

/// `stop_gradient` (or `detach`) keeps the value and drops the derivative, as asked.
#[differentiable(detached = "allow")]
pub fn stopped(x: f64, y: f64) -> f64 {
    stop_gradient(x * 2.0) * y
}

/// An integer stays the same while `x` moves a little; casting it back does not bring the derivative home.
#[differentiable(detached = "allow")]
pub fn through_an_integer(x: f64, y: f64) -> f64 {
    let bin = x as i64;
    bin as f64 * y
}

/// `floor`, `ceil`, `round`, `trunc` and `signum` are flat between their steps.
#[differentiable(detached = "allow")]
pub fn rounded(x: f64, y: f64) -> f64 {
    (x * 10.0).round() / 10.0 * y
}

/// `x` chooses the branch and does nothing else.
#[differentiable(detached = "allow")]
pub fn chooses(x: f64, y: f64) -> f64 {
    if x > 0.0 { y } else { -y }
}

/// `x` chooses the element: the `argmax` of the frameworks.
#[differentiable(detached = "allow")]
pub fn picks(x: f64, table: &[f64]) -> f64 {
    table[x as usize]
}

/// Each of the others in one function: `floor`, a comparison, `signum`.
#[differentiable(detached = "allow")]
pub fn steps(a: f64, b: f64, c: f64, y: f64) -> f64 {
    let above = (b > 1.0) as u8;
    y * (a.floor() + f64::from(above) + c.signum())
}

/// What held `x` is overwritten before anything reads it.
#[differentiable(detached = "allow")]
pub fn overwritten(x: f64, y: f64) -> f64 {
    let mut state = [x * 2.0, y];
    state.fill(y);
    state[0] * state[1]
}

/// The way ends in another function. Rust's type checker carries the fact from there, also from other crates.
#[differentiable(detached = "allow")]
pub fn in_a_callee(x: f64, y: f64) -> f64 {
    rounded(x, y) + y
}

/// Nothing but a frozen field is used, so the whole layer has no gradient.
#[differentiable(detached = "allow")]
pub fn only_a_frozen_field(layer: &Layer, x: f64) -> f64 {
    layer.frozen * x
}

/// Nobody wants a gradient with respect to `frozen`: it is marked, and has no field and no warning.
#[differentiable]
pub fn frozen_parameter(x: f64, #[constant] frozen: f64) -> f64 {
    x * frozen
}

/// Every other parameter of a real type is an input; there is nothing to watch, and no tape to be outside of.
#[differentiable]
pub fn every_parameter(x: f64, y: f32, n: usize) -> f64 {
    x * f64::from(y) * n as f64
}

/// A frozen weight in a struct: its place in the gradient is of the type `NoTangent`.
#[derive(Clone, Debug, Differentiable)]
pub struct Layer {
    /// What is learnt.
    pub weight: f64,
    /// What is not.
    #[constant]
    pub frozen: f64,
}

#[differentiable]
pub fn with_a_frozen_field(layer: &Layer, x: f64) -> f64 {
    layer.weight * x + layer.frozen
}

// ---- It depends on the path that this call takes ----

/// A branch not taken does not connect; the one that is taken does.
#[differentiable]
pub fn one_branch(x: f64, take_x: bool) -> f64 {
    if take_x { x + 1.0 } else { 2.0 }
}

/// Both branches use `x`, so it is connected whichever is taken.
#[differentiable]
pub fn both_branches(x: f64) -> f64 {
    if x > 0.0 { x * x * 2.0 } else { 2.0 * x }
}

/// A loop of zero trips does nothing.
#[differentiable]
pub fn in_a_loop(x: f64, trips: usize) -> f64 {
    let mut sum = 1.0;
    for _ in 0..trips {
        sum += x;
    }
    sum
}

/// An early return leaves before `y` is used.
#[differentiable]
pub fn early(x: f64, y: f64) -> f64 {
    if x > 10.0 {
        return x;
    }
    x * y
}

// ---- Zero is not None ----

/// The derivative is 0 and it exists.
#[allow(clippy::eq_op)]
#[differentiable]
pub fn times_zero(x: f64) -> f64 {
    x * 0.0 + (x - x)
}

/// An assignment is differentiated like any other statement.
#[differentiable]
pub fn assigned(x: f64) -> f64 {
    let mut x = x;
    x += 1.0;
    x * x
}

/// A second derivative that is 0 is a number as well.
#[differentiable(order = 2)]
pub fn line(x: f64) -> f64 {
    3.0 * x
}

/// At 1 the derivative is not a number. That is no `None`; `checked_grad` says which operation it is.
#[differentiable]
pub fn singular(x: f64) -> f64 {
    (1.0 - x).abs().ln()
}

/// The product of all elements, one of which is 0.
#[differentiable]
pub fn product(x: &[f64]) -> f64 {
    let mut all = 1.0;
    for v in x {
        all *= v;
    }
    all
}

// ---- Values in between ----

/// Grad-CAM asks what the score is sensitive to in a feature map, also for a constant image.
#[differentiable]
pub fn class_score(#[constant] image: &[f64], kernel: &[f64]) -> f64 {
    #[watch]
    let features: Vec<f64> = image
        .windows(kernel.len())
        .map(|w| {
            w.iter()
                .zip(kernel)
                .map(|(a, b)| a * b)
                .sum::<f64>()
                .max(0.0)
        })
        .collect();
    let mut score = 0.0;
    for f in &features {
        score += f * f;
    }
    score
}

/// A watched local is told to who calls the function, too, if the call is marked.
#[differentiable]
pub fn two_kernels(#[constant] image: &[f64], first: &[f64], second: &[f64]) -> f64 {
    #[watch(inside)]
    let one = class_score(image, first);
    #[watch(inside)]
    let two = class_score(image, second);
    one * two
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
    show!("floor, a comparison, signum", steps(1.5, 1.5, 1.5, 2.0));
    show!("only a condition", chooses(3.0, 2.0));
    show!("only an index", picks(1.0, &[5.0, 6.0]));
    show!("overwritten before it is read", overwritten(3.0, 2.0));
    show!("inside another function", in_a_callee(3.3, 2.0));
    show!("frozen: no input at all", frozen_parameter(3.0, 2.0));
    show!("every other parameter", every_parameter(2.0, 3.0, 4));
    let layer = Layer {
        weight: 2.0,
        frozen: 5.0,
    };
    show!("a frozen field", with_a_frozen_field(&layer, 3.0));
    show!(
        "nothing but a frozen field",
        only_a_frozen_field(&layer, 3.0)
    );

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
    show!("a line", line(2.0));
    println!("    second derivative: {}", line::hvp(2.0, 1.0));
    show!("ln(|1 - x|) at 1", singular(1.0));
    if let Err(error) = singular::checked_grad(1.0) {
        println!("    checked_grad: {error}");
    }

    println!("\n\nIN BETWEEN: a field for each watched local");
    show!(
        "the feature map of a score",
        class_score(&[1.0, 2.0, -4.0], &[0.5, 1.0])
    );
    show!(
        "the feature maps inside of two calls",
        two_kernels(&[1.0, 2.0, -4.0], &[0.5, 1.0], &[1.0, 0.0])
    );
    println!(
        "\n`grad` gives exact zeros where `gradients` gives None: {:?}",
        stopped::grad(3.0, 2.0)
    );
}
