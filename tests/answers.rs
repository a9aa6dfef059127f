//! The table of docs/manual/none.md, row by row: what is answered where frameworks say `None`, 0 or nothing.
//!
//! The functions are those of the gallery, `examples/why_none.rs`. Rows about errors are programs of `tests/ui`:
//! `calls/not_annotated` (an operation outside of the tape), `options/wrt_…` (a string or an integer), `warnings/…`
//! (the words and the places).

#![deny(warnings)]

#[allow(dead_code)]
#[path = "../examples/why_none.rs"]
mod gallery;

use gallery::*;
use pullback::{Cut, NoTangent, Reach, Reachability, differentiable};

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

#[test]
fn a_constant_result_has_no_gradient() {
    assert_eq!(constant_result::gradients(1.0)._x, None);
    assert_eq!(constant_result::grad(1.0), 0.0);
    assert_eq!(ends(constant_result::reachability(), "_x"), [""]);
}

#[test]
fn the_branch_that_is_taken_counts() {
    assert_eq!(both_branches::gradients(3.0).x, Some(12.0));
    assert_eq!(both_branches::gradients(-3.0).x, Some(2.0));
    assert_eq!(both_branches::reachability().of("x"), Some(&Reach::Always));
}

#[test]
fn a_branch_that_is_not_taken_gives_none() {
    assert_eq!(one_branch::gradients(3.0, false).x, None);
    assert_eq!(one_branch::grad(3.0, false), 0.0);
    assert_eq!(one_branch::gradients(3.0, true).x, Some(1.0));
    assert!(is_sometimes(
        one_branch::reachability(),
        "x",
        "`take_x` holds"
    ));
}

#[test]
fn a_loop_of_zero_trips_gives_none() {
    assert_eq!(in_a_loop::gradients(3.0, 0).x, None);
    assert_eq!(in_a_loop::grad(3.0, 0), 0.0);
    assert_eq!(in_a_loop::gradients(3.0, 2).x, Some(2.0));
    assert!(is_sometimes(
        in_a_loop::reachability(),
        "x",
        "`for _ in 0..trips` runs"
    ));
}

