//! Which instructions the kernels may use, which is asked of the processor while the program runs, so that a build for
//! every x86-64 is as fast as one for this processor.

use super::destination::Destination;
use super::plan::{Panels, Plan};
use super::tile::Part;
use super::weights::Gathered;
use super::{channelwise, plane, tile};
use crate::Real;
use crate::exponential;
use crate::pool::Pooled;
use core::ops::Range;

/// Sets of instructions that the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isa {
    /// Those that every processor of the architecture has.
    Baseline,
    /// AVX2 with fused multiplication and addition.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The best that this processor has.
    pub fn here() -> Isa {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                return Isa::Avx512;
            }
            if std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
            {
                return Isa::Avx2;
            }
        }
        Isa::Baseline
    }
}

/// Whether the baseline multiplies and adds in one instruction. Where it does not, `mul_add` would be a call.
const FUSED: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// The numbers that convolutions are made of: `f32` and `f64`, nothing else.
pub trait Float: Real + Pooled {
    /// `self · b + c`, rounded once.
    #[doc(hidden)]
    fn fused(self, b: Self, c: Self) -> Self;
    /// How many outputs a panel of weights holds.
    #[doc(hidden)]
    fn panel(outputs: usize) -> usize;
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn products(
        plan: &Plan,
        part: &Part,
        source: &[Self],
        panels: &Panels<Self>,
        to: &mut Destination<'_, Self>,
    );
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn gathered(
        plan: &Plan,
        positions: Range<usize>,
        source: &[Self],
        seeds: &Gathered<'_, Self>,
        to: &mut Panels<Self>,
    );
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn channelwise(
        plan: &Plan,
        offsets: &[usize],
        source: &[Self],
        weights: &[Self],
        out: &mut [Self],
    );
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn channel_sums(
        plan: &Plan,
        positions: Range<usize>,
        offsets: &[usize],
        source: &[Self],
        seeds: &[Self],
        out: &mut [Self],
    );
    /// Each number to its exponential.
    #[doc(hidden)]
    fn exponentials(x: &mut [Self]);
    #[doc(hidden)]
    fn weighted(source: &[Self], taps: &[(usize, Self)], out: &mut [Self]);
    #[doc(hidden)]
    fn correlate(source: &[Self], offsets: &[usize], seeds: &[Self], out: &mut [Self]);
}

