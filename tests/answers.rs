//! The table of docs/manual/none.md, row by row: what is answered where frameworks say `None`, 0 or nothing.
//!
//! Rows about errors are programs of `tests/ui`: `calls/not_annotated` (an operation outside of the tape),
//! `options/wrt_…` (a string or an integer), `warnings/…` (the words and the places).

#![deny(warnings)]

use pullback::{
    Cut, Differentiable, NoTangent, Reach, Reachability, differentiable, stop_gradient,
};

/// The text of the places where the ways from an input end.
fn ends(told: &Reachability, input: &str) -> Vec<&'static str> {
    match told.of(input) {
        Some(Reach::Never { cuts }) => cuts.iter().map(|cut: &Cut| cut.text).collect(),
        other => panic!("{input}: {other:?} in {told}"),
    }
}

fn is_sometimes(told: &Reachability, input: &str, condition: &str) -> bool {
    matches!(told.of(input), Some(Reach::Sometimes { when }) if when.iter().any(|w| w.contains(condition)))
}

#[expect(deprecated)]
#[differentiable]
fn constant_result(_x: f64) -> f64 {
    2.5
}

#[test]
fn a_constant_result_has_no_gradient() {
    assert_eq!(constant_result::gradients(1.0)._x, None);
    assert_eq!(constant_result::grad(1.0), 0.0);
    assert_eq!(ends(constant_result::reachability(), "_x"), [""]);
}

#[differentiable]
fn conditional(x: f64, first: bool) -> f64 {
    if first { x + 1.0 } else { x * 2.0 }
}

#[test]
fn the_branch_that_is_taken_counts() {
    assert_eq!(conditional::gradients(3.0, false).x, Some(2.0));
    assert_eq!(conditional::reachability().of("x"), Some(&Reach::Always));
}

#[differentiable]
fn other_branch(x: f64, take: bool) -> f64 {
    if take { x * x } else { 1.0 }
}

#[test]
fn a_branch_that_is_not_taken_gives_none() {
    assert_eq!(other_branch::gradients(3.0, false).x, None);
    assert_eq!(other_branch::grad(3.0, false), 0.0);
    assert_eq!(other_branch::gradients(3.0, true).x, Some(6.0));
    assert!(is_sometimes(
        other_branch::reachability(),
        "x",
        "`take` holds"
    ));
}

#[differentiable]
fn trips(x: f64, n: usize) -> f64 {
    let mut s = 1.0;
    for _ in 0..n {
        s *= x;
    }
    s
}

#[test]
fn a_loop_of_zero_trips_gives_none() {
    assert_eq!(trips::gradients(3.0, 0).x, None);
    assert_eq!(trips::grad(3.0, 0), 0.0);
    assert_eq!(trips::gradients(3.0, 2).x, Some(6.0));
    assert!(is_sometimes(
        trips::reachability(),
        "x",
        "`for _ in 0..n` runs"
    ));
}

#[expect(deprecated)]
#[differentiable]
fn stopped(x: f64, y: f64) -> f64 {
    stop_gradient(x * 2.0) * y
}

#[test]
fn stop_gradient_is_named() {
    assert_eq!(stopped::gradients(3.0, 2.0).x, None);
    assert_eq!(stopped::grad(3.0, 2.0), (0.0, 6.0));
    assert_eq!(
        ends(stopped::reachability(), "x"),
        ["stop_gradient(x * 2.0)"]
    );
}

#[differentiable]
fn every_parameter(x: f64, y: f32, #[constant] frozen: f64) -> f64 {
    x * f64::from(y) * frozen
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weight: f64,
    #[constant]
    frozen: f64,
}

#[differentiable]
fn layer(l: &Layer, x: f64) -> f64 {
    l.weight * x + l.frozen
}

#[test]
fn parameters_are_watched_and_frozen_ones_have_no_slot() {
    let g = every_parameter::gradients(2.0, 3.0, 10.0);
    assert_eq!((g.x, g.y), (Some(30.0), Some(20.0)));
    let inputs = every_parameter::reachability().inputs;
    assert_eq!(
        inputs.iter().map(|of| of.input).collect::<Vec<_>>(),
        ["x", "y"]
    );
    let l = Layer {
        weight: 2.0,
        frozen: 5.0,
    };
    let g = layer::gradients(&l, 3.0);
    assert_eq!(g.l.map(|l| (l.weight, l.frozen)), Some((3.0, NoTangent)));
}

#[differentiable]
fn condition_on_itself(x: f64) -> f64 {
    if x > 0.0 { x * x * 2.0 } else { 2.0 * x }
}

