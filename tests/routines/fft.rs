//! The radix-2 fast Fourier transform in place, over a complex type of its own.

use super::reference;
use crate::harness::programs;
use pullback::{Differentiable, differentiable};
use std::f64::consts::TAU;
use std::ops::{Add, Mul, Sub};

#[derive(Debug, Clone, Copy, PartialEq, Default, Differentiable)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

#[differentiable]
impl Complex {
    pub fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    pub fn cis(angle: f64) -> Self {
        let (im, re) = angle.sin_cos();
        Self { re, im }
    }

    pub fn norm_squared(self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}

#[differentiable]
impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

#[differentiable]
impl Sub for Complex {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

#[differentiable]
impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

/// Transforms `x` in place.
///
/// # Panics
/// If the length is not a power of two.
#[differentiable]
pub fn fft(x: &mut [Complex]) {
    let n = x.len();
    assert!(n.is_power_of_two(), "{n} is not a power of two");
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j ^= bit;
        if i < j {
            x.swap(i, j);
        }
    }
    let mut length = 2;
    while length <= n {
        let step = Complex::cis(-TAU / length as f64);
        for block in x.chunks_exact_mut(length) {
            let (even, odd) = block.split_at_mut(length / 2);
            let mut twiddle = Complex::new(1.0, 0.0);
            for (a, b) in even.iter_mut().zip(odd) {
                let t = *b * twiddle;
                *b = *a - t;
                *a = *a + t;
                twiddle = twiddle * step;
            }
        }
        length *= 2;
    }
}

/// The power of `signal` in the bins `from..to`.
#[differentiable]
fn band_power(signal: &[f64], from: usize, to: usize) -> f64 {
    let mut spectrum: Vec<Complex> = signal.iter().map(|&re| Complex::new(re, 0.0)).collect();
    fft(&mut spectrum);
    spectrum[from..to].iter().map(|z| z.norm_squared()).sum()
}

/// How well `signal` can be told from itself shifted by `delay`, which need not be whole.
#[differentiable]
fn delayed_correlation(signal: &[f64], delay: f64) -> f64 {
    let n = signal.len();
    let mut spectrum: Vec<_> = signal
        .iter()
        .map(|&re| Complex {
            re,
            ..Complex::default()
        })
        .collect();
    fft(&mut spectrum);
    let mut total = 0.0;
    for (k, z) in spectrum.iter().enumerate().take(n / 2) {
        let turned = *z * Complex::cis(-TAU * k as f64 * delay / n as f64);
        total += turned.re * z.re + turned.im * z.im;
    }
    total / n as f64
}

#[test]
fn a_wave_is_one_bin() {
    let mut x: Vec<Complex> = (0..16)
        .map(|i| Complex::cis(TAU * 3.0 * f64::from(i) / 16.0))
        .collect();
    fft(&mut x);
    for (k, z) in x.iter().enumerate() {
        let expected = if k == 3 { 16.0 } else { 0.0 };
        reference::assert_close(&[z.re, z.im], &[expected, 0.0], 1e-13);
    }
}

#[test]
fn the_power_is_kept() {
    let signal = [0.3, -1.0, 0.7, 0.2, 0.9, -0.4, 0.1, 0.6];
    let power: f64 = signal.iter().map(|x| x * x).sum();
    reference::assert_close(&[band_power(&signal, 0, 8)], &[8.0 * power], 1e-14);
}

// The derivatives.

/// The coefficient `k` by its definition.
fn coefficient(signal: &[f64], k: usize) -> (f64, f64) {
    let angle = |i: usize| -TAU * (k * i) as f64 / signal.len() as f64;
    let sum = |part: fn(f64) -> f64| {
        signal
            .iter()
            .enumerate()
            .map(|(i, x)| x * part(angle(i)))
            .sum::<f64>()
    };
    (sum(f64::cos), sum(f64::sin))
}

/// `∂|X_k|²/∂x_i = 2 Re(X̄_k e^{−2πi k i / n})`.
fn band_power_gradient(signal: &[f64], bins: std::ops::Range<usize>) -> Vec<f64> {
    let n = signal.len();
    let of = |i: usize| {
        bins.clone()
            .map(|k| {
                let (re, im) = coefficient(signal, k);
                let angle = -TAU * (k * i) as f64 / n as f64;
                2.0 * (re * angle.cos() + im * angle.sin())
            })
            .sum()
    };
    (0..n).map(of).collect()
}

/// The correlation is `Σ |X_k|² cos(2π k d / n) / n`.
fn delay_gradient(signal: &[f64], delay: f64) -> f64 {
    let n = signal.len() as f64;
    (0..signal.len() / 2)
        .map(|k| {
            let (re, im) = coefficient(signal, k);
            let rate = TAU * k as f64 / n;
            -(re * re + im * im) * rate * (rate * delay).sin() / n
        })
        .sum()
}

fn signal_gradient(signal: &[f64], delay: f64) -> Vec<f64> {
    let n = signal.len();
    let mut sum = vec![0.0; n];
    for k in 0..n / 2 {
        let weight = (TAU * k as f64 * delay / n as f64).cos() / n as f64;
        for (s, g) in sum.iter_mut().zip(band_power_gradient(signal, k..k + 1)) {
            *s += weight * g;
        }
    }
    sum
}

programs! {
    band_power { signal: slice = vector(16, 1), from: konst = 2_usize, to: konst = 5_usize }
        exact [band_power_gradient(&signal, 2..5)];
    delayed_correlation { signal: slice = vector(8, 2), delay: val = 0.7 }
        exact [signal_gradient(&signal, delay), delay_gradient(&signal, delay)];
}
