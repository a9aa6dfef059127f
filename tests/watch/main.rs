//! `#[watch]` on locals: the field of `gradients` is the derivative with respect to something added to the local where
//! it gets its value, whether the local depends on an input or not; `None` where that value did not reach the result.
//!
//! A watched value has `bump()` added to it, which is zero but while a difference is taken.

#![deny(warnings)]

use pullback::check::derivative;
use pullback::{Differentiable, Real, differentiable};
use std::cell::Cell;

mod inside;

thread_local! {
    /// What is added, to which execution, and how many there were.
    static BUMP: Cell<(f64, usize, usize)> = const { Cell::new((0.0, 0, 0)) };
}

/// What is added to the value that is being watched.
fn bump() -> f64 {
    let (h, at, count) = BUMP.get();
    BUMP.set((h, at, count + 1));
    if count == at { h } else { 0.0 }
}

/// The derivative with respect to what is added in one execution, counted from 0.
fn by_difference(at: usize, f: impl Fn() -> f64) -> f64 {
    let moved = |h: f64| {
        BUMP.set((h, at, 0));
        let value = f();
        BUMP.set((0.0, 0, 0));
        value
    };
    derivative(moved, 0.0, 1e-2)
}

#[track_caller]
fn assert_close(got: f64, wanted: f64) {
    let error = (got - wanted).abs();
    assert!(
        error <= 1e-9 * wanted.abs().max(1.0),
        "{got} is not {wanted}"
    );
}

#[differentiable]
fn straight(x: f64, w: f64) -> f64 {
    #[watch]
    let y: f64 = x * w + bump();
    let z = y.sin();
    z * y + x
}

#[test]
fn a_local_is_told_beside_the_inputs() {
    let g = straight::gradients(0.5, 2.0);
    let y = 1.0_f64;
    assert_close(g.y.unwrap(), y.cos() * y + y.sin());
    assert_close(g.y.unwrap(), by_difference(0, || straight(0.5, 2.0)));
    assert_close(g.x.unwrap(), 2.0 * g.y.unwrap() + 1.0);
    assert_eq!((g.x.unwrap(), g.w.unwrap()), straight::grad(0.5, 2.0));
}

#[differentiable]
fn of_no_input(x: f64) -> f64 {
    #[watch]
    let k: f64 = 3.0 + bump();
    #[constant]
    #[watch]
    let c: f64 = x * x;
    x * k + c.sin()
}

#[test]
fn what_depends_on_no_input_has_a_cotangent_as_well() {
    let g = of_no_input::gradients(0.7);
    assert_eq!(g.k, Some(0.7));
    assert_close(g.c.unwrap(), 0.49_f64.cos());
    // The path through a `#[constant]` local is cut, watched or not.
    assert_eq!(g.x, Some(3.0));
    assert_eq!(of_no_input::grad(0.7), 3.0);
}

#[differentiable]
fn looped(xs: &[f64], k: f64) -> f64 {
    let mut sum = 1.0;
    for x in xs {
        #[watch(all)]
        let each: f64 = x * k + bump();
        #[watch]
        let last: f64 = each * each;
        sum += each * last.sin() * sum;
    }
    sum
}

#[test]
fn in_a_loop_the_last_execution_is_told_or_every_one() {
    let xs = [0.3, -0.5, 1.2];
    let g = looped::gradients(&xs, 0.8);
    assert_eq!(g.each.len(), 3);
    for (n, each) in g.each.iter().enumerate() {
        assert_close(*each, by_difference(n, || looped(&xs, 0.8)));
    }
    assert!(g.last.is_some());
    let none = looped::gradients(&[], 0.8);
    assert_eq!(
        (none.each, none.last, none.xs, none.k),
        (vec![], None, None, None)
    );
}

/// The trips of this loop commute, so that without a watched local the reverse sweep may run them forwards.
#[allow(clippy::needless_range_loop)]
#[differentiable]
fn in_order(xs: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..xs.len() {
        #[watch(all)]
        let square: f64 = xs[i] * xs[i];
        sum += square * (i + 1) as f64;
    }
    sum
}

