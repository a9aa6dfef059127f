//! When `gradients` gives `None`: statically, by the path that a call took, and how the warnings
//! that go with it are silenced.
//!
//! The whole file denies warnings, so that a warning which cannot be silenced fails to compile.

#![deny(warnings)]
// The loops are written over indices because it is their connections that are tested.
#![allow(clippy::needless_range_loop)]

use pullback::{detach, differentiable, stop_gradient};

mod facts;
mod fields;
mod nasty;

#[differentiable]
fn connected(x: f64, y: f64) -> f64 {
    x * y
}

#[test]
fn connected_inputs_give_some_also_for_zero() {
    let g = connected::gradients(0.0, 0.0);
    assert_eq!(g.x, Some(0.0));
    assert_eq!(g.y, Some(0.0));
}

#[allow(deprecated, unused_variables)]
#[differentiable]
fn unused(x: f64, y: f64) -> f64 {
    x * 3.0
}

#[allow(deprecated)]
#[differentiable]
fn detached(x: f64, y: f64) -> f64 {
    detach(x) * y
}

#[allow(deprecated)]
#[differentiable]
fn detached_by_alias(x: f64, y: f64) -> f64 {
    let k = stop_gradient(x * 2.0) + 1.0;
    k * y
}

#[allow(deprecated)]
#[differentiable]
fn cast(x: f64, y: f64) -> f64 {
    let n = x as i64;
    n as f64 * y
}

#[allow(deprecated)]
#[differentiable]
fn cast_in_a_call(x: f64, y: f64) -> f64 {
    y.powi(x as i32)
}

#[allow(deprecated)]
#[differentiable]
fn condition_only(x: f64, y: f64) -> f64 {
    if x > 0.0 { y } else { 2.0 * y }
}

#[allow(deprecated)]
#[differentiable]
fn index_only(x: f64, v: &[f64]) -> f64 {
    v[x as usize]
}

#[allow(deprecated)]
#[differentiable]
fn bound_only(x: f64, y: f64) -> f64 {
    let mut s = y;
    for _ in 0..x as usize {
        s *= y;
    }
    s
}

#[allow(deprecated)]
#[differentiable]
fn slice_unused(x: &[f64], y: f64) -> f64 {
    y * x.len() as f64
}

#[allow(deprecated, unused_assignments)]
#[differentiable]
fn overwritten(mut x: f64, y: f64) -> f64 {
    x = y * 2.0;
    x * y
}

#[test]
fn never_connected_inputs_give_none() {
    let g = unused::gradients(1.0, 2.0);
    assert_eq!((g.x, g.y), (Some(3.0), None));
    assert_eq!(unused::grad(1.0, 2.0), (3.0, 0.0));
    let g = detached::gradients(1.5, 2.0);
    assert_eq!((g.x, g.y), (None, Some(1.5)));
    assert_eq!(detached::grad(1.5, 2.0), (0.0, 1.5));
    let g = detached_by_alias::gradients(1.5, 2.0);
    assert_eq!((g.x, g.y), (None, Some(4.0)));
    let g = cast::gradients(3.7, 2.0);
    assert_eq!((g.x, g.y), (None, Some(3.0)));
    assert_eq!(cast::grad(3.7, 2.0), (0.0, 3.0));
    let g = cast_in_a_call::gradients(2.2, 3.0);
    assert_eq!((g.x, g.y), (None, Some(6.0)));
    let g = condition_only::gradients(-1.0, 3.0);
    assert_eq!((g.x, g.y), (None, Some(2.0)));
    let g = index_only::gradients(1.2, &[5.0, 6.0, 7.0]);
    assert_eq!((g.x, g.v), (None, Some(vec![0.0, 1.0, 0.0])));
    let g = bound_only::gradients(1.2, 3.0);
    assert_eq!((g.x, g.y), (None, Some(6.0)));
    let g = slice_unused::gradients(&[1.0, 2.0], 3.0);
    assert_eq!((g.x, g.y), (None, Some(2.0)));
    assert_eq!(slice_unused::grad(&[1.0, 2.0], 3.0), (vec![0.0, 0.0], 2.0));
    let g = overwritten::gradients(1.0, 3.0);
    assert_eq!((g.x, g.y), (None, Some(12.0)));
}

#[test]
fn unconnected_inputs_push_exact_zeros() {
    assert_eq!(unused::jvp((1.0, 2.0), (0.0, 1.0)), (3.0, 0.0));
    assert_eq!(detached::jvp((1.5, 2.0), (1.0, 0.0)), (3.0, 0.0));
    assert_eq!(cast::jvp((3.7, 2.0), (1.0, 0.0)), (6.0, 0.0));
    let (_, pullback) = detached::vjp(1.5, 2.0);
    assert_eq!(pullback(2.0), (0.0, 3.0));
    let (mut dx, mut dy) = (7.0, 1.0);
    assert_eq!(detached::accumulate_grad(1.5, 2.0, &mut dx, &mut dy), 3.0);
    assert_eq!((dx, dy), (7.0, 2.5));
}

#[differentiable]
fn by_branch(x: f64, y: f64) -> f64 {
    if x * x > 1.0 { x * 2.0 } else { y * 3.0 }
}

#[test]
fn a_branch_not_taken_does_not_connect() {
    let g = by_branch::gradients(2.0, 5.0);
    assert_eq!((g.x, g.y), (Some(2.0), None));
    assert_eq!(by_branch::grad(2.0, 5.0), (2.0, 0.0));
    let g = by_branch::gradients(0.5, 5.0);
    assert_eq!((g.x, g.y), (None, Some(3.0)));
}

