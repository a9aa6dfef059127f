//! Comparisons, which end derivatives, and choices by what they give.

use super::super::broadcast::zip;
use super::super::rule::Seed;
use super::super::{Element, Mask, Tensor};
use crate::rt::{Owned, Unused};
use crate::third_party::entry;
use crate::{Differentiable, NoTangent, Tangent};
use ndarray::IxDyn;

/// Comparisons with a number and with a tensor.
macro_rules! comparisons {
    ($(
        $with_number:ident $with_tensor:ident $text:literal |$a:ident, $b:ident| $value:expr;
        $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident,
        $tensor_entry:ident $tensor_differentiable:ident $tensor_masked:ident $tensor_jvp:ident $tensor_keep:ident
    )*) => {
        impl<T: Element> Tensor<T> { $(
            #[doc = concat!("Where an element is ", $text, " a number. No derivative flows through it.")]
            pub fn $with_number(&self, $b: T) -> Mask {
                let data = self.data().iter().map(|&$a| $value).collect();
                Mask::new(IxDyn(self.shape()), data)
            }
            #[doc = concat!("Where an element is ", $text, " the other tensor's, with broadcasting. No derivative flows through it.")]
            #[track_caller]
            pub fn $with_tensor(&self, other: &Tensor<T>) -> Mask {
                let (shape, data) = zip(stringify!($with_tensor), self, other, |$a, $b| $value);
                Mask::new(shape, data)
            }
        )* }
        $(
            entry! {
                #[doc = concat!("`a.", stringify!($with_number), "(k)`.")]
                $entry [T: [Element]] for Tensor<T>;
                $differentiable $masked $jvp $keep;
                again Owned, kept Owned = |_this| Owned, slot Unused, dot Unused;
                (k: T, again Owned, slot Unused, dot Unused;) -> Mask, seed NoTangent;
                bits 0;
                call |a| { (a.$with_number(k), |_: NoTangent, _: (Owned, Owned), _: (Unused, Unused), _: &mut crate::Tape| {}) }
                jvp |a, _| { (a.$with_number(k), NoTangent) }
            }
            entry! {
                #[doc = concat!("`a.", stringify!($with_tensor), "(&b)`.")]
                $tensor_entry [T: [Element]] for Tensor<T>;
                $tensor_differentiable $tensor_masked $tensor_jvp $tensor_keep;
                again Owned, kept Owned = |_this| Owned, slot Unused, dot Unused;
                (b: &Tensor<T>, again &Tensor<T>, slot Unused, dot Unused;) -> Mask, seed NoTangent;
                bits 0;
                call |a| { (a.$with_tensor(b), |_: NoTangent, _: (Owned, &Tensor<T>), _: (Unused, Unused), _: &mut crate::Tape| {}) }
                jvp |a, _| { (a.$with_tensor(b), NoTangent) }
            }
        )*
        /// The entries of comparisons.
        pub mod comparisons {
            $(pub use super::{$entry as _, $tensor_entry as _};)*
        }
    };
}

comparisons! {
    gt greater "greater than" |a, b| a > b;
    TensorGtEntry __differentiable_gt __masked_gt __jvp_gt __keep_gt,
    TensorGreaterEntry __differentiable_greater __masked_greater __jvp_greater __keep_greater
    ge greater_equal "greater than or equal to" |a, b| a >= b;
    TensorGeEntry __differentiable_ge __masked_ge __jvp_ge __keep_ge,
    TensorGreaterEqualEntry __differentiable_greater_equal __masked_greater_equal __jvp_greater_equal
        __keep_greater_equal
    lt less "less than" |a, b| a < b;
    TensorLtEntry __differentiable_lt __masked_lt __jvp_lt __keep_lt,
    TensorLessEntry __differentiable_less __masked_less __jvp_less __keep_less
    le less_equal "less than or equal to" |a, b| a <= b;
    TensorLeEntry __differentiable_le __masked_le __jvp_le __keep_le,
    TensorLessEqualEntry __differentiable_less_equal __masked_less_equal __jvp_less_equal __keep_less_equal
}

/// Masks from masks, which generated code asks the entries of as well.
macro_rules! of_masks {
    ($($name:ident($($other:ident)?) $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident;)*) => { $(
        entry! {
            #[doc = concat!("`mask.", stringify!($name), "(…)`.")]
            $entry [] for Mask;
            $differentiable $masked $jvp $keep;
            again Owned, kept Owned = |_this| Owned, slot Unused, dot Unused;
            ($($other: &Mask, again &Mask, slot Unused, dot Unused;)?) -> Mask, seed NoTangent;
            bits 0;
            call |mask| { (mask.$name($($other)?), |_: NoTangent, _: (Owned, $(of_masks!(@again $other))?), _: (Unused, $(of_masks!(@unused $other))?), _: &mut crate::Tape| {}) }
            jvp |mask, _| { (mask.$name($($other)?), NoTangent) }
        }
    )* };
    (@again $other:ident) => { &Mask };
    (@unused $other:ident) => { Unused };
}

of_masks! {
    both(other) MaskBothEntry __differentiable_both __masked_both __jvp_both __keep_both;
    either(other) MaskEitherEntry __differentiable_either __masked_either __jvp_either __keep_either;
    inverted() MaskInvertedEntry __differentiable_inverted __masked_inverted __jvp_inverted __keep_inverted;
}

