//! One axis of a window that walks over an input: the arithmetic of kernel, stride, padding and dilation.

use super::options::Padding;
use crate::prelude::*;
use core::fmt::Write;

/// One axis of space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub input: usize,
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    /// Elements in front of the input.
    pub low: usize,
    /// Elements behind the input.
    pub high: usize,
    pub output: usize,
}

impl Axis {
    /// An axis of length 1 over which nothing walks, for convolutions with fewer than three.
    pub fn flat() -> Axis {
        Axis {
            input: 1,
            kernel: 1,
            stride: 1,
            dilation: 1,
            low: 0,
            high: 0,
            output: 1,
        }
    }
}

/// What the options say about each of `n` axes; one number holds for all, and none is `default`.
pub(crate) fn spread<T: Clone + core::fmt::Debug>(
    what: &str,
    given: &[T],
    n: usize,
    default: &T,
) -> Result<Vec<T>, String> {
    match given {
        [] => Ok(alloc::vec![default.clone(); n]),
        [one] => Ok(alloc::vec![one.clone(); n]),
        several if several.len() == n => Ok(several.to_vec()),
        several => {
            let mut e = String::new();
            let _ = write!(
                e,
                "the {what} {several:?} is for {} axes of space, and there are {n}",
                several.len()
            );
            Err(e)
        }
    }
}

/// The axes of a window that walks over `inputs`.
pub(crate) fn walk(
    inputs: &[usize],
    kernels: &[usize],
    stride: &[usize],
    padding: &Padding,
    dilation: &[usize],
) -> Result<Vec<Axis>, String> {
    let n = inputs.len();
    let sides = match padding {
        Padding::Explicit(sides) => spread("padding", sides, n, &(0, 0))?,
        _ => alloc::vec![(0, 0); n],
    };
    (0..n)
        .map(|i| {
            let (input, kernel, stride, dilation) = (inputs[i], kernels[i], stride[i], dilation[i]);
            for (what, value) in [("kernel", kernel), ("stride", stride), ("dilation", dilation)] {
                if value == 0 {
                    return Err(alloc::format!("the {what} along axis {i} of space is 0"));
                }
            }
            let too_long = || alloc::format!("the lengths along axis {i} of space overflow");
            let span = (kernel - 1)
                .checked_mul(dilation)
                .and_then(|s| s.checked_add(1))
                .ok_or_else(too_long)?;
            let (low, high) = match padding {
                Padding::Same => {
                    let output = input.div_ceil(stride);
                    let all = (output.max(1) - 1)
                        .checked_mul(stride)
                        .and_then(|s| s.checked_add(span))
                        .ok_or_else(too_long)?
                        .saturating_sub(input);
                    (all / 2, all - all / 2)
                }
                _ => sides[i],
            };
            let padded = low
                .checked_add(input)
                .and_then(|s| s.checked_add(high))
                .ok_or_else(too_long)?;
            let output = match padding {
                Padding::Same => input.div_ceil(stride),
                _ if padded < span => {
                    return Err(alloc::format!(
                        "along axis {i} of space the kernel is longer than the input: ({kernel} - 1) · {dilation} + 1 = {span} \
                         against {low} + {input} + {high} = {padded}, where the former is (kernel - 1) · dilation + 1 and the latter the input between its padding"
                    ));
                }
                _ => (padded - span) / stride + 1,
            };
            Ok(Axis {
                input,
                kernel,
                stride,
                dilation,
                low,
                high,
                output,
            })
        })
        .collect()
}
