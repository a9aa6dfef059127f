//! Programs that are hard on `None`: what each framework makes of them is in `docs/manual/none.md`. TensorFlow gives
//! `None` by what was executed, JAX zeros by what was traced; here `gradients` is the first and `grad` the second.

use pullback::{Differentiable, OptionTangent, Reach, detach, differentiable};

/// What is read in trip `n` was written in trip `n - 1`: `x` is connected from the second trip on.
#[differentiable]
fn delayed(x: f64, y: f64, n: usize) -> f64 {
    let (mut now, mut next) = (y, y);
    for _ in 0..n {
        now = next;
        next = x * 2.0;
    }
    now
}

#[test]
fn what_a_later_trip_reads_connects_from_that_trip_on() {
    let g = |n| {
        let g = delayed::gradients(3.0, 5.0, n);
        (g.x, g.y)
    };
    assert_eq!(g(0), (None, Some(1.0)));
    assert_eq!(g(1), (None, Some(1.0)));
    assert_eq!(g(2), (Some(2.0), None));
    assert_eq!(delayed::grad(3.0, 5.0, 2), (2.0, 0.0));
}

/// A chain through integers in one branch and through numbers in another.
#[differentiable]
fn by_either(x: f64, y: f64, exact: bool) -> f64 {
    let scale = if exact { x } else { x.round() };
    scale * y
}

/// Swapped away and overwritten: what is left is the other.
#[differentiable]
fn swapped(x: f64, y: f64, times: usize) -> f64 {
    let (mut a, mut b) = (x * 2.0, y * 3.0);
    for _ in 0..times {
        std::mem::swap(&mut a, &mut b);
    }
    b = 1.0;
    a + b
}

#[test]
fn branches_and_swaps_are_followed_by_the_path() {
    let g = by_either::gradients(1.4, 2.0, false);
    assert_eq!((g.x, g.y), (None, Some(1.0)));
    let g = by_either::gradients(1.4, 2.0, true);
    assert_eq!((g.x, g.y), (Some(2.0), Some(1.4)));
    for (times, expected) in [
        (0, (Some(2.0), None)),
        (1, (None, Some(3.0))),
        (2, (Some(2.0), None)),
    ] {
        let g = swapped::gradients(1.0, 1.0, times);
        assert_eq!((g.x, g.y), expected, "{times} times");
    }
}

/// An element chosen by an index: the granularity is the variable, so the whole of `xs` is connected, and an element that
/// was not chosen has an exact zero. An index that `k` chooses passes nothing on.
#[differentiable(detached = "allow")]
fn chosen(xs: &[f64], k: f64, from_end: bool) -> f64 {
    let n = k as usize;
    if from_end {
        return xs[xs.len() - 1 - n];
    }
    match xs.get(n) {
        Some(x) => x * 2.0,
        None => 7.0,
    }
}

#[test]
fn an_element_connects_its_slice_and_its_index_nothing() {
    let g = chosen::gradients(&[1.0, 2.0, 3.0], 1.0, false);
    assert_eq!((g.xs, g.k), (Some(vec![0.0, 2.0, 0.0]), None));
    let g = chosen::gradients(&[1.0, 2.0, 3.0], 0.0, true);
    assert_eq!((g.xs, g.k), (Some(vec![0.0, 0.0, 1.0]), None));
    // No element is there, so nothing was read.
    assert_eq!(chosen::gradients(&[1.0], 4.0, false).xs, None);
}

/// `?` leaves before `y` is used, and a missing value has no gradient at all.
#[differentiable]
fn hurried(x: Option<f64>, y: f64, z: f64) -> Option<f64> {
    let mut sum = z;
    if z > 0.0 {
        sum += x? * 2.0;
    } else {
        sum *= y;
    }
    Some(sum)
}

#[test]
fn a_question_mark_leaves_what_follows_unconnected() {
    let g = hurried::gradients(Some(3.0), 5.0, 1.0).expect("a value");
    assert!(matches!(g.x, Some(OptionTangent::Some(dx)) if dx == 2.0));
    assert_eq!((g.y, g.z), (None, Some(1.0)));
    let g = hurried::gradients(None, 5.0, -1.0).expect("a value");
    assert_eq!((g.y, g.z), (Some(-1.0), Some(5.0)));
    assert!(hurried::gradients(None, 5.0, 1.0).is_none());
}

/// Only the last level of the recursion uses `y`.
#[differentiable]
fn sinking(x: f64, y: f64, depth: usize) -> f64 {
    match depth {
        0 => y,
        1 => x,
        _ => sinking(x, y, depth - 2) * 2.0,
    }
}

