//! Operators of user types: by value, by reference, mixed with numbers, generic, and compound assignment.

use crate::harness::{flat, programs, vector};
use pullback::{Differentiable, Real, differentiable};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

#[differentiable]
impl Add for Vec3 {
    type Output = Vec3;
    fn add(self, other: Vec3) -> Vec3 {
        Vec3 {
            x: self.x + other.x,
            y: self.y + other.y,
            z: self.z + other.z,
        }
    }
}

#[differentiable]
impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, other: Self) -> Self::Output {
        Self::Output {
            x: self.x - other.x,
            y: self.y - other.y,
            z: self.z - other.z,
        }
    }
}

#[differentiable]
impl Mul<f64> for Vec3 {
    type Output = Vec3;
    fn mul(mut self, k: f64) -> Vec3 {
        self.x *= k;
        self.y *= k;
        self.z *= k;
        self
    }
}

#[differentiable]
impl Mul<Vec3> for f64 {
    type Output = Vec3;
    fn mul(self, v: Vec3) -> Vec3 {
        v * self
    }
}

#[differentiable]
impl Div<f64> for Vec3 {
    type Output = Vec3;
    fn div(self, k: f64) -> Vec3 {
        self * (1.0 / k)
    }
}

#[differentiable]
impl Neg for Vec3 {
    type Output = Vec3;
    fn neg(self) -> Vec3 {
        Vec3 {
            x: -self.x,
            y: -self.y,
            z: -self.z,
        }
    }
}

/// The scalar product, as an operator between references.
#[differentiable]
impl Mul<&Vec3> for &Vec3 {
    type Output = f64;
    fn mul(self, other: &Vec3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }
}

#[differentiable]
impl<'a> Sub<&'a Vec3> for &'a Vec3 {
    type Output = Vec3;
    fn sub(self, other: &'a Vec3) -> Vec3 {
        *self - *other
    }
}

#[differentiable]
impl AddAssign for Vec3 {
    fn add_assign(&mut self, other: Vec3) {
        self.x += other.x;
        self.y += other.y;
        self.z += other.z;
    }
}

#[differentiable]
impl SubAssign for Vec3 {
    fn sub_assign(&mut self, other: Self) {
        self.x -= other.x;
        self.y -= other.y;
        self.z -= other.z;
    }
}

#[differentiable]
impl MulAssign<f64> for Vec3 {
    fn mul_assign(&mut self, k: f64) {
        self.x *= k;
        self.y *= k;
        self.z *= k;
    }
}

#[differentiable]
impl DivAssign<f64> for Vec3 {
    fn div_assign(&mut self, k: f64) {
        self.x /= k;
        self.y /= k;
        self.z /= k;
    }
}

/// Compound assignment by the operator itself.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Vec2(f64, f64);

#[differentiable]
impl Add for Vec2 {
    type Output = Vec2;
    fn add(self, other: Vec2) -> Vec2 {
        Vec2(self.0 + other.0, self.1 + other.1)
    }
}

#[differentiable]
impl Mul<f64> for Vec2 {
    type Output = Vec2;
    fn mul(self, k: f64) -> Vec2 {
        Vec2(self.0 * k, self.1 * k)
    }
}

#[differentiable]
impl AddAssign for Vec2 {
    fn add_assign(&mut self, other: Vec2) {
        *self = *self + other;
    }
}

#[differentiable]
impl MulAssign<f64> for Vec2 {
    fn mul_assign(&mut self, k: f64) {
        *self = *self * k;
    }
}

#[differentiable]
fn by_the_operator(a: Vec2, k: f64) -> f64 {
    let mut b = a * k;
    b += a;
    b *= k;
    b += b * 2.0;
    b.0 * b.1
}

/// A matrix on the heap, which is moved and cloned.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Matrix {
    #[constant]
    rows: usize,
    #[constant]
    columns: usize,
    data: Vec<f64>,
}

#[differentiable]
impl Mul for &Matrix {
    type Output = Matrix;
    fn mul(self, other: &Matrix) -> Matrix {
        let mut data = vec![0.0; self.rows * other.columns];
        for i in 0..self.rows {
            for j in 0..other.columns {
                for k in 0..self.columns {
                    data[i * other.columns + j] +=
                        self.data[i * self.columns + k] * other.data[k * other.columns + j];
                }
            }
        }
        Matrix {
            rows: self.rows,
            columns: other.columns,
            data,
        }
    }
}

