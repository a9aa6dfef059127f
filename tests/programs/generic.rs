//! Functions generic over the scalar, each at both of its types, and over lengths, lifetimes and things that carry
//! no derivative.

use crate::harness::programs;
use pullback::{Real, differentiable};

#[differentiable]
fn arithmetic<T: Real>(x: T, y: T) -> T {
    let z = -x * y + T::from_f64(0.5) / (x - y) + y % x;
    z / (T::one() + z * z) - y
}

#[differentiable]
fn powers<T: Real>(x: T, y: T) -> T {
    x.sqrt() + x.cbrt() * y.recip() + x.powi(3) - x.powf(y) + x.hypot(y)
}

#[differentiable]
fn exponentials<T: Real>(x: T, y: T) -> T {
    let growth = x.exp() + y.exp2() * x.exp_m1();
    let logs = x.ln() + y.ln_1p() * x.log(y) + x.log2() - y.log10();
    growth * logs
}

#[differentiable]
fn trigonometry<T: Real>(x: T, y: T) -> T {
    let (s, c) = x.sin_cos();
    let arcs = x.asin() + x.acos() * y.atan() + y.atan2(x);
    (s + y.tan()) * c + arcs * x.to_degrees().cos() + y.to_radians().sin()
}

#[differentiable]
fn hyperbolic<T: Real>(x: T, y: T) -> T {
    x.sinh() * y.cosh() + y.tanh() + x.asinh() - (y + T::one()).acosh() * x.atanh()
}

#[differentiable]
fn piecewise<T: Real>(x: T, y: T) -> T {
    let low = x.min(y) * x.max(T::zero()).abs() + x.mul_add(y, x);
    let clamped = y.clamp(T::zero(), T::one()) + x.copysign(-y) + x.midpoint(y);
    low * clamped + x.fract() + x.floor() * y + (x - y).signum() + y.rem_euclid(x)
}

/// Bounds in the `where` clause, by path, among others.
#[differentiable]
fn softmax_loss<T>(x: &[T], target: usize) -> T
where
    T: pullback::Real + Copy + std::fmt::Debug + Send,
{
    let mut top = T::neg_infinity();
    for v in x {
        if *v > top {
            top = *v;
        }
    }
    let mut sum = T::zero();
    for &v in x {
        sum += (v - top).exp();
    }
    sum.ln() + top - x[target]
}

/// A length, a lifetime, and an array that is built.
#[differentiable]
fn quadratic_form<'a, T: Real, const N: usize>(a: &'a [[T; N]; N], x: &'a [T; N]) -> T {
    let mut ax = [T::zero(); N];
    for i in 0..N {
        for j in 0..N {
            ax[i] += a[i][j] * x[j];
        }
    }
    let mut total = T::zero();
    for i in 0..N {
        total += ax[i] * x[i] * T::from_f64(0.5);
    }
    total
}

#[differentiable]
fn horner<T: Real>(coefficients: &[T], x: T) -> T {
    let mut y = T::zero();
    let mut k = coefficients.len();
    while k > 0 {
        k -= 1;
        y = y * x + coefficients[k];
    }
    y
}

#[differentiable]
fn newton<T: Real>(a: T) -> T {
    let mut x = T::one();
    loop {
        let step = (x * x - a) / (x + x);
        x -= step;
        if step.abs() <= x * T::epsilon() {
            break x;
        }
    }
}

#[differentiable]
fn relaxed<T: Real>(u: &mut [T], rate: T) {
    for i in 1..u.len() - 1 {
        let mean = (u[i - 1] + u[i + 1]) / T::from_f64(2.0);
        u[i] = u[i] + rate * (mean - u[i]);
    }
}

#[differentiable]
fn pair<T: Real>(x: T, y: T) -> (T, [T; 2]) {
    let r = x.hypot(y);
    (r, [x / r, y / r])
}

/// Conversions have the derivative of what they are, the identity.
#[differentiable]
fn converted<T: Real>(x: T, y: f64) -> f64 {
    let z = T::from_f64(y * y) * x;
    z.to_f64().sin() + <T as Real>::to_f64(x) * y + T::max(x, T::from_f64(y)).to_f64()
}

#[differentiable]
fn anonymous(x: impl Real, n: impl Into<u32>) -> f64 {
    let n: u32 = n.into();
    let mut p = x;
    for _ in 0..n {
        p = p * x + x.sqrt();
    }
    p.to_f64()
}

/// What is generic without a derivative needs no mark.
#[differentiable]
fn unrelated<K: Copy + PartialOrd, S>(k: K, limit: K, x: f64, label: S) -> f64
where
    S: AsRef<str>,
{
    let scale = label.as_ref().len() as f64;
    if k < limit { x * x * scale } else { x.sin() }
}

#[differentiable]
fn lengths<const N: usize, const M: usize>(m: [[f64; N]; M]) -> f64 {
    let mut s = 0.0;
    for row in 0..M {
        let mut p = 1.0;
        for column in 0..N {
            p *= m[row][column];
        }
        s += p * (N * M) as f64;
    }
    s
}

