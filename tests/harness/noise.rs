//! Seeded numbers for inputs and directions, so that every run checks the same points.

use std::cell::Cell;

/// A splitmix64 generator: one word of state, equidistributed, and short enough to be read.
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators"
/// (OOPSLA 2014).
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        low + (high - low) * unit
    }
}

thread_local! {
    /// Which of several inputs the seeded functions below give.
    static ATTEMPT: Cell<u64> = const { Cell::new(0) };
}

/// Makes the functions below give other numbers for the same seeds.
pub fn set_attempt(attempt: u64) {
    ATTEMPT.set(attempt);
}

fn seeded(seed: u64) -> Noise {
    Noise::new(seed.wrapping_add(ATTEMPT.get() << 32))
}

/// `n` numbers in -1..1.
pub fn vector(n: usize, seed: u64) -> Vec<f64> {
    let mut noise = seeded(seed);
    (0..n).map(|_| noise.between(-1.0, 1.0)).collect()
}

/// `n` numbers in 0.3..2, for logarithms, roots and divisors.
pub fn positive(n: usize, seed: u64) -> Vec<f64> {
    let mut noise = seeded(seed);
    (0..n).map(|_| noise.between(0.3, 2.0)).collect()
}

/// `N` numbers in -1..1, as an array.
pub fn array<const N: usize>(seed: u64) -> [f64; N] {
    let mut noise = seeded(seed);
    std::array::from_fn(|_| noise.between(-1.0, 1.0))
}

/// One number in -1..1.
pub fn scalar(seed: u64) -> f64 {
    seeded(seed).between(-1.0, 1.0)
}
