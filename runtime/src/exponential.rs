//! Exponentials of many numbers at once, as loops without branches or calls that become vectors.
//!
//! The number is `n · ln 2 + r` with `|r| ≤ ln 2 / 2`; the exponential of `r` is its Taylor polynomial, whose remainder is
//! below a rounding, and `2ⁿ` is put together from bits, in two factors so that subnormal results are right. The relative
//! error is below 4 roundings (the test below); infinities, zeros and NaN are as they should be.

macro_rules! exponentials {
    ($($float:ident $bits:ident $name:ident: mantissa $mantissa:literal, bias $bias:literal, beyond $beyond:literal,
        high $high:literal, low $low:literal, [$($coefficient:literal)*];)*) => { $(
        /// Each number to its exponential.
        #[inline(always)]
        pub(crate) fn $name<const FUSED: bool>(x: &mut [$float]) {
            // Adding it rounds to an integer, which the low bits then show.
            const ROUND: $float = 1.5 * (1u64 << $mantissa) as $float;
            let sum = |a: $float, b: $float, c: $float| match FUSED {
                true => a.mul_add(b, c),
                false => a * b + c,
            };
            let power = |n: $float| {
                let bits = (n + ROUND).to_bits().wrapping_add($bias);
                $float::from_bits(bits << $mantissa)
            };
            for x in x {
                let mut v = *x;
                // Beyond these the result is infinite or zero; NaN is neither.
                v = if v > $beyond { $beyond } else { v };
                v = if v < -$beyond { -$beyond } else { v };
                let n = v * core::$float::consts::LOG2_E + ROUND - ROUND;
                let r = sum(n, -$low, sum(n, -$high, v));
                let mut p = 0.0;
                $(p = sum(p, r, 1.0 / $coefficient);)*
                let half = n * 0.5 + ROUND - ROUND;
                *x = p * power(half) * power(n - half);
            }
        }
    )* };
}

exponentials! {
    f32 u32 singles: mantissa 23, bias 127, beyond 170.0,
        high 0.693_359_4, low -2.121_944_4e-4,
        [5040.0 720.0 120.0 24.0 6.0 2.0 1.0 1.0];
    f64 u64 doubles: mantissa 52, bias 1023, beyond 1400.0,
        high 0.693_147_180_369_123_8, low 1.908_214_929_270_587_7e-10,
        [6227020800.0 479001600.0 39916800.0 3628800.0 362880.0 40320.0 5040.0 720.0 120.0 24.0 6.0 2.0 1.0 1.0];
}

#[cfg(test)]
mod tests {
    use crate::conv::Float;
    use crate::prelude::*;

    #[test]
    fn exponentials_are_within_four_roundings() {
        let x: Vec<f64> = (-75_000..=72_000).map(|i| f64::from(i) * 0.0099).collect();
        let mut y = x.clone();
        f64::exponentials(&mut y);
        for (x, y) in x.iter().zip(&y) {
            let (exact, least) = (x.exp(), f64::MIN_POSITIVE);
            let error = if exact == *y { 0.0 } else { (y - exact).abs() };
            assert!(
                error <= 4.0 * f64::EPSILON / 2.0 * exact.max(least),
                "{x}: {y} {exact}"
            );
        }
        let x: Vec<f32> = (-110_000..=90_000).map(|i| i as f32 * 0.00099).collect();
        let mut y = x.clone();
        f32::exponentials(&mut y);
        for (x, y) in x.iter().zip(&y) {
            let exact = f64::from(*x).exp();
            let error = (f64::from(*y) - exact).abs();
            let most =
                4.0 * f64::from(f32::EPSILON) / 2.0 * exact.max(f64::from(f32::MIN_POSITIVE));
            assert!(
                error <= most || exact > f64::from(f32::MAX) && *y == f32::INFINITY,
                "{x}: {y} {exact}"
            );
        }
    }

    #[test]
    fn exponentials_have_their_limits() {
        let mut y = [
            0.0,
            -0.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            1e300,
            -1e300,
            f64::NAN,
        ];
        f64::exponentials(&mut y);
        assert_eq!(y[..6], [1.0, 1.0, f64::INFINITY, 0.0, f64::INFINITY, 0.0]);
        assert!(y[6].is_nan());
        let mut y = [0.0, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, f32::NAN];
        f32::exponentials(&mut y);
        assert_eq!(y[..5], [1.0, f32::INFINITY, 0.0, f32::INFINITY, 0.0]);
        assert!(y[5].is_nan());
    }
}