#[test]
fn every_execution_is_told_in_the_order_of_execution() {
    assert_eq!(
        in_order::gradients(&[5.0, 6.0, 7.0]).square,
        [1.0, 2.0, 3.0]
    );
}

#[differentiable]
fn first_alone(x: f64, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        #[watch]
        let mut y: f64 = x * 2.0;
        y *= 3.0;
        if i == 0 {
            sum += y;
        }
    }
    sum
}

#[differentiable]
fn carried(x: f64, n: usize) -> f64 {
    let mut sum = x;
    let mut other = 0.0;
    for i in 0..n {
        #[watch]
        let y: f64 = sum * 2.0;
        match i {
            0 => sum += y,
            1 => other += y,
            _ => {}
        }
    }
    sum + 0.0 * other
}

#[test]
fn an_execution_that_reaches_nothing_is_none_whatever_the_ones_before_did() {
    assert_eq!(first_alone::gradients(0.5, 0).y, None);
    assert_eq!(first_alone::gradients(0.5, 1).y, Some(3.0));
    let g = first_alone::gradients(0.5, 2);
    assert_eq!((g.x, g.y), (Some(6.0), None));
    assert_eq!(carried::gradients(1.0, 1).y, Some(1.0));
    // Connected, by a path that multiplies by zero.
    assert_eq!(carried::gradients(1.0, 2).y, Some(0.0));
    assert_eq!(carried::gradients(1.0, 3).y, None);
}

#[differentiable]
fn branches(x: f64, which: usize) -> f64 {
    if which == 0 {
        #[watch]
        let then: f64 = x * 2.0 + bump();
        if x > 5.0 {
            return 1.0;
        }
        then * then
    } else {
        let z = match which {
            1 => {
                #[watch]
                let arm: f64 = x.exp() + bump();
                arm * x
            }
            _ => x,
        };
        z.sin()
    }
}

#[test]
fn a_branch_that_is_not_taken_and_an_early_return_give_none() {
    let g = branches::gradients(2.0, 0);
    assert_eq!((g.then, g.arm), (Some(8.0), None));
    let g = branches::gradients(6.0, 0);
    assert_eq!((g.x, g.then, g.arm), (None, None, None));
    let g = branches::gradients(0.4, 1);
    assert_close(g.arm.unwrap(), by_difference(0, || branches(0.4, 1)));
    assert_eq!(g.then, None);
    let g = branches::gradients(0.4, 2);
    assert_eq!((g.then, g.arm), (None, None));
}

#[differentiable]
fn left_early(xs: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in xs {
        #[watch]
        let y: f64 = x.abs() + bump();
        if *x > 2.0 {
            break;
        }
        if *x < 0.0 {
            continue;
        }
        sum += y * y;
    }
    sum
}

#[test]
fn exits_between_the_local_and_its_use_cut_it() {
    assert_eq!(left_early::gradients(&[1.0, 1.5]).y, Some(3.0));
    assert_eq!(left_early::gradients(&[1.0, 3.0, 1.0]).y, None);
    assert_eq!(left_early::gradients(&[1.0, -1.0]).y, None);
    assert_eq!(left_early::gradients(&[-1.0, 1.0]).y, Some(2.0));
}

#[differentiable]
fn descending(x: f64, n: usize) -> f64 {
    #[watch]
    let y: f64 = x * 2.0 + bump();
    if n == 0 { y } else { y * descending(y, n - 1) }
}

#[differentiable]
fn calls_it(x: f64) -> f64 {
    #[watch]
    let z: f64 = straight(x, 2.0) + bump();
    z * z
}

