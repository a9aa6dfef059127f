//! The radix-2 fast Fourier transform in place, over a complex type of its own.

use super::reference;
use std::f64::consts::TAU;
use std::ops::{Add, Mul, Sub};

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}
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
impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}
impl Sub for Complex {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}
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
fn band_power(signal: &[f64], from: usize, to: usize) -> f64 {
    let mut spectrum: Vec<Complex> = signal.iter().map(|&re| Complex::new(re, 0.0)).collect();
    fft(&mut spectrum);
    spectrum[from..to].iter().map(|z| z.norm_squared()).sum()
}

/// How well `signal` can be told from itself shifted by `delay`, which need not be whole.
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
