//! How the rules of tensor methods are written: as what a pullback gives for each tensor, and what a tangent is.

use super::{Element, Tensor};
#[allow(unused_imports)]
use crate::prelude::*;

/// What a method gives, and the seed of its pullback.
pub trait Seed {
    /// What is remembered of the result's shape.
    type Like: Send + 'static;
    /// Of a result.
    fn like(&self) -> Self::Like;
    /// Whether nothing flows, and a check that the seed has the shape of the result.
    fn is_nothing(&self, like: &Self::Like) -> bool;
}

impl<T: Element> Seed for Tensor<T> {
    type Like = ndarray::IxDyn;
    fn like(&self) -> ndarray::IxDyn {
        ndarray::IxDyn(self.shape())
    }
    fn is_nothing(&self, like: &ndarray::IxDyn) -> bool {
        let like = ndarray::Dimension::slice(like);
        if self.is_zero() {
            return true;
        }
        if self.shape() != like {
            super::tangent::wrong_shape(self.shape(), like);
        }
        false
    }
}

macro_rules! seed_number {
    ($($float:ident)*) => { $(
        impl Seed for $float {
            type Like = ();
            fn like(&self) {}
            fn is_nothing(&self, _: &()) -> bool {
                false
            }
        }
    )* };
}

seed_number!(f32 f64);

impl<T: Element> Seed for Vec<Tensor<T>> {
    type Like = Vec<ndarray::IxDyn>;
    fn like(&self) -> Self::Like {
        self.iter().map(Seed::like).collect()
    }
    fn is_nothing(&self, like: &Self::Like) -> bool {
        // Every part is looked at, for its shape.
        self.iter()
            .zip(like)
            .filter(|(t, like)| !t.is_nothing(like))
            .count()
            == 0
    }
}

impl<A: Seed, B: Seed, C: Seed> Seed for (A, B, C) {
    type Like = (A::Like, B::Like, C::Like);
    fn like(&self) -> Self::Like {
        (self.0.like(), self.1.like(), self.2.like())
    }
    fn is_nothing(&self, like: &Self::Like) -> bool {
        // Every part is looked at, for its shape.
        self.0.is_nothing(&like.0) & self.1.is_nothing(&like.1) & self.2.is_nothing(&like.2)
    }
}