#[test]
fn the_path_of_a_recursion_counts_to_its_end() {
    let g = sinking::gradients(3.0, 5.0, 4);
    assert_eq!((g.x, g.y), (None, Some(4.0)));
    let g = sinking::gradients(3.0, 5.0, 5);
    assert_eq!((g.x, g.y), (Some(4.0), None));
}

/// A closure that is not called, or called for nothing, connects nothing of what it captures.
#[differentiable]
fn lazily(x: f64, y: f64, xs: &[f64]) -> f64 {
    let scaled = |t: f64| t * y;
    let mut best = x;
    for v in xs {
        if *v > best {
            best = scaled(*v);
        }
    }
    best
}

#[test]
fn what_a_closure_captures_counts_when_it_is_called() {
    let g = lazily::gradients(1.0, 2.0, &[0.5, -1.0]);
    assert_eq!((g.x, g.y, g.xs), (Some(1.0), None, None));
    let g = lazily::gradients(1.0, 2.0, &[0.5, 1.5]);
    assert_eq!((g.x, g.y, g.xs), (None, Some(1.5), Some(vec![0.0, 2.0])));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Shape {
    Circle {
        radius: f64,
    },
    Square {
        side: f64,
        #[constant]
        snap: f64,
    },
    Empty,
}

/// The arm decides, and what a marked field holds is no input.
#[differentiable]
fn area(shape: &Shape, unit: f64) -> f64 {
    match shape {
        Shape::Circle { radius } => radius * radius * 3.0,
        Shape::Square { side, .. } if *side < 1.0 => unit,
        Shape::Square { side, snap } => side * snap * unit,
        Shape::Empty => 0.0,
    }
}

#[test]
fn an_arm_connects_what_it_takes_out() {
    let told = |shape: Shape| {
        let g = area::gradients(&shape, 2.0);
        (g.shape.is_some(), g.unit)
    };
    assert_eq!(told(Shape::Circle { radius: 2.0 }), (true, None));
    let square = |side| Shape::Square { side, snap: 3.0 };
    assert_eq!(told(square(0.5)), (false, Some(1.0)));
    assert_eq!(told(square(2.0)), (true, Some(6.0)));
    assert_eq!(told(Shape::Empty), (false, None));
}

/// An accumulator that a reset in the same trip throws away, unless the loop is left before.
#[differentiable]
fn reset(xs: &[f64], y: f64, stop: usize) -> f64 {
    let mut sum = 0.0;
    for (n, x) in xs.iter().enumerate() {
        sum += x;
        if n == stop {
            break;
        }
        sum = y;
    }
    sum
}

/// A buffer that is filled by one input and then partly by another is connected to both.
#[differentiable]
fn layered(x: f64, y: f64, whole: bool) -> f64 {
    let mut buffer = [x; 3];
    if whole {
        buffer.fill(y);
    } else {
        buffer[1] = y;
    }
    buffer[0] + buffer[1]
}

#[test]
fn what_is_overwritten_is_forgotten_whole_and_not_in_part() {
    let g = reset::gradients(&[1.0, 2.0], 5.0, 0);
    assert_eq!((g.xs, g.y), (Some(vec![1.0, 0.0]), None));
    let g = reset::gradients(&[1.0, 2.0], 5.0, 1);
    assert_eq!((g.xs, g.y), (Some(vec![0.0, 1.0]), Some(1.0)));
    let g = reset::gradients(&[1.0, 2.0], 5.0, 9);
    assert_eq!((g.xs, g.y), (None, Some(1.0)));
    let g = layered::gradients(2.0, 3.0, true);
    assert_eq!((g.x, g.y), (None, Some(2.0)));
    let g = layered::gradients(2.0, 3.0, false);
    assert_eq!((g.x, g.y), (Some(1.0), Some(1.0)));
}

/// Connected by a difference that is zero, by a factor of zero, and by a way through `detach` that is not the only one:
/// the number is zero and there was a way.
#[differentiable]
#[allow(clippy::eq_op)]
fn vanishing(x: f64, y: f64) -> f64 {
    (x - x) + 0.0 * y + detach(y)
}

#[test]
fn a_zero_that_was_computed_is_a_gradient() {
    let g = vanishing::gradients(2.0, 3.0);
    assert_eq!((g.x, g.y), (Some(0.0), Some(0.0)));
    let told = vanishing::reachability();
    assert!(told.inputs.iter().all(|of| of.reach == Reach::Always));
}