#[test]
fn an_early_return_leaves_what_is_behind_it() {
    assert_eq!(early::gradients(20.0, 2.0).y, None);
    assert_eq!(early::gradients(2.0, 3.0).y, Some(2.0));
    assert!(is_sometimes(
        early::reachability(),
        "y",
        "`x > 10.0` does not hold"
    ));
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

#[test]
fn parameters_are_watched_and_frozen_ones_have_no_slot() {
    let g = every_parameter::gradients(2.0, 3.0, 10);
    assert_eq!((g.x, g.y), (Some(30.0), Some(20.0)));
    let inputs = every_parameter::reachability().inputs;
    assert_eq!(
        inputs.iter().map(|of| of.input).collect::<Vec<_>>(),
        ["x", "y"]
    );
    assert_eq!(frozen_parameter::grad(2.0, 3.0), 3.0);
    let l = Layer {
        weight: 2.0,
        frozen: 5.0,
    };
    let g = with_a_frozen_field::gradients(&l, 3.0);
    assert_eq!(
        g.layer.map(|l| (l.weight, l.frozen)),
        Some((3.0, NoTangent))
    );
}

#[test]
fn a_condition_on_the_input_itself() {
    assert_eq!(both_branches::grad(1.0), 4.0);
    assert_eq!(both_branches::grad(-1.0), 2.0);
}

#[test]
fn an_assignment_is_differentiated_and_asked_for_twice() {
    assert_eq!(assigned::gradients(2.0).x, Some(6.0));
    assert_eq!(assigned::grad(2.0), assigned::grad(2.0));
}

#[test]
fn an_overwrite_is_named() {
    assert_eq!(overwritten::gradients(1.0, 3.0).x, None);
    assert_eq!(ends(overwritten::reachability(), "x"), ["state.fill(y)"]);
}

#[test]
fn a_value_in_between_has_a_gradient_though_the_input_is_constant() {
    let g = class_score::gradients(&[1.0, 2.0, -4.0], &[0.5, 1.0]);
    assert_eq!(g.features, Some(vec![5.0, 0.0]));
}

#[test]
fn steps_are_named() {
    let g = steps::gradients(1.5, 1.5, 1.5, 2.0);
    assert_eq!((g.a, g.b, g.c), (None, None, None));
    assert_eq!(
        steps::jvp((1.5, 1.5, 1.5, 2.0), (1.0, 1.0, 1.0, 0.0)).1,
        0.0
    );
    let told = steps::reachability();
    assert_eq!(ends(told, "a"), ["a.floor()"]);
    assert_eq!(ends(told, "b"), ["b > 1.0"]);
    assert_eq!(ends(told, "c"), ["c.signum()"]);
    assert_eq!(through_an_integer::gradients(1.5, 2.0).x, None);
    assert_eq!(ends(through_an_integer::reachability(), "x"), ["x as i64"]);
    assert_eq!(rounded::gradients(1.5, 2.0).x, None);
    assert_eq!(ends(rounded::reachability(), "x"), ["(x * 10.0).round()"]);
    assert_eq!(picks::gradients(1.2, &[5.0, 6.0]).x, None);
    assert_eq!(ends(picks::reachability(), "x"), ["x as usize"]);
    assert_eq!(chooses::gradients(1.2, 6.0).x, None);
    assert_eq!(ends(chooses::reachability(), "x"), ["x > 0.0"]);
    assert_eq!(in_a_callee::gradients(1.2, 6.0).x, None);
    assert_eq!(ends(in_a_callee::reachability(), "x"), ["rounded"]);
}

#[test]
fn zero_is_a_gradient() {
    assert_eq!(times_zero::gradients(3.0).x, Some(0.0));
    assert_eq!(times_zero::reachability().of("x"), Some(&Reach::Always));
}

#[test]
fn a_second_derivative_of_zero_is_a_number() {
    assert_eq!(line::hvp(2.0, 1.0), 0.0);
}

#[test]
fn a_singular_point_is_not_hidden() {
    assert!(!singular::grad(1.0).is_finite());
    assert!(singular::gradients(1.0).x.is_some());
    let error = singular::checked_grad(1.0).unwrap_err();
    assert_eq!(error.operation(), Some("ln"));
}

#[test]
fn a_product_with_a_zero_is_right() {
    assert_eq!(product::grad(&[0.0, 3.0, 3.0]), [9.0, 0.0, 0.0]);
}

/// Twelve branches, each of which brings `y` in or not: too many ways to tell.
#[differentiable]
fn many_ways(x: f64, y: f64) -> f64 {
    let mut s = x;
    if s > 1.0 {
        s *= y;
    }
    if s > 2.0 {
        s += y;
    }
    if s > 3.0 {
        s = 3.0 * x;
    }
    if s > 4.0 {
        s -= y;
    }
    if s > 5.0 {
        s = 5.0 * x;
    }
    if s > 6.0 {
        s /= y;
    }
    if s > 7.0 {
        s = 7.0 * x;
    }
    if s > 8.0 {
        s *= y;
    }
    s
}

/// What `y` is brought in by, in the innermost of loops.
#[differentiable]
fn deep(x: f64, y: f64, z: f64, n: usize) -> f64 {
    let (mut a, mut b, mut c) = (x, 1.0, 2.0);
    for _ in 0..n {
        for _ in 0..n {
            for _ in 0..n {
                if a > 1.0 {
                    b *= a;
                } else {
                    a = c;
                }
                if b > 2.0 {
                    c += z;
                } else {
                    c = y;
                }
            }
        }
    }
    a + b
}

#[test]
fn ways_that_are_not_told_are_said_to_be_there() {
    for (told, input) in [
        (many_ways::reachability(), "y"),
        (deep::reachability(), "z"),
    ] {
        match told.of(input) {
            Some(Reach::Sometimes { when }) => {
                let last = when.last().copied();
                assert!(
                    matches!(
                        last,
                        Some("other paths are taken" | "one of many paths is taken")
                    ),
                    "{told}"
                );
                assert!(when.len() <= 5, "{told}");
            }
            other => panic!("{other:?}"),
        }
    }
    // And where all are told, nothing is added.
    assert!(!one_branch::reachability().to_string().contains("paths"));
    assert!(!early::reachability().to_string().contains("paths"));
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
    let told = one_branch::reachability().to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with("one_branch (") && lines[0].contains("why_none.rs:"),
        "{told}"
    );
    assert!(
        lines[1].starts_with("  x  sometimes: when `take_x` holds (line "),
        "{told}"
    );
    let told = steps::reachability().to_string();
    assert!(told.contains("  a  never: `a.floor()` at line "), "{told}");
    assert!(told.ends_with("  y  always"), "{told}");
}
