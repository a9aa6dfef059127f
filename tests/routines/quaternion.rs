//! Attitude propagated by a gyroscope's rates, as a unit quaternion.

use super::reference;
use std::ops::{Add, Mul, MulAssign};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quaternion {
    w: f64,
    v: [f64; 3],
}
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
impl Mul<f64> for Quaternion {
    type Output = Self;

    fn mul(mut self, factor: f64) -> Self {
        self *= factor;
        self
    }
}
impl MulAssign<f64> for Quaternion {
    fn mul_assign(&mut self, factor: f64) {
        self.w *= factor;
        for v in &mut self.v {
            *v *= factor;
        }
    }
}
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
fn runge_kutta(q: Quaternion, rate: [f64; 3], dt: f64) -> Quaternion {
    let slope = |q: Quaternion| q * Quaternion { w: 0.0, v: rate } * 0.5;
    let k1 = slope(q);
    let k2 = slope(q + k1 * (0.5 * dt));
    let k3 = slope(q + k2 * (0.5 * dt));
    let k4 = slope(q + k3 * dt);
    q + (k1 + k2 * 2.0 + k3 * 2.0 + k4) * (dt / 6.0)
}

/// Where a vector of the body points after all rates, each for `dt`.
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
fn pointing_exactly(rates: &[[f64; 3]], body: [f64; 3], dt: f64) -> [f64; 3] {
    rates
        .iter()
        .map(|rate| Quaternion::from_rotation(rate.map(|r| r * dt)))
        .fold(Quaternion::IDENTITY, |attitude, step| attitude * step)
        .rotate(body)
}

/// The angle by which the axes have turned about z.
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
