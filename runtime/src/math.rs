//! The functions of `f32` and `f64` where there is no std: those that core lacks by the crate `libm`.

macro_rules! by_libm {
    ($float:ident: $($name:ident($($arg:ident),*) = $function:ident;)*) => {
        /// Functions with the names and the meaning of std's methods.
        pub(crate) mod $float {
            $(
                #[inline]
                pub(crate) fn $name(x: $float $(, $arg: $float)*) -> $float {
                    libm::$function(x $(, $arg)*)
                }
            )*
            by_libm!(by core $float: recip() to_degrees() to_radians() abs() midpoint(b) copysign(sign) max(b) min(b)
                clamp(low, high) signum());

            /// By squaring.
            #[inline]
            pub(crate) fn powi(x: $float, n: i32) -> $float {
                let (mut base, mut left, mut power) = (x, n.unsigned_abs(), 1.0);
                while left > 0 {
                    if left & 1 == 1 {
                        power *= base;
                    }
                    base *= base;
                    left >>= 1;
                }
                if n < 0 { 1.0 / power } else { power }
            }
            #[inline]
            pub(crate) fn log(x: $float, base: $float) -> $float {
                ln(x) / ln(base)
            }
            #[inline]
            pub(crate) fn sin_cos(x: $float) -> ($float, $float) {
                (sin(x), cos(x))
            }
            #[inline]
            pub(crate) fn fract(x: $float) -> $float {
                x - trunc(x)
            }
            #[inline]
            pub(crate) fn div_euclid(x: $float, y: $float) -> $float {
                let quotient = trunc(x / y);
                if x % y >= 0.0 {
                    quotient
                } else if y > 0.0 {
                    quotient - 1.0
                } else {
                    quotient + 1.0
                }
            }
            #[inline]
            pub(crate) fn rem_euclid(x: $float, y: $float) -> $float {
                let rest = x % y;
                if rest < 0.0 { rest + abs(y) } else { rest }
            }
        }
    };
    (by core $float:ident: $($name:ident($($arg:ident),*))*) => { $(
        #[inline]
        pub(crate) fn $name(x: $float $(, $arg: $float)*) -> $float {
            $float::$name(x $(, $arg)*)
        }
    )* };
}

by_libm! { f64:
    sqrt() = sqrt; cbrt() = cbrt; powf(y) = pow; hypot(y) = hypot; exp() = exp; exp2() = exp2; exp_m1() = expm1;
    ln() = log; ln_1p() = log1p; log2() = log2; log10() = log10; sin() = sin; cos() = cos; tan() = tan; asin() = asin;
    acos() = acos; atan() = atan; atan2(x) = atan2; sinh() = sinh; cosh() = cosh; tanh() = tanh; asinh() = asinh;
    acosh() = acosh; atanh() = atanh; mul_add(a, b) = fma; floor() = floor; ceil() = ceil; round() = round;
    round_ties_even() = rint; trunc() = trunc;
}

by_libm! { f32:
    sqrt() = sqrtf; cbrt() = cbrtf; powf(y) = powf; hypot(y) = hypotf; exp() = expf; exp2() = exp2f; exp_m1() = expm1f;
    ln() = logf; ln_1p() = log1pf; log2() = log2f; log10() = log10f; sin() = sinf; cos() = cosf; tan() = tanf; asin() = asinf;
    acos() = acosf; atan() = atanf; atan2(x) = atan2f; sinh() = sinhf; cosh() = coshf; tanh() = tanhf; asinh() = asinhf;
    acosh() = acoshf; atanh() = atanhf; mul_add(a, b) = fmaf; floor() = floorf; ceil() = ceilf; round() = roundf;
    round_ties_even() = rintf; trunc() = truncf;
}
