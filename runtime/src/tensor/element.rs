//! What a tensor may consist of: `f32` and `f64`.

use crate::Real;
use ndarray::{ArrayView2, ArrayViewMut2, linalg::general_mat_mul};

/// A number that tensors consist of: `f32` or `f64`, nothing else.
pub trait Element: Real + crate::conv::Float + super::rule::Seed<Like = ()> {
    /// A zero to refer to.
    #[doc(hidden)]
    const ZERO: &'static Self;
    /// `c = a · b + beta · c`.
    #[doc(hidden)]
    fn gemm(
        a: &ArrayView2<'_, Self>,
        b: &ArrayView2<'_, Self>,
        beta: Self,
        c: &mut ArrayViewMut2<'_, Self>,
    );
    /// The error function.
    #[doc(hidden)]
    fn erf(x: Self) -> Self;
}

macro_rules! element {
    ($($float:ident $erf:ident)*) => { $(
        impl Element for $float {
            const ZERO: &'static $float = &0.0;
            #[inline]
            fn gemm(a: &ArrayView2<'_, $float>, b: &ArrayView2<'_, $float>, beta: $float, c: &mut ArrayViewMut2<'_, $float>) {
                general_mat_mul(1.0, a, b, beta, c);
            }
            #[inline]
            fn erf(x: $float) -> $float {
                libm::$erf(x)
            }
        }
    )* };
}

element!(f32 erff f64 erf);