#[differentiable]
fn lifetimes<'a, 'b: 'a>(x: &'a [f64], y: &'b [f64]) -> f64 {
    let mut longer = 0.0;
    for (a, b) in x.iter().zip(y) {
        longer += a.max(*b);
    }
    longer
}

#[differentiable]
fn into_written(x: f32, y: f64) -> f64 {
    let wide: f64 = x.into();
    let product = wide * y;
    product.sin() + f64::from(x) * 0.5
}

mod double {
    use super::*;
    programs! {
        arithmetic { x: val = 1.3, y: val = 0.6 };
        powers { x: val = 1.3, y: val = 0.6 };
        exponentials { x: val = 1.3, y: val = 1.6 };
        trigonometry { x: val = 0.3, y: val = 0.6 };
        hyperbolic { x: val = 0.3, y: val = 0.6 };
        piecewise { x: val = 1.3, y: val = 0.6 };
        softmax_loss { x: slice = vector(5, 1), target: konst = 2_usize };
        quadratic_form {
            a: refer = [[1.0, 0.25, 0.5], [2.0, -1.0, 0.75], [0.5, 0.5, 3.0]],
            x: refer = [0.5, -1.0, 2.0]
        };
        horner { coefficients: slice = vector(4, 2), x: val = 0.7 };
        newton { a: val = 2.5 } exact [0.5 / 2.5_f64.sqrt()];
        vector relaxed { u: inout = vector(6, 3), rate: val = 0.4 };
        vector pair { x: val = 0.7, y: val = 0.4 };
        converted { x: val = 0.7, y: val = 0.4 };
        anonymous { x: val = 0.7, n: konst = 3_u8 };
        unrelated { k: konst = 'a', limit: konst = 'b', x: val = 0.7, label: konst = "abc" }
            exact [4.2] connected [true];
        lengths { m: val = [[0.5, 2.0], [1.5, -1.0], [3.0, 0.25]] };
        lifetimes { x: slice = vector(4, 5), y: slice = vector(4, 6) };
        single into_written { x: val = 0.75_f32, y: val = 0.5 }
            exact [0.375_f64.cos() * 0.5 + 0.5, 0.375_f64.cos() * 0.75];
    }
}

/// At `f32`, held against the same function at `f64`, which differences judge above.
mod precise {
    use super::*;
    programs! {
        single arithmetic { x: val = 1.25_f32, y: val = 0.5_f32 } exact [arithmetic::grad(1.25, 0.5)];
        single powers { x: val = 1.25_f32, y: val = 0.5_f32 } exact [powers::grad(1.25, 0.5)];
        single exponentials { x: val = 1.25_f32, y: val = 1.5_f32 }
            exact [exponentials::grad(1.25, 1.5)];
        single trigonometry { x: val = 0.25_f32, y: val = 0.5_f32 }
            exact [trigonometry::grad(0.25, 0.5)];
        single hyperbolic { x: val = 0.25_f32, y: val = 0.5_f32 } exact [hyperbolic::grad(0.25, 0.5)];
        single piecewise { x: val = 1.25_f32, y: val = 0.5_f32 } exact [piecewise::grad(1.25, 0.5)];
        single softmax_loss { x: slice = vec![0.5_f32, -1.0, 2.0], target: konst = 2_usize }
            exact [softmax_loss::grad(&[0.5, -1.0, 2.0], 2)];
        single quadratic_form {
            a: refer = [[1.0_f32, 0.25], [2.0, -1.0]], x: refer = [0.5_f32, -1.0]
        } exact [[[0.125, -0.25], [-0.25, 0.5]], [0.5 - 1.125, 0.5625 + 1.0]];
        single horner { coefficients: slice = vec![1.0_f32, 2.0, 3.0], x: val = 0.5_f32 }
            exact [vec![1.0, 0.5, 0.25], 5.0];
        single newton { a: val = 2.5_f32 } exact [0.5 / 2.5_f64.sqrt()];
        vector_single relaxed { u: inout = vec![0.5_f32, 2.0, -1.0, 0.25], rate: val = 0.5_f32 }
            exact [relaxed_by_ones(&[0.5, 2.0, -1.0, 0.25], 0.5)];
        vector_single pair { x: val = 0.75_f32, y: val = 0.5_f32 }
            exact [pair::vjp(0.75, 0.5).1((1.0, [1.0, 1.0]))];
        single converted { x: val = 0.75_f32, y: val = 0.5 } exact [converted::grad(0.75, 0.5)];
        single anonymous { x: val = 0.75_f32, n: konst = 2_u8 } exact [anonymous::grad(0.75, 2_u8)];
    }

    fn relaxed_by_ones(u: &[f64], rate: f64) -> (Vec<f64>, f64) {
        let mut ones = vec![1.0; u.len()];
        let rate = relaxed::vjp(&mut u.to_vec(), rate).1(pullback::NoTangent, &mut ones);
        (ones, rate)
    }
}