#[differentiable]
impl AddAssign<&Matrix> for Matrix {
    fn add_assign(&mut self, other: &Matrix) {
        for (a, b) in self.data.iter_mut().zip(&other.data) {
            *a += *b;
        }
    }
}

/// A complex number over any scalar.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Complex<T> {
    re: T,
    im: T,
}

#[differentiable]
impl<T: Real> Mul for Complex<T> {
    type Output = Complex<T>;
    fn mul(self, other: Complex<T>) -> Complex<T> {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

#[differentiable]
impl<T: Real> Add for Complex<T> {
    type Output = Complex<T>;
    fn add(self, other: Complex<T>) -> Complex<T> {
        Complex {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }
}

#[differentiable]
fn arithmetic(a: Vec3, b: Vec3, k: f64) -> Vec3 {
    let c = a + b * k - 2.0 * a;
    -c / (k + 2.0)
}

#[differentiable]
fn by_reference(a: Vec3, b: Vec3) -> f64 {
    let d = &a - &b;
    &d * &d + &a * &b
}

#[differentiable]
fn references_given(a: &Vec3, b: &Vec3, k: f64) -> f64 {
    let d = a - b;
    (&d * a) * k
}

#[differentiable]
fn compound(a: Vec3, b: Vec3, k: f64) -> Vec3 {
    let mut c = a;
    c += b * k;
    c -= a;
    c *= k;
    c /= 1.5 + k;
    c += c;
    c
}

#[differentiable]
fn in_a_loop(a: Vec3, k: f64, n: usize) -> f64 {
    let mut position = a;
    let mut velocity = Vec3 {
        x: 0.1,
        y: 0.2,
        z: -0.1,
    };
    for _ in 0..n {
        velocity = velocity - position * k;
        position += velocity * 0.1;
    }
    &position * &velocity
}

#[differentiable]
fn elements(points: &[Vec3], k: f64) -> f64 {
    let mut sum = Vec3 {
        x: 0.0,
        y: 0.0,
        z: 0.0,
    };
    for p in points {
        sum += *p * k;
    }
    for i in 1..points.len() {
        let d = &points[i] - &points[i - 1];
        sum -= d / (&d * &d);
    }
    &sum * &sum
}

#[differentiable]
fn matrices(a: &Matrix, b: &Matrix) -> f64 {
    let mut c = a * b;
    let d = &c * a;
    c += &d;
    let mut trace = 0.0;
    for i in 0..c.rows {
        trace += c.data[i * c.columns + i];
    }
    trace
}

#[differentiable]
fn complex_power(z: Complex<f64>, n: usize) -> f64 {
    let mut p = Complex { re: 1.0, im: 0.0 };
    for _ in 0..n {
        p = p * z + z;
    }
    p.re * p.re + p.im * p.im
}

#[differentiable]
fn complex_single(z: Complex<f32>) -> f32 {
    let w = z * z;
    w.re + w.im
}

fn v(seed: u64) -> Vec3 {
    let x = vector(3, seed);
    Vec3 {
        x: x[0],
        y: x[1],
        z: x[2],
    }
}

fn matrix(n: usize, seed: u64) -> Matrix {
    Matrix {
        rows: n,
        columns: n,
        data: vector(n * n, seed),
    }
}

flat!(Vec3 { x, y, z });
flat!(Vec2 { 0, 1 });
flat!(Matrix { data });
flat!(Complex<f64> { re, im });
flat!(Complex<f32> { re, im });

const Z: Complex<f64> = Complex { re: 0.4, im: -0.7 };

programs! {
    vector arithmetic { a: val = v(1), b: val = v(2), k: val = 0.7 };
    by_reference { a: val = v(1), b: val = v(2) };
    references_given { a: refer = v(1), b: refer = v(2), k: val = 0.7 };
    vector compound { a: val = v(1), b: val = v(2), k: val = 0.7 };
    by_the_operator { a: val = Vec2(0.4, -1.2), k: val = 0.7 };
    in_a_loop { a: val = v(3), k: val = 0.4, n: konst = 7_usize };
    elements { points: slice = vec![v(1), v(2), v(3), v(4)], k: val = 0.3 };
    matrices { a: refer = matrix(3, 5), b: refer = matrix(3, 6) };
    complex_power { z: val = Z, n: konst = 4_usize };
    single complex_single { z: val = Complex { re: 0.4_f32, im: 0.3 } }
        exact [ComplexTangent::<f32> { re: 2.0 * z.re + 2.0 * z.im, im: -2.0 * z.im + 2.0 * z.re }];
}