/// The kernels of a type of number: for each set of instructions, how many positions and outputs a tile has, once for
/// many outputs and once for a few.
macro_rules! kernels {
    ($($float:ident $exponentials:ident: baseline [$m:literal $n:literal] [$ms:literal $ns:literal],
        avx2 [$m2:literal $n2:literal] [$m2s:literal $n2s:literal],
        avx512 [$m5:literal $n5:literal] [$m5s:literal $n5s:literal];)*) => { $(
        impl Float for $float {
            #[inline(always)]
            fn fused(self, b: $float, c: $float) -> $float {
                self.mul_add(b, c)
            }
            fn panel(outputs: usize) -> usize {
                let (many, few) = match Isa::here() {
                    Isa::Baseline => ($n, $ns),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => ($n2, $n2s),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => ($n5, $n5s),
                };
                if outputs <= few { few } else { many }
            }
            kernels!(products (plan: &Plan, part: &Part, source: &[$float], panels: &Panels<$float>, to: &mut Destination<'_, $float>),
                baseline match panels.width {
                    $n => tile::products::<$float, $m, $n, FUSED>(plan, part, source, panels, to),
                    _ => tile::products::<$float, $ms, $ns, FUSED>(plan, part, source, panels, to),
                },
                avx2 match panels.width {
                    $n2 => tile::products::<$float, $m2, $n2, true>(plan, part, source, panels, to),
                    _ => tile::products::<$float, $m2s, $n2s, true>(plan, part, source, panels, to),
                },
                avx512 match panels.width {
                    $n5 => tile::products::<$float, $m5, $n5, true>(plan, part, source, panels, to),
                    _ => tile::products::<$float, $m5s, $n5s, true>(plan, part, source, panels, to),
                });
            kernels!(gathered (plan: &Plan, positions: Range<usize>, source: &[$float], seeds: &Gathered<'_, $float>, to: &mut Panels<$float>),
                baseline match to.width {
                    $n => tile::gathered::<$float, $m, $n, FUSED>(plan, positions, source, seeds, to),
                    _ => tile::gathered::<$float, $ms, $ns, FUSED>(plan, positions, source, seeds, to),
                },
                avx2 match to.width {
                    $n2 => tile::gathered::<$float, $m2, $n2, true>(plan, positions, source, seeds, to),
                    _ => tile::gathered::<$float, $m2s, $n2s, true>(plan, positions, source, seeds, to),
                },
                avx512 match to.width {
                    $n5 => tile::gathered::<$float, $m5, $n5, true>(plan, positions, source, seeds, to),
                    _ => tile::gathered::<$float, $m5s, $n5s, true>(plan, positions, source, seeds, to),
                });
            kernels!(channelwise (plan: &Plan, offsets: &[usize], source: &[$float], weights: &[$float], out: &mut [$float]),
                baseline channelwise::products::<$float, $n, FUSED>(plan, offsets, source, weights, out),
                avx2 channelwise::products::<$float, $n2, true>(plan, offsets, source, weights, out),
                avx512 channelwise::products::<$float, $n5, true>(plan, offsets, source, weights, out));
            kernels!(channel_sums (plan: &Plan, positions: Range<usize>, offsets: &[usize], source: &[$float], seeds: &[$float],
                    out: &mut [$float]),
                baseline channelwise::sums::<$float, $n, FUSED>(plan, positions, offsets, source, seeds, out),
                avx2 channelwise::sums::<$float, $n2, true>(plan, positions, offsets, source, seeds, out),
                avx512 channelwise::sums::<$float, $n5, true>(plan, positions, offsets, source, seeds, out));
            kernels!(exponentials (x: &mut [$float]),
                baseline exponential::$exponentials::<FUSED>(x),
                avx2 exponential::$exponentials::<true>(x),
                avx512 exponential::$exponentials::<true>(x));
            kernels!(weighted (source: &[$float], taps: &[(usize, $float)], out: &mut [$float]),
                baseline plane::weighted::<$float, { 2 * $n }, FUSED>(source, taps, out),
                avx2 plane::weighted::<$float, { 2 * $n2 }, true>(source, taps, out),
                avx512 plane::weighted::<$float, { 2 * $n5 }, true>(source, taps, out));
            kernels!(correlate (source: &[$float], offsets: &[usize], seeds: &[$float], out: &mut [$float]),
                baseline plane::correlate::<$float, $n, FUSED>(source, offsets, seeds, out),
                avx2 plane::correlate::<$float, $n2, true>(source, offsets, seeds, out),
                avx512 plane::correlate::<$float, $n5, true>(source, offsets, seeds, out));
        }
    )* };
    ($kernel:ident ($($arg:ident: $ty:ty),*),
        baseline $base:expr, avx2 $two:expr, avx512 $five:expr) => {
        #[allow(private_interfaces)]
        fn $kernel($($arg: $ty),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $ty),*) {
                $two
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx2,fma")]
            fn avx512($($arg: $ty),*) {
                $five
            }
            match Isa::here() {
                Isa::Baseline => $base,
                // SAFETY: the functions are safe but for the instructions that they are compiled to, which `Isa::here`
                // has just found in this processor. Rust has no safe call of a function with more instructions than
                // its caller, and without one the kernels are four times slower.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                Isa::Avx2 => unsafe { avx2($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                Isa::Avx512 => unsafe { avx512($($arg),*) },
            }
        }
    };
}

kernels! {
    f32 singles: baseline [4 8] [8 4], avx2 [6 16] [12 8], avx512 [12 32] [12 8];
    f64 doubles: baseline [4 4] [8 2], avx2 [6 8] [12 4], avx512 [12 16] [12 4];
}
