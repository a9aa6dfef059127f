//! Dormand and Prince's adaptive Runge–Kutta with rejected steps.

use super::reference;
use crate::harness::programs;
use pullback::differentiable;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepTooSmall {
    pub at: f64,
}

/// A step of size `h` from `y`: the solution of order five and its distance from that of order four.
#[differentiable]
fn dormand_prince<const N: usize>(
    f: &impl Fn(f64, &[f64; N]) -> [f64; N],
    t: f64,
    y: &[f64; N],
    h: f64,
) -> ([f64; N], f64) {
    const C: [f64; 6] = [1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0];
    const A: [[f64; 6]; 6] = [
        [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
        [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
        [
            19372.0 / 6561.0,
            -25360.0 / 2187.0,
            64448.0 / 6561.0,
            -212.0 / 729.0,
            0.0,
            0.0,
        ],
        [
            9017.0 / 3168.0,
            -355.0 / 33.0,
            46732.0 / 5247.0,
            49.0 / 176.0,
            -5103.0 / 18656.0,
            0.0,
        ],
        [
            35.0 / 384.0,
            0.0,
            500.0 / 1113.0,
            125.0 / 192.0,
            -2187.0 / 6784.0,
            11.0 / 84.0,
        ],
    ];
    const E: [f64; 7] = [
        71.0 / 57600.0,
        0.0,
        -71.0 / 16695.0,
        71.0 / 1920.0,
        -17253.0 / 339200.0,
        22.0 / 525.0,
        -1.0 / 40.0,
    ];
    let mut k = [[0.0; N]; 7];
    k[0] = f(t, y);
    let mut next = *y;
    for stage in 0..6 {
        next = *y;
        for (a, k) in A[stage].iter().zip(&k[..=stage]) {
            for (next, k) in next.iter_mut().zip(k) {
                *next += h * a * k;
            }
        }
        k[stage + 1] = f(t + C[stage] * h, &next);
    }
    let mut error = 0.0;
    for i in 0..N {
        let e: f64 = E.iter().zip(&k).map(|(e, k)| h * e * k[i]).sum();
        error += e * e;
    }
    (next, (error / N as f64).sqrt())
}

/// The state at `t_end`, and the numbers of steps taken and rejected.
#[differentiable]
pub fn integrate<const N: usize>(
    f: impl Fn(f64, &[f64; N]) -> [f64; N],
    start: [f64; N],
    t_end: f64,
    tolerance: f64,
) -> Result<([f64; N], usize, usize), StepTooSmall> {
    let mut t = 0.0;
    let mut y = start;
    let mut h = 0.5_f64;
    let (mut taken, mut rejected) = (0, 0);
    while t < t_end {
        h = h.min(t_end - t);
        if h < 1e-12 {
            return Err(StepTooSmall { at: t });
        }
        let (next, error) = dormand_prince(&f, t, &y, h);
        let scale = 0.9 * (tolerance / error.max(1e-300)).powf(0.2);
        if error > tolerance {
            rejected += 1;
            h *= scale.max(0.2);
            continue;
        }
        taken += 1;
        t += h;
        y = next;
        h *= scale.min(5.0);
    }
    Ok((y, taken, rejected))
}

/// Van der Pol's oscillator at `t`.
#[differentiable]
fn van_der_pol(mu: f64, x0: f64, v0: f64, t: f64) -> f64 {
    let field = |_t: f64, y: &[f64; 2]| [y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]];
    match integrate(field, [x0, v0], t, 1e-6) {
        Ok((y, ..)) => y[0],
        Err(_) => f64::NAN,
    }
}

/// A damped and driven oscillator, of which the solution is known where `rate` is not 1.
#[differentiable]
fn driven(rate: f64, x0: f64) -> Result<f64, StepTooSmall> {
    let (y, _, _) = integrate(|t, y: &[f64; 1]| [rate * (t.cos() - y[0])], [x0], 3.0, 1e-9)?;
    Ok(y[0])
}

/// `x' = r (cos t − x)`: `x = (r² cos t + r sin t) / (r² + 1) + c e^{−r t}`.
fn driven_exactly(rate: f64, x0: f64) -> f64 {
    let square = rate * rate;
    let steady = |t: f64| (square * t.cos() + rate * t.sin()) / (square + 1.0);
    steady(3.0) + (x0 - steady(0.0)) * (-3.0 * rate).exp()
}

#[test]
fn the_solution_is_the_known_one() {
    let got = driven(1.5, 0.7).unwrap();
    reference::assert_close(&[got], &[driven_exactly(1.5, 0.7)], 1e-8);
}

#[test]
fn steps_are_rejected_and_a_wall_is_reported() {
    let field = |_t: f64, y: &[f64; 2]| [y[1], 5.0 * (1.0 - y[0] * y[0]) * y[1] - y[0]];
    let (_, taken, rejected) = integrate(field, [2.0, 0.0], 8.0, 1e-6).unwrap();
    assert!(
        taken > 50 && rejected > 3,
        "{taken} taken, {rejected} rejected"
    );
    let wall = integrate(
        |t, _y: &[f64; 1]| [1.0 / (1.0 - t).powi(2)],
        [0.0],
        2.0,
        1e-6,
    );
    assert!((wall.unwrap_err().at - 1.0).abs() < 0.01);
}

// The derivatives.

programs! {
    van_der_pol { mu: val = 1.5, x0: val = 1.2, v0: val = 0.1, t: val = 3.0 };
}

/// The derivative of the numerical solution is that of the exact one up to the tolerance.
#[test]
fn the_derivative_is_that_of_the_exact_solution() {
    let (by_rate, by_start) = driven::grad(1.5, 0.7).unwrap();
    let h = 1e-5;
    let expected = (driven_exactly(1.5 + h, 0.7) - driven_exactly(1.5 - h, 0.7)) / (2.0 * h);
    reference::assert_close(&[by_rate, by_start], &[expected, (-4.5_f64).exp()], 1e-6);
}