/// Rules of methods whose receiver and first arguments are tensors.
///
/// `value` is the result, made `with` something that the derivatives use as well. `pull` is made with it and holds what the pullback needs; it is called with the cotangent of
/// the result and which tensors ask for theirs, and gives these. `push` gives the tangent of the result from those of
/// the tensors, `None` for zero.
///
/// Behind the first `;` stand arguments by value, and behind `; &` arguments by reference, that carry no derivative: a
/// call with one that does is refused.
macro_rules! rules {
    ($(
        $entry:ident $differentiable:ident $masked:ident $jvp:ident $keep:ident
        [$($g:ident: $bound:path),*] ($x:ident $(, $b:ident)* $(; $($arg:ident: $ty:ty),+)? $(; & $($by_ref:ident: $of:ty),+)?) -> $out:ty,
        $(with $with:ident = $made:expr,)?
        value $value:expr,
        pull |$y:pat_param| $pull:expr,
        push |$y_push:pat_param, $dots:pat_param| $push:expr;
    )*) => {
        $(
            crate::third_party::entry! {
                #[doc = concat!("`", stringify!($differentiable), "`.")]
                $entry [T: [crate::tensor::Element]] of [$($g: [$bound])*] where [] for crate::Tensor<T>;
                $differentiable $masked $jvp $keep;
                again crate::rt::Owned, kept crate::rt::Owned = |_this| crate::rt::Owned,
                    slot Option<&mut crate::Tensor<T>>, dot Option<&crate::Tensor<T>>;
                (
                    $($b: &crate::Tensor<T>, again &crate::Tensor<T>,
                        slot Option<&mut crate::Tensor<T>>, dot Option<&crate::Tensor<T>>;)*
                    $($($arg: $ty, again crate::rt::Owned, slot crate::rt::Constant, dot crate::rt::Constant;)+)?
                    $($($by_ref: &$of, again &$of, slot crate::rt::Constant, dot crate::rt::Constant;)+)?
                ) -> $out, seed $out;
                bits crate::tensor::rule::rules!(@bits $x $($b)*);
                call |$x| {
                    $(let $with = $made;)?
                    let y = $value;
                    let like = crate::tensor::rule::Seed::like(&y);
                    let pull = { let $y = &y; $pull };
                    (y, move |
                        t: $out,
                        _: (
                            crate::rt::Owned,
                            $(crate::tensor::rule::rules!(@again $b),)*
                            $($(crate::tensor::rule::rules!(@owned $arg),)+)?
                            $($(&$of,)+)?
                        ),
                        ($x, $($b,)* ..): (
                            Option<&mut crate::Tensor<T>>,
                            $(crate::tensor::rule::rules!(@slot $b),)*
                            $($(crate::tensor::rule::rules!(@constant $arg),)+)?
                            $($(crate::tensor::rule::rules!(@constant $by_ref),)+)?
                        ),
                        _: &mut crate::Tape,
                    | {
                        if crate::tensor::rule::Seed::is_nothing(&t, &like) {
                            return;
                        }
                        let wanted = [$x.is_some() $(, $b.is_some())*];
                        let bars: [Option<crate::Tensor<T>>; _] = pull(t, wanted);
                        for (slot, bar) in [$x $(, $b)*].into_iter().zip(bars) {
                            if let (Some(slot), Some(bar)) = (slot, bar) {
                                crate::Tangent::absorb(slot, bar);
                            }
                        }
                    })
                }
                jvp |$x, dots| {
                    $(let $with = $made;)?
                    let y = $value;
                    let tangent = {
                        let $y_push = &y;
                        let $dots = crate::tensor::rule::rules!(@dots dots $x $($b)*)
                            .map(|dot| dot.filter(|dot| !dot.is_zero()));
                        $push
                    };
                    let tangent = tangent.unwrap_or_else(|| crate::Differentiable::zero_tangent(&y));
                    (y, tangent)
                }
            }
        )*
        /// The entries, which generated code brings into scope under no name.
        pub mod entries {
            $(pub use super::$entry as _;)*
        }
    };
    (@bits $a:ident) => { 0b1 };
    (@bits $a:ident $b:ident) => { 0b11 };
    (@bits $a:ident $b:ident $c:ident) => { 0b111 };
    (@dots $dots:ident $a:ident) => { [$dots.0] };
    (@dots $dots:ident $a:ident $b:ident) => { [$dots.0, $dots.1] };
    (@dots $dots:ident $a:ident $b:ident $c:ident) => { [$dots.0, $dots.1, $dots.2] };
    (@again $b:ident) => { &crate::Tensor<T> };
    (@owned $b:ident) => { crate::rt::Owned };
    (@slot $b:ident) => { Option<&mut crate::Tensor<T>> };
    (@constant $b:ident) => { crate::rt::Constant };
}

pub(crate) use rules;

/// The sum of two tangents, of which each may be zero.
pub(crate) fn plus<T: Element>(a: Option<Tensor<T>>, b: Option<Tensor<T>>) -> Option<Tensor<T>> {
    match (a, b) {
        (Some(mut a), Some(b)) => {
            crate::Tangent::absorb(&mut a, b);
            Some(a)
        }
        (one, None) | (None, one) => one,
    }
}

/// The pullback of a method of one tensor.
pub(crate) fn one<S, T: Element>(
    pull: impl FnOnce(S) -> Tensor<T> + Send + 'static,
) -> impl FnOnce(S, [bool; 1]) -> [Option<Tensor<T>>; 1] + Send + 'static {
    move |t, _| [Some(pull(t))]
}

/// The pullback of a method of several tensors, of which each that asks gets its cotangent.
pub(crate) fn each<S, T: Element, const N: usize>(
    pull: impl Fn(&S, usize) -> Tensor<T> + Send + 'static,
) -> impl FnOnce(S, [bool; N]) -> [Option<Tensor<T>>; N] + Send + 'static {
    move |t, wanted| core::array::from_fn(|i| wanted[i].then(|| pull(&t, i)))
}
