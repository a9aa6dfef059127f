//! Functions of two tensors, element by element with broadcasting.

use super::super::rule::{each, plus, rules};
use super::super::{Element, Tensor};
use super::arithmetic::{pulled, pushed};
use crate::{Real, helper};

/// Each by its value and its partial derivatives.
macro_rules! between {
    ($(
        $(#[$doc:meta])*
        $name:ident |$a:ident, $b:ident| $value:expr, $left:expr, $right:expr;
        $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident
    )*) => {
        impl<T: Element> Tensor<T> { $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, other: &Tensor<T>) -> Tensor<T> {
                self.zip_map(stringify!($name), other, |$a, $b| $value)
            }
        )* }
        rules! { $(
            $entry $differentiable $masked $jvp $keep [] (a, b) -> Tensor<T>,
                value a.$name(b),
                pull |_| {
                    let (a, b) = (a.clone(), b.clone());
                    each(move |t: &Tensor<T>, i| match i {
                        0 => pulled(t, &a, &b, a.shape(), |$a, $b| { let _ = ($a, $b); $left }),
                        _ => pulled(t, &a, &b, b.shape(), |$a, $b| { let _ = ($a, $b); $right }),
                    })
                },
                push |_, [da, db]| plus(
                    da.map(|d| pushed(d, a, b, |$a, $b| { let _ = ($a, $b); $left })),
                    db.map(|d| pushed(d, a, b, |$a, $b| { let _ = ($a, $b); $right })),
                );
        )* }
    };
}

between! {
    /// The larger of each two elements; NaN if either is. Equal elements share the derivative.
    maximum |a, b| if a > b || a.is_nan() { a } else { b }, weight(a > b || a.is_nan(), a, b), weight(b > a || b.is_nan(), a, b);
    TensorMaximumEntry __differentiable_maximum __masked_maximum __jvp_maximum __keep_maximum
    /// The smaller of each two elements; NaN if either is. Equal elements share the derivative.
    minimum |a, b| if a < b || a.is_nan() { a } else { b }, weight(a < b || a.is_nan(), a, b), weight(b < a || b.is_nan(), a, b);
    TensorMinimumEntry __differentiable_minimum __masked_minimum __jvp_minimum __keep_minimum
    /// Each element to the power of the other tensor's.
    pow |a, b| Real::powf(a, b), power_by_base(a, b), power_by_exponent(a, b);
    TensorPowEntry __differentiable_pow __masked_pow __jvp_pow __keep_pow
}

/// 1 for what was chosen, a half for each of two equal elements.
#[inline(always)]
fn weight<T: Element>(chosen: bool, a: T, b: T) -> T {
    if chosen {
        T::one()
    } else if a == b {
        T::from_f64(0.5)
    } else {
        T::zero()
    }
}

#[inline(always)]
fn power_by_base<T: Element>(a: T, b: T) -> T {
    helper::powf_dx(a, b, Real::powf(a, b))
}

#[inline(always)]
fn power_by_exponent<T: Element>(a: T, b: T) -> T {
    helper::powf_dy(a, b, Real::powf(a, b))
}