#[test]
fn the_locals_of_a_call_are_not_those_of_the_caller() {
    let g = descending::gradients(0.5, 2);
    assert_close(g.y.unwrap(), by_difference(0, || descending(0.5, 2)));
    let g = calls_it::gradients(0.5);
    assert_close(g.z.unwrap(), 2.0 * straight(0.5, 2.0));
}

/// Grad-CAM: what counts is the gradient at the feature maps of the last convolution.
#[differentiable]
fn class_score(image: &[f64], kernel: &[f64], weights: &[f64]) -> f64 {
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
    let pooled = features.iter().sum::<f64>() / features.len() as f64;
    let mut score = 0.0;
    for (f, w) in features.iter().zip(weights) {
        score += f * f * w * pooled;
    }
    score
}

#[test]
fn grad_cam_has_the_gradient_at_the_feature_maps() {
    let (image, kernel, weights) = (
        [1.0, 2.0, -1.0, 0.5, 3.0],
        [0.5, 1.0],
        [1.0, 0.5, 2.0, -1.0],
    );
    let g = class_score::gradients(&image, &kernel, &weights);
    let features: Vec<f64> = image
        .windows(2)
        .map(|w| (w[0] * 0.5 + w[1]).max(0.0))
        .collect();
    let n = features.len() as f64;
    let pooled = features.iter().sum::<f64>() / n;
    let squares: f64 = features.iter().zip(&weights).map(|(f, w)| f * f * w).sum();
    let told = g.features.unwrap();
    assert_eq!(told.len(), features.len());
    for ((got, f), w) in told.iter().zip(&features).zip(&weights) {
        assert_close(*got, 2.0 * f * w * pooled + squares / n);
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn of_any_type(t: f64) -> f64 {
    #[watch]
    let p: Point = Point { x: t, y: t * t };
    #[watch]
    let pair: (f64, [f64; 2]) = (p.x, [p.y, 2.0]);
    let product = pair.0 * pair.1[0] * pair.1[1];
    product + p.y
}

#[differentiable]
impl Point {
    fn norm(&self) -> f64 {
        #[watch]
        let squared: f64 = self.x * self.x + self.y * self.y;
        squared.sqrt()
    }
}

#[differentiable]
fn generic<T: Real>(x: T, y: T) -> T {
    #[watch]
    let product: T = x * y;
    product * product
}

#[test]
fn a_local_of_any_type_that_carries_a_derivative() {
    let g = of_any_type::gradients(3.0);
    assert_eq!(g.p, Some(PointTangent { x: 18.0, y: 7.0 }));
    assert_eq!(g.pair, Some((18.0, [6.0, 27.0])));
    let g = Point { x: 3.0, y: 4.0 }.norm_gradients();
    assert_eq!(g.squared, Some(0.1));
    assert_eq!(generic::gradients(2.0_f32, 3.0).product, Some(12.0_f32));
}

#[differentiable]
fn fallible(x: f64) -> Option<f64> {
    #[watch]
    let y: f64 = x * 3.0;
    if y < 0.0 {
        return None;
    }
    Some(y.sqrt())
}

#[test]
fn beside_a_result_that_may_be_missing() {
    assert_eq!(fallible::gradients(-1.0), None);
    assert_close(fallible::gradients(3.0).unwrap().y.unwrap(), 1.0 / 6.0);
}

#[differentiable]
fn shadowed(x: f64) -> f64 {
    #[watch]
    let y: f64 = x * x + bump();
    let y = y.sin() * x;
    let y = y + 1.0;
    y * y
}

#[differentiable]
fn overwritten(x: f64) -> f64 {
    #[watch]
    let mut y: f64 = x * x + bump();
    let before = y * 2.0;
    y = x + before;
    y += before;
    y * before
}

#[test]
fn it_is_the_value_that_is_watched_not_the_name() {
    assert_close(
        shadowed::gradients(0.6).y.unwrap(),
        by_difference(0, || shadowed(0.6)),
    );
    assert_close(
        overwritten::gradients(0.6).y.unwrap(),
        by_difference(0, || overwritten(0.6)),
    );
}