entry! {
    /// `mask.to_tensor()`.
    MaskToTensorEntry [T: [Element]] for Mask;
    __differentiable_to_tensor __masked_to_tensor __jvp_to_tensor __keep_to_tensor;
    again Owned, kept Owned = |_this| Owned, slot Unused, dot Unused;
    () -> Tensor<T>, seed Tensor<T>;
    bits 0;
    call |mask| { (mask.to_tensor(), |_: Tensor<T>, _: (Owned,), _: (Unused,), _: &mut crate::Tape| {}) }
    jvp |mask, _| { (mask.to_tensor(), Tensor::zero_of(mask.shape())) }
}

/// What of a cotangent goes to what was chosen, and to what was not.
fn chosen<T: Element>(mask: &Mask, t: &Tensor<T>, when: bool, to: &[usize]) -> Tensor<T> {
    let (shape, data) = zip(
        "where_",
        t,
        mask,
        |t, m| if m == when { t } else { T::zero() },
    );
    Tensor::new(ndarray::Dimension::slice(&shape), data).reduced_to(to)
}

entry! {
    /// `mask.where_(&a, &b)`.
    MaskWhereEntry [T: [Element]] for Mask;
    __differentiable_where_ __masked_where_ __jvp_where_ __keep_where_;
    again Owned, kept Owned = |_this| Owned, slot Unused, dot Unused;
    (
        a: &Tensor<T>, again &Tensor<T>, slot Option<&mut Tensor<T>>, dot Option<&Tensor<T>>;
        b: &Tensor<T>, again &Tensor<T>, slot Option<&mut Tensor<T>>, dot Option<&Tensor<T>>;
    ) -> Tensor<T>, seed Tensor<T>;
    bits 0b110;
    call |mask| {
        let y = mask.where_(a, b);
        let (mask, like) = (mask.clone(), y.like());
        let (a_shape, b_shape) = (IxDyn(a.shape()), IxDyn(b.shape()));
        (y, move |
            t: Tensor<T>,
            _: (Owned, &Tensor<T>, &Tensor<T>),
            (_, a, b): (Unused, Option<&mut Tensor<T>>, Option<&mut Tensor<T>>),
            _: &mut crate::Tape,
        | {
            if t.is_nothing(&like) {
                return;
            }
            if let Some(a) = a {
                a.absorb(chosen(&mask, &t, true, ndarray::Dimension::slice(&a_shape)));
            }
            if let Some(b) = b {
                b.absorb(chosen(&mask, &t, false, ndarray::Dimension::slice(&b_shape)));
            }
        })
    }
    jvp |mask, (_, da, db)| {
        let y = mask.where_(a, b);
        let or_zero = |d: Option<&Tensor<T>>, x: &Tensor<T>| match d {
            Some(d) if !d.is_zero() => d.clone(),
            _ => x.zero_tangent(),
        };
        let (da, db) = (or_zero(da, a), or_zero(db, b));
        let tangent = mask.where_(&da, &db);
        (y, tangent)
    }
}

impl<T: Element> Tensor<T> {
    /// `value` where the mask is true, and the element where it is not. The mask broadcasts to the tensor's shape.
    ///
    /// ```
    /// use pullback_runtime::{Tensor, tensor::Mask};
    ///
    /// let scores: Tensor = Tensor::zeros([2, 2]);
    /// let causal = scores.masked_fill(&!Mask::lower_triangle(2), f32::NEG_INFINITY);
    /// assert_eq!(causal.softmax(-1).to_vec(), [1.0, 0.0, 0.5, 0.5]);
    /// ```
    #[track_caller]
    pub fn masked_fill(&self, mask: &Mask, value: T) -> Tensor<T> {
        self.filled(mask, value)
    }

    #[track_caller]
    fn filled(&self, mask: &Mask, value: T) -> Tensor<T> {
        let (shape, data) = zip("masked_fill", self, mask, |x, m| if m { value } else { x });
        let shape = ndarray::Dimension::slice(&shape);
        if shape != self.shape() {
            panic!(
                "`masked_fill`: a mask of shape {:?} does not fit a tensor of shape {:?}",
                mask.shape(),
                self.shape()
            );
        }
        Tensor::new(shape, data)
    }
}

entry! {
    /// `a.masked_fill(&mask, k)`.
    TensorMaskedFillEntry [T: [Element]] for Tensor<T>;
    __differentiable_masked_fill __masked_masked_fill __jvp_masked_fill __keep_masked_fill;
    again Owned, kept Owned = |_this| Owned, slot Option<&mut Tensor<T>>, dot Option<&Tensor<T>>;
    (
        mask: &Mask, again &Mask, slot Unused, dot Unused;
        value: T, again Owned, slot crate::rt::Constant, dot crate::rt::Constant;
    ) -> Tensor<T>, seed Tensor<T>;
    bits 0b1;
    call |x| {
        let y = x.masked_fill(mask, value);
        let (mask, like) = (mask.clone(), y.like());
        (y, move |
            t: Tensor<T>,
            _: (Owned, &Mask, Owned),
            (x, ..): (Option<&mut Tensor<T>>, Unused, crate::rt::Constant),
            _: &mut crate::Tape,
        | {
            if let (false, Some(x)) = (t.is_nothing(&like), x) {
                x.absorb(t.filled(&mask, T::zero()));
            }
        })
    }
    jvp |x, (d, ..)| {
        let y = x.masked_fill(mask, value);
        let tangent = d.filter(|d| !d.is_zero()).map_or_else(|| y.zero_tangent(), |d| d.filled(mask, T::zero()));
        (y, tangent)
    }
}

/// The entries, which generated code brings into scope under no name.
pub mod entries {
    pub use super::comparisons::*;
    pub use super::{
        MaskBothEntry as _, MaskEitherEntry as _, MaskInvertedEntry as _, MaskToTensorEntry as _,
        MaskWhereEntry as _, TensorMaskedFillEntry as _,
    };
}
