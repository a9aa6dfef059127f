//! The gradient checker itself: it finds what is wrong, and a NaN is wrong.

use pullback_runtime::check::{
    Mismatch, Tolerance, central_difference, check_gradient, derivative,
};

fn rosenbrock(x: &[f64]) -> f64 {
    (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)
}

const POINT: [f64; 2] = [-1.2, 1.0];
const GRADIENT: [f64; 2] = [-215.6, -88.0];

#[test]
fn differences_are_good_to_ten_digits() {
    for (slope, exact) in [
        (derivative(f64::exp, 2.0, 1e-2), 2.0_f64.exp()),
        (derivative(f64::ln, 0.1, 1e-2), 10.0),
        (derivative(f64::sin, 1e3, 1e-2), 1e3_f64.cos()),
        (derivative(|_| 4.0, 1.0, 1e-2), 0.0),
    ] {
        assert!(
            (slope - exact).abs() <= 1e-10 * exact.abs().max(1.0),
            "{slope} {exact}"
        );
    }
}

#[test]
fn a_right_gradient_passes() {
    let tolerance = Tolerance::default();
    assert_eq!(
        check_gradient(rosenbrock, &GRADIENT, &POINT, &tolerance),
        Ok(())
    );
    assert_eq!(check_gradient(|_| 1.0, &[], &[], &tolerance), Ok(()));
}

#[test]
fn the_worst_component_is_named() {
    let wrong = [GRADIENT[0] + 1e-3, GRADIENT[1] + 1.0];
    let found = check_gradient(rosenbrock, &wrong, &POINT, &Tolerance::default());
    let Err(Mismatch::Component {
        index, at, count, ..
    }) = found
    else {
        panic!("{found:?}");
    };
    assert_eq!((index, at, count), (1, 1.0, 2));
}

#[test]
fn nan_fails_on_either_side() {
    let tolerance = Tolerance::default();
    let nan = [f64::NAN, GRADIENT[1]];
    assert!(check_gradient(rosenbrock, &nan, &POINT, &tolerance).is_err());
    assert!(check_gradient(|_| f64::NAN, &nan, &POINT, &tolerance).is_err());
    assert!(
        central_difference(|_| f64::NAN, &POINT, 1e-2)
            .iter()
            .all(|slope| slope.is_nan())
    );
}

#[test]
fn lengths_must_agree() {
    let found = check_gradient(rosenbrock, &[1.0], &POINT, &Tolerance::default());
    assert_eq!(
        found,
        Err(Mismatch::Length {
            gradient: 1,
            point: 2
        })
    );
}
