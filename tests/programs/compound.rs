//! Compound assignments of user types: each has the derivative of its own body.

use crate::harness::programs;
use pullback::{Differentiable, Real, differentiable};
use std::ops::{DivAssign, Mul, MulAssign, Neg, RemAssign};

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Quaternion {
    w: f64,
    v: [f64; 3],
}

#[differentiable]
impl MulAssign<f64> for Quaternion {
    fn mul_assign(&mut self, k: f64) {
        self.w *= k;
        for v in &mut self.v {
            *v *= k;
        }
    }
}

/// The operator by its own compound assignment.
#[differentiable]
impl Mul<f64> for Quaternion {
    type Output = Self;

    fn mul(mut self, k: f64) -> Self {
        self *= k;
        self
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

/// The compound assignment by the operator.
#[differentiable]
impl MulAssign for Quaternion {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

#[differentiable]
impl<'a> MulAssign<&'a Quaternion> for Quaternion {
    fn mul_assign(&mut self, other: &'a Quaternion) {
        if other.w > 100.0 {
            return;
        }
        *self *= *other;
    }
}

#[differentiable]
impl Neg for Quaternion {
    type Output = Self;

    fn neg(self) -> Self {
        self * -1.0
    }
}

#[differentiable]
impl Quaternion {
    fn normalize(&mut self) {
        let square: f64 = self.v.iter().map(|v| v * v).sum();
        *self *= (self.w * self.w + square).sqrt().recip();
    }
}

#[differentiable]
fn attitude(x: f64, y: f64) -> f64 {
    let mut q = Quaternion {
        w: x,
        v: [y, x * y, 0.3],
    };
    let step = Quaternion {
        w: 1.0,
        v: [0.1 * y, 0.2, x],
    };
    for _ in 0..4 {
        q *= step;
        q.normalize();
        q *= &step;
        q *= 0.7;
    }
    let p = -q * 2.0 * x;
    p.w * p.v[0] + p.v[1] - p.v[2] * y
}

/// `*=` and `*` that disagree: each is what it says.
#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Log {
    values: Vec<f64>,
    total: f64,
}

#[differentiable]
impl Mul<f64> for Log {
    type Output = Log;

    fn mul(self, k: f64) -> Log {
        Log {
            values: vec![k],
            total: self.total * k,
        }
    }
}

#[differentiable]
impl MulAssign<f64> for Log {
    fn mul_assign(&mut self, k: f64) {
        self.values.push(self.total * k);
        self.total += k * k;
    }
}

#[differentiable]
impl DivAssign<f64> for Log {
    fn div_assign(&mut self, k: f64) {
        if k == 0.0 {
            return;
        }
        let inverse = 1.0 / k;
        for v in self.values.iter_mut() {
            *v *= inverse;
        }
        self.total = self.values.iter().sum::<f64>() * k;
    }
}

#[differentiable]
impl RemAssign<&Log> for Log {
    fn rem_assign(&mut self, other: &Log) {
        for (a, b) in self.values.iter_mut().zip(&other.values) {
            *a = *a * b;
        }
    }
}

#[differentiable]
fn disagree(x: f64, y: f64) -> f64 {
    let mut log = Log {
        values: vec![],
        total: x,
    };
    let other = Log {
        values: vec![y, x],
        total: y,
    } * x;
    let mut s = 0.0;
    for k in 0..3 {
        log *= y + k as f64;
        log /= x;
        log %= &other;
        s += log.total * log.values[k];
    }
    s + other.total
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Pair<T: Real> {
    a: T,
    b: T,
}

#[differentiable]
impl<T: Real> MulAssign<T> for Pair<T> {
    fn mul_assign(&mut self, k: T) {
        self.a *= k;
        self.b = self.b * k * k;
    }
}

#[differentiable]
fn generic<T: Real>(x: T, y: T) -> T {
    let mut p = Pair { a: x, b: y };
    p *= x;
    p.a *= y;
    p *= p.a;
    p.a + p.b
}

#[differentiable]
fn generic_64(x: f64, y: f64) -> f64 {
    generic(x, y)
}

/// Numbers in fields and behind references.
#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Particle {
    mass: f64,
    #[constant]
    charge: i32,
    #[constant]
    fixed: f64,
    velocity: [f64; 2],
}

#[differentiable]
fn fields(x: f64, y: f64) -> f64 {
    let mut ps = vec![
        Particle {
            mass: x,
            charge: 2,
            fixed: 1.5,
            velocity: [x, y]
        };
        2
    ];
    for p in ps.iter_mut() {
        p.mass *= y;
        p.charge *= 2;
        p.fixed *= 2.0;
        p.velocity[1] /= p.mass;
        p.mass %= 0.45;
    }
    ps[0].velocity[0] *= ps[1].mass;
    ps[0].velocity[0] * ps[0].mass + ps[1].velocity[1] * ps[1].fixed + ps[0].charge as f64 * x
}

#[differentiable]
fn product(x: f64, y: f64) -> f64 {
    x * y
}

/// That it is a number is known only by what is assigned at the end: until then it is what a call gave.
#[differentiable]
fn told_later(x: f64, y: f64) -> f64 {
    let mut b = product(x, y);
    b /= 1.5 + y.sin();
    b *= x.cos();
    b %= 0.4;
    let c = b;
    b = (1.0_f64).sqrt();
    b * c
}

programs! {
    attitude { x: val = 0.7, y: val = 1.3 };
    disagree { x: val = 0.7, y: val = 1.3 };
    generic_64 { x: val = 0.7, y: val = 1.3 } exact [
        // p = (x y + x x y y? , …): by hand, with u = x * x * y: a = u * u, b = y * x^2 * u^2.
        4.0 * 0.7f64.powi(3) * 1.3 * 1.3 + 6.0 * 0.7f64.powi(5) * 1.3f64.powi(3),
        2.0 * 0.7f64.powi(4) * 1.3 + 3.0 * 0.7f64.powi(6) * 1.3 * 1.3
    ];
    told_later { x: val = 0.7, y: val = 1.3 };
    fields { x: val = 0.7, y: val = 1.3 };
}