#[test]
fn a_condition_on_the_input_itself() {
    assert_eq!(condition_on_itself::grad(1.0), 4.0);
    assert_eq!(condition_on_itself::grad(-1.0), 2.0);
    assert_eq!(
        condition_on_itself::reachability().of("x"),
        Some(&Reach::Always)
    );
}

#[differentiable]
fn assigned(mut x: f64) -> f64 {
    x += 1.0;
    x * x
}

#[test]
fn an_assignment_is_differentiated() {
    assert_eq!(assigned::gradients(2.0).x, Some(6.0));
}

#[expect(deprecated, unused_assignments)]
#[differentiable]
fn overwritten(mut x: f64, y: f64) -> f64 {
    x = y * 2.0;
    x * y
}

#[test]
fn an_overwrite_is_named() {
    assert_eq!(overwritten::gradients(1.0, 3.0).x, None);
    assert_eq!(ends(overwritten::reachability(), "x"), ["x = y * 2.0"]);
}

#[test]
fn gradients_may_be_asked_for_twice() {
    assert_eq!(assigned::grad(2.0), assigned::grad(2.0));
}

#[expect(deprecated)]
#[differentiable]
fn steps(a: f64, b: f64, c: f64, d: f64, e: f64, y: f64) -> f64 {
    let cast = a as i64;
    let flag = (c > 1.0) as u8;
    y * (cast as f64 + b.floor() + f64::from(flag) + d.round() + e.signum())
}

#[test]
fn steps_are_named() {
    let g = steps::gradients(1.5, 1.5, 1.5, 1.5, 1.5, 2.0);
    assert_eq!((g.a, g.b, g.c, g.d, g.e), (None, None, None, None, None));
    let told = steps::reachability();
    assert_eq!(ends(told, "a"), ["a as i64"]);
    assert_eq!(ends(told, "b"), ["b.floor()"]);
    assert_eq!(ends(told, "c"), ["c > 1.0"]);
    assert_eq!(ends(told, "d"), ["d.round()"]);
    assert_eq!(ends(told, "e"), ["e.signum()"]);
}

#[allow(clippy::eq_op)]
#[differentiable]
fn zero(x: f64) -> f64 {
    x * 0.0 + (x - x)
}

#[test]
fn zero_is_a_gradient() {
    assert_eq!(zero::gradients(3.0).x, Some(0.0));
}

#[differentiable]
fn singular(x: f64) -> f64 {
    (1.0 - x).abs().ln()
}

#[test]
fn a_singular_point_is_not_hidden() {
    assert!(!singular::grad(1.0).is_finite());
    assert!(singular::gradients(1.0).x.is_some());
}

#[differentiable]
fn product(x: &[f64]) -> f64 {
    let mut all = 1.0;
    for v in x {
        all *= v;
    }
    all
}

#[test]
fn a_product_with_a_zero_is_right() {
    assert_eq!(product::grad(&[0.0, 3.0, 3.0]), [9.0, 0.0, 0.0]);
}

#[expect(deprecated)]
#[differentiable]
fn inner(x: f64, y: f64, n: usize) -> f64 {
    if n == 0 {
        x.floor() * y
    } else {
        inner(x, 2.0 * y, n - 1)
    }
}

#[differentiable]
fn doubled(x: f64) -> f64 {
    2.0 * x
}

#[expect(deprecated)]
#[differentiable]
fn outer(x: f64, y: f64) -> f64 {
    let wide = doubled(x);
    inner(wide, y, 2)
}

#[differentiable]
fn around(x: f64, y: f64) -> f64 {
    outer(x, y) + doubled(x)
}

#[test]
fn a_cut_inside_callees_is_found_through_recursion() {
    assert_eq!(inner::gradients(1.5, 2.0, 3).x, None);
    assert_eq!(ends(inner::reachability(), "x"), ["x.floor()"]);
    assert_eq!(outer::gradients(1.5, 2.0).x, None);
    assert_eq!(ends(outer::reachability(), "x"), ["inner"]);
    assert_eq!(around::gradients(1.5, 2.0).x, Some(2.0));
    assert_eq!(around::reachability().of("x"), Some(&Reach::Always));
    assert_eq!(inner::reachability().of("y"), Some(&Reach::Always));
}

#[test]
fn what_is_known_reads_well() {
    let told = other_branch::reachability().to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with("other_branch (") && lines[0].contains("answers.rs:"),
        "{told}"
    );
    assert!(
        lines[1].starts_with("  x  sometimes: when `take` holds (line "),
        "{told}"
    );
    let told = steps::reachability().to_string();
    assert!(told.contains("  a  never: `a as i64` at line "), "{told}");
    assert!(told.ends_with("  y  always"), "{told}");
}