#[differentiable]
fn by_trip_count(x: f64, y: f64, n: usize) -> f64 {
    let mut s = y;
    for _ in 0..n {
        s += x;
    }
    s
}

#[test]
fn a_loop_without_trips_does_not_connect() {
    let g = by_trip_count::gradients(2.0, 5.0, 0);
    assert_eq!((g.x, g.y), (None, Some(1.0)));
    let g = by_trip_count::gradients(2.0, 5.0, 3);
    assert_eq!((g.x, g.y), (Some(3.0), Some(1.0)));
}

#[differentiable]
fn by_arm(x: f64, y: f64, z: f64, kind: u8) -> f64 {
    match kind {
        0 => x,
        1 => y * y,
        2 => z * x,
        _ => 1.0,
    }
}

#[test]
fn an_arm_not_taken_does_not_connect() {
    let arms = [
        (Some(1.0), None, None),
        (None, Some(4.0), None),
        (Some(3.0), None, Some(1.0)),
        (None, None, None),
    ];
    for (kind, expected) in (0..).zip(arms) {
        let g = by_arm::gradients(1.0, 2.0, 3.0, kind);
        assert_eq!((g.x, g.y, g.z), expected, "kind {kind}");
    }
}

#[differentiable]
fn by_early_return(x: f64, y: f64) -> f64 {
    let s = x * x;
    if s > 4.0 {
        return s;
    }
    s * y
}

#[test]
fn an_early_return_leaves_later_inputs_unconnected() {
    let g = by_early_return::gradients(3.0, 5.0);
    assert_eq!((g.x, g.y), (Some(6.0), None));
    let g = by_early_return::gradients(1.0, 5.0);
    assert_eq!((g.x, g.y), (Some(10.0), Some(1.0)));
}

#[differentiable]
fn by_return_in_a_loop(x: f64, y: f64, limit: usize) -> f64 {
    let mut s = x;
    for i in 0..4 {
        if i == limit {
            return s;
        }
        s *= y;
    }
    s + 1.0
}

#[test]
fn a_return_before_the_first_use_does_not_connect() {
    let g = by_return_in_a_loop::gradients(3.0, 2.0, 0);
    assert_eq!((g.x, g.y), (Some(1.0), None));
    let g = by_return_in_a_loop::gradients(3.0, 2.0, 2);
    assert_eq!((g.x, g.y), (Some(4.0), Some(12.0)));
}

#[differentiable]
fn by_break(x: &[f64], y: f64, stop: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i];
        if i == stop {
            break;
        }
        s *= y;
    }
    s
}

#[test]
fn a_break_before_the_use_does_not_connect() {
    let g = by_break::gradients(&[1.0, 2.0], 3.0, 0);
    assert_eq!((g.x, g.y), (Some(vec![1.0, 0.0]), None));
    let g = by_break::gradients(&[1.0, 2.0], 3.0, 1);
    assert_eq!((g.x, g.y), (Some(vec![3.0, 1.0]), Some(1.0)));
}

/// A variable that is overwritten forgets what it was connected to.
#[differentiable]
fn by_overwriting(x: f64, y: f64, replace: bool) -> f64 {
    let mut s = x * 2.0;
    if replace {
        s = y * 3.0;
    }
    s
}

#[test]
fn overwriting_on_the_path_disconnects() {
    let g = by_overwriting::gradients(1.0, 1.0, true);
    assert_eq!((g.x, g.y), (None, Some(3.0)));
    let g = by_overwriting::gradients(1.0, 1.0, false);
    assert_eq!((g.x, g.y), (Some(2.0), None));
}

#[differentiable]
fn by_call(x: f64, y: f64) -> f64 {
    by_branch(x, y) + by_branch(x + 0.1, 2.0)
}

#[test]
fn the_path_through_a_callee_counts() {
    let g = by_call::gradients(2.0, 5.0);
    assert_eq!((g.x, g.y), (Some(4.0), None));
    let g = by_call::gradients(0.5, 5.0);
    assert_eq!((g.x, g.y), (None, Some(3.0)));
}

#[differentiable]
fn by_optional(x: f64, y: f64, use_it: bool) -> f64 {
    let extra = if use_it { Some(x) } else { None };
    match extra {
        Some(v) => v * y,
        None => y,
    }
}

#[test]
fn an_option_that_stays_empty_does_not_connect() {
    let g = by_optional::gradients(2.0, 5.0, false);
    assert_eq!((g.x, g.y), (None, Some(1.0)));
    let g = by_optional::gradients(2.0, 5.0, true);
    assert_eq!((g.x, g.y), (Some(5.0), Some(2.0)));
}

#[differentiable(detached = "allow")]
fn silenced_by_option(x: f64, y: f64) -> f64 {
    detach(x) * y
}

#[differentiable]
fn silenced_by_constant(#[constant] x: f64, y: f64) -> f64 {
    detach(x) * y
}

#[differentiable(wrt(y))]
fn silenced_by_wrt(x: f64, y: f64) -> f64 {
    detach(x) * y
}

#[expect(deprecated)]
#[differentiable]
fn silenced_by_expectation(x: f64, y: f64) -> f64 {
    detach(x) * y
}

#[test]
fn silenced_functions_keep_their_gradients() {
    let g = silenced_by_option::gradients(2.0, 5.0);
    assert_eq!((g.x, g.y), (None, Some(2.0)));
    assert_eq!(silenced_by_constant::grad(2.0, 5.0), 2.0);
    assert_eq!(silenced_by_constant::gradients(2.0, 5.0).y, Some(2.0));
    assert_eq!(silenced_by_wrt::grad(2.0, 5.0), 2.0);
    let g = silenced_by_expectation::gradients(2.0, 5.0);
    assert_eq!((g.x, g.y), (None, Some(2.0)));
}
