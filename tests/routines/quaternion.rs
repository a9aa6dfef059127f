//! Attitude propagated by a gyroscope's rates, as a unit quaternion.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::ops::{Add, Mul, MulAssign, Neg};

#[derive(Debug, Clone, Copy, PartialEq, Differentiable)]
pub struct Quaternion {
    w: f64,
    v: [f64; 3],
}
#[differentiable]
impl Quaternion {
    pub const IDENTITY: Self = Self {
        w: 1.0,
        v: [0.0; 3],
    };

    /// Half of the rotation by the vector `angle`, exactly.
    pub fn from_rotation(angle: [f64; 3]) -> Self {
        let [x, y, z] = angle;
        let length = (x * x + y * y + z * z).sqrt();
        if length < 1e-8 {
            return Self {
                w: 1.0,
                v: angle.map(|a| 0.5 * a),
            };
        }
        let (sin, cos) = (0.5 * length).sin_cos();
        Self {
            w: cos,
            v: angle.map(|a| a * sin / length),
        }
    }

    pub fn conjugate(self) -> Self {
        Self {
            v: self.v.map(|v| -v),
            ..self
        }
    }

    pub fn normalize(&mut self) {
        let square: f64 = self.v.iter().map(|v| v * v).sum();
        *self *= (self.w * self.w + square).sqrt().recip();
    }

    pub fn rotate(self, vector: [f64; 3]) -> [f64; 3] {
        (self * Self { w: 0.0, v: vector } * self.conjugate()).v
    }
}
#[differentiable]
impl Mul for Quaternion {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let ([a, b, c], [x, y, z]) = (self.v, other.v);
        Self {
            w: self.w * other.w - a * x - b * y - c * z,
            v: [
                self.w * x + a * other.w + b * z - c * y,
                self.w * y - a * z + b * other.w + c * x,
                self.w * z + a * y - b * x + c * other.w,
            ],
        }
    }
}
#[differentiable]
impl Mul<f64> for Quaternion {
    type Output = Self;

    fn mul(mut self, factor: f64) -> Self {
        self *= factor;
        self
    }
}
#[differentiable]
impl MulAssign<f64> for Quaternion {
    fn mul_assign(&mut self, factor: f64) {
        self.w *= factor;
        for v in &mut self.v {
            *v *= factor;
        }
    }
}
#[differentiable]
impl Add for Quaternion {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let mut sum = self;
        sum.w += other.w;
        sum.v.iter_mut().zip(other.v).for_each(|(a, b)| *a += b);
        sum
    }
}

/// Runge and Kutta's step of the attitude under the body rates `rate`.
#[differentiable]
fn runge_kutta(q: Quaternion, rate: [f64; 3], dt: f64) -> Quaternion {
    let slope = |q: Quaternion| q * Quaternion { w: 0.0, v: rate } * 0.5;
    let k1 = slope(q);
    let k2 = slope(q + k1 * (0.5 * dt));
    let k3 = slope(q + k2 * (0.5 * dt));
    let k4 = slope(q + k3 * dt);
    q + (k1 + k2 * 2.0 + k3 * 2.0 + k4) * (dt / 6.0)
}

/// Where a vector of the body points after all rates, each for `dt`.
#[differentiable]
fn pointing(rates: &[[f64; 3]], bias: [f64; 3], body: [f64; 3], dt: f64) -> [f64; 3] {
    let mut attitude = Quaternion::IDENTITY;
    for rate in rates {
        let corrected = [rate[0] - bias[0], rate[1] - bias[1], rate[2] - bias[2]];
        attitude = runge_kutta(attitude, corrected, dt);
        attitude.normalize();
    }
    attitude.rotate(body)
}

/// The same with the exact rotation of each step.
#[differentiable]
fn pointing_exactly(rates: &[[f64; 3]], body: [f64; 3], dt: f64) -> [f64; 3] {
    rates
        .iter()
        .map(|rate| Quaternion::from_rotation(rate.map(|r| r * dt)))
        .fold(Quaternion::IDENTITY, |attitude, step| attitude * step)
        .rotate(body)
}

/// The angle by which the axes have turned about z.
#[differentiable]
fn heading(rate: f64, dt: f64, steps: usize) -> f64 {
    let rates = vec![[0.0, 0.0, rate]; steps];
    let [x, y, _] = pointing_exactly(&rates, [1.0, 0.0, 0.0], dt);
    y.atan2(x)
}

#[test]
fn a_quarter_turn() {
    let quarter = Quaternion::from_rotation([0.0, 0.0, std::f64::consts::FRAC_PI_2]);
    reference::assert_close(&quarter.rotate([1.0, 0.0, 0.0]), &[0.0, 1.0, 0.0], 1e-15);
    reference::assert_close(&[heading(0.3, 0.5, 4)], &[0.6], 1e-14);
}

#[test]
fn both_propagations_agree() {
    let rates = [[0.1, -0.2, 0.3], [0.0, 0.4, -0.1], [0.2, 0.2, 0.2]];
    let numerical = pointing(&rates, [0.0; 3], [0.0, 0.6, 0.8], 0.1);
    let exact = pointing_exactly(&rates, [0.0, 0.6, 0.8], 0.1);
    reference::assert_close(&numerical, &exact, 1e-9);
}

