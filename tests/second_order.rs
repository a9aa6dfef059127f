//! Order two: the Hessian times a direction, against differences of the gradient and closed forms.

use pullback::{Real, differentiable};

#[differentiable(order = 2)]
fn gate(x: f64, w: f64) -> f64 {
    (x * w).tanh() / (1.0 + x * x).sqrt()
}

#[differentiable(order = 2)]
fn product(x: f64, y: f64) -> f64 {
    x * x * y
}

#[differentiable(order = 2)]
fn powers(x: f64, y: f64) -> f64 {
    x.powf(y) + x.hypot(y) + x.sin() / y + x.powi(3)
}

#[differentiable(order = 2)]
fn branch(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    if s > 0.1 {
        s = s * s + x;
    } else {
        s = s.exp() * y;
    }
    s.exp().ln_1p()
}

#[differentiable(order = 2)]
fn recurrence(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    for i in 0..4 {
        s = s.sin() * y + x * i as f64;
    }
    s
}

#[differentiable(order = 2)]
fn calls_in_a_loop(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    for _ in 0..3 {
        if s > 0.3 {
            s += gate(x, s);
        } else {
            s *= gate(s, y);
        }
    }
    s
}

#[differentiable(order = 2)]
fn weighted(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += (x[i] * w).exp() * x[(i + 1) % x.len()];
    }
    s * s
}

/// Generic over the scalar, with a callee that is as well.
#[differentiable(order = 2)]
fn generic<T: Real>(x: T, y: T) -> T {
    let mut s = x.sqrt() * T::from_f64(0.5);
    for _ in 0..2 {
        s += generic_callee(s) * y.exp();
        if s > T::one() {
            s = s.sqrt();
        }
    }
    s
}

#[differentiable(order = 2)]
fn generic_callee<T: Real>(k: T) -> T {
    (k * T::from_f64(0.1)).acos() * k
}

/// The directional derivative of a gradient, by central differences.
fn differences(grad: impl Fn(f64, f64) -> (f64, f64), at: (f64, f64), v: (f64, f64)) -> (f64, f64) {
    let h = 1e-5;
    let a = grad(at.0 + h * v.0, at.1 + h * v.1);
    let b = grad(at.0 - h * v.0, at.1 - h * v.1);
    ((a.0 - b.0) / (2.0 * h), (a.1 - b.1) / (2.0 * h))
}

fn close(got: f64, expected: f64) {
    assert!(
        (got - expected).abs() <= 1e-7 * (1.0 + expected.abs()),
        "{got} for {expected}"
    );
}

macro_rules! against_differences {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            for at in [(0.3, 0.8), (0.7, 0.4), (0.1, 0.5)] {
                let v = (0.3, -0.7);
                let got = super::$name::hvp(at, v);
                let expected = super::differences(super::$name::grad, at, v);
                super::close(got.0, expected.0);
                super::close(got.1, expected.1);
            }
        }
    )*};
}

mod hvp {
    against_differences! { gate product powers branch recurrence calls_in_a_loop generic }
}

#[test]
fn a_closed_form() {
    // The Hessian of x²y is [[2y, 2x], [2x, 0]].
    assert_eq!(product::hvp((3.0, 5.0), (1.0, 0.0)), (10.0, 6.0));
    assert_eq!(product::hvp((3.0, 5.0), (0.0, 1.0)), (6.0, 0.0));
}

#[test]
fn slices_and_symmetry() {
    let x = [0.1, 0.2, -0.4];
    let (u, v) = (vec![1.0, -2.0, 0.5], vec![0.3, 0.1, -0.8]);
    let hu = weighted::hvp((&x, 0.7), (u.clone(), 0.2));
    let hv = weighted::hvp((&x, 0.7), (v.clone(), -0.6));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    close(dot(&hu.0, &v) + hu.1 * -0.6, dot(&hv.0, &u) + hv.1 * 0.2);
    let moved = |h: f64| {
        let x: Vec<f64> = x.iter().zip(&u).map(|(x, u)| x + h * u).collect();
        weighted::grad(&x, 0.7 + 0.2 * h)
    };
    let (a, b) = (moved(1e-5), moved(-1e-5));
    for i in 0..3 {
        close(hu.0[i], (a.0[i] - b.0[i]) / 2e-5);
    }
    close(hu.1, (a.1 - b.1) / 2e-5);
}