#[differentiable]
impl Neg for Quaternion {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            w: -self.w,
            v: self.v.map(|v| -v),
        }
    }
}

/// Between two attitudes, the short way round.
#[differentiable]
fn blended(a: Quaternion, b: Quaternion, t: f64) -> Quaternion {
    let cosine: f64 = a.w * b.w + a.v.iter().zip(b.v).map(|(a, b)| a * b).sum::<f64>();
    let near = if cosine < 0.0 { -b } else { b };
    let mut q = a * (1.0 - t) + near * t;
    q.normalize();
    q
}

/// How much of the pointing is along `target`, by both propagations.
#[differentiable]
fn alignment(rates: &[[f64; 3]], body: [f64; 3], dt: f64, target: [f64; 3]) -> f64 {
    let exact = pointing_exactly(rates, body, dt);
    exact.iter().zip(target).map(|(a, b)| a * b).sum()
}

#[differentiable]
fn numerical_alignment(rates: &[[f64; 3]], bias: [f64; 3], dt: f64, target: [f64; 3]) -> f64 {
    let [x, y, z] = pointing(rates, bias, [0.0, 0.6, 0.8], dt);
    x * target[0] + y * target[1] + z * target[2]
}

#[differentiable]
fn halfway(a: f64, b: f64, t: f64) -> f64 {
    let a = Quaternion::from_rotation([0.0, 0.0, a]);
    let b = Quaternion::from_rotation([0.0, 0.0, b + std::f64::consts::TAU]);
    let [x, y, _] = blended(a, b, t).rotate([1.0, 0.0, 0.0]);
    y.atan2(x)
}

fn sample() -> Vec<[f64; 3]> {
    vec![[0.4, -0.2, 0.9], [-0.7, 0.5, 0.1], [0.2, 0.8, -0.3]]
}

type Square = [[f64; 3]; 3];

/// The matrix of `v ×`.
fn hat([x, y, z]: [f64; 3]) -> Square {
    [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]
}

fn apply(a: &Square, x: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| (0..3).map(|j| a[i][j] * x[j]).sum())
}

fn apply_transposed(a: &Square, x: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| (0..3).map(|j| a[j][i] * x[j]).sum())
}

/// `1 + p [v ×] + q [v ×]²`: a rotation by Rodrigues' formula, or a Jacobian of one.
fn series(v: [f64; 3], p: f64, q: f64) -> Square {
    let hat = hat(v);
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let square: f64 = (0..3).map(|k| hat[i][k] * hat[k][j]).sum();
            f64::from(u8::from(i == j)) + p * hat[i][j] + q * square
        })
    })
}

/// What changes the alignment, by the right Jacobian of each rotation: with `p` what the later rotations make of the
/// body's vector and `w` what the earlier ones, backwards, make of the target, it is `dt Jᵀ (p × w)` for a rate.
fn alignment_gradient(
    rates: &[[f64; 3]],
    body: [f64; 3],
    dt: f64,
    target: [f64; 3],
) -> (Vec<f64>, [f64; 3], f64, [f64; 3]) {
    let angles: Vec<[f64; 3]> = rates.iter().map(|r| r.map(|r| r * dt)).collect();
    let of = |v: [f64; 3], jacobian: bool| {
        let t = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        match jacobian {
            false => series(v, t.sin() / t, (1.0 - t.cos()) / (t * t)),
            true => series(v, -(1.0 - t.cos()) / (t * t), (t - t.sin()) / (t * t * t)),
        }
    };
    let (mut by_rates, mut by_dt) = (Vec::new(), 0.0);
    for (k, angle) in angles.iter().enumerate() {
        let p = angles[k + 1..]
            .iter()
            .rev()
            .fold(body, |p, a| apply(&of(*a, false), p));
        let w = angles[..=k]
            .iter()
            .fold(target, |w, a| apply_transposed(&of(*a, false), w));
        let turned = apply_transposed(&of(*angle, true), apply(&hat(p), w));
        by_rates.extend(turned.map(|t| t * dt));
        by_dt += reference::dot(&turned, &rates[k]);
    }
    let by_body = angles
        .iter()
        .fold(target, |w, a| apply_transposed(&of(*a, false), w));
    let by_target = angles
        .iter()
        .rev()
        .fold(body, |p, a| apply(&of(*a, false), p));
    (by_rates, by_body, by_dt, by_target)
}

programs! {
    heading { rate: val = 0.3, dt: val = 0.5, steps: konst = 4_usize } exact [dt * 4.0, rate * 4.0];
    alignment { rates: slice = sample(), body: val = [0.0, 0.6, 0.8], dt: val = 0.7, target: val = [0.3, -1.0, 0.5] }
        exact [
            alignment_gradient(&rates, body, dt, target).0,
            alignment_gradient(&rates, body, dt, target).1,
            alignment_gradient(&rates, body, dt, target).2,
            alignment_gradient(&rates, body, dt, target).3
        ];
    numerical_alignment { rates: slice = sample(), bias: val = [0.01, -0.02, 0.03], dt: val = 0.1, target: val = [0.3, -1.0, 0.5] };
    // The chord between half angles that are 0.25 apart is passed fastest in the middle.
    halfway { a: val = 0.4, b: val = 0.9, t: val = 0.5 } exact [0.5, 0.5, 4.0 * (0.25 * (b - a)).tan()];
}
