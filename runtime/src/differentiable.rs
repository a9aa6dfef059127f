//! Which types carry derivatives, and what their tangents and shadows are.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::tangent::for_each_tuple;
use crate::{NoTangent, OptionTangent, ResultTangent, Tangent};
use core::marker::PhantomData;

/// A type whose values may be inputs, results and intermediates of a differentiable function.
///
/// `#[derive(Differentiable)]` implements it for structs and enums. Integers, `bool`, `char` and
/// strings implement it with [`NoTangent`]: they may pass through, but carry no derivative.
///
/// ```
/// use pullback_runtime::Differentiable;
///
/// let x: &[f64] = &[1.0, 2.0];
/// assert_eq!(x.zero_tangent(), vec![0.0, 0.0]);
/// assert_eq!((1.0_f32, [2.0_f64; 2]).zero_tangent(), (0.0_f32, [0.0_f64; 2]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` carries no derivative",
    label = "this type is not `Differentiable`",
    note = "write `#[derive(Differentiable)]` on the type, or mark the parameter `#[constant]`, or name the inputs to differentiate with `wrt(...)`"
)]
pub trait Differentiable {
    /// The space of its directions and gradients, always owned.
    type Tangent: Tangent;

    /// What a callee borrows of a tangent: the tangent itself, but `[T]` for a slice.
    type Shadow: ?Sized;

    /// The fields of a struct that carry derivatives, for what is said of an operator that treats each alike.
    #[doc(hidden)]
    const PARTS: &'static [&'static str] = &[];

    /// The zero tangent at this value, of its shape.
    fn zero_tangent(&self) -> Self::Tangent;

    /// Borrows a tangent as a shadow.
    fn shadow(tangent: &mut Self::Tangent) -> &mut Self::Shadow;

    /// Gives a zero tangent the shape of this value, which may have changed since the zero was made.
    ///
    /// Where nothing can change, this is nothing; a vector's zero is only made longer or shorter.
    #[inline]
    fn fit(&self, zero: &mut Self::Tangent) {
        *zero = self.zero_tangent();
    }

    /// Calls `visit` for each real component of the value, in the order of its tangent's components.
    ///
    /// For checks by differences. A type that leaves this and [`coordinates_mut`](Self::coordinates_mut) out has
    /// no components to check.
    fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
        let _ = visit;
    }

    /// Calls `visit` for each real component, and keeps what it leaves there.
    fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        let _ = visit;
    }
}

/// The tangent of `T`, for short.
pub type TangentOf<T> = <T as Differentiable>::Tangent;

/// The shadow of a type that is borrowed whole.
macro_rules! whole_shadow {
    () => {
        type Shadow = Self::Tangent;
        #[inline(always)]
        fn shadow(tangent: &mut Self::Tangent) -> &mut Self::Shadow {
            tangent
        }
    };
}

/// All values of the type have tangents of one shape.
macro_rules! no_shape {
    () => {
        #[inline(always)]
        fn fit(&self, _zero: &mut Self::Tangent) {}
    };
}

/// A vector's zero, one part for each element.
macro_rules! fit_elements {
    () => {
        #[inline]
        fn fit(&self, zero: &mut Self::Tangent) {
            zero.truncate(self.len());
            for (x, zero) in self.iter().zip(&mut *zero) {
                x.fit(zero);
            }
            let there = zero.len();
            zero.extend(self[there..].iter().map(T::zero_tangent));
        }
    };
}

/// The components of what a container holds, one part after the other.
macro_rules! parts {
    () => {
        fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
            self.iter().for_each(|x| x.coordinates(visit));
        }
        fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
            self.iter_mut().for_each(|x| x.coordinates_mut(visit));
        }
    };
}

/// Scalars are their own tangents.
macro_rules! scalar {
    ($($float:ident)*) => { $(
        #[diagnostic::do_not_recommend]
        impl Differentiable for $float {
            type Tangent = $float;
            whole_shadow!();
            no_shape!();
            fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
                visit(f64::from(*self));
            }
            fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                let mut component = f64::from(*self);
                visit(&mut component);
                *self = component as $float;
            }
            #[inline(always)]
            fn zero_tangent(&self) -> $float {
                0.0
            }
        }
    )* };
}

scalar!(f32 f64);

/// Types that carry no derivative.
macro_rules! constant {
    ($($(@[$($generics:tt)*])? $ty:ty,)*) => { $(
        #[diagnostic::do_not_recommend]
        impl $(<$($generics)*>)? Differentiable for $ty {
            type Tangent = NoTangent;
            whole_shadow!();
            no_shape!();
            #[inline(always)]
            fn zero_tangent(&self) -> NoTangent {
                NoTangent
            }
        }
    )* };
}

constant! {
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize,
    bool, char, (), str, String,
    core::cmp::Ordering,
    core::ops::RangeFull,
    @[T] core::ops::Range<T>,
    @[T] core::ops::RangeInclusive<T>,
    @[T] core::ops::RangeFrom<T>,
    @[T] core::ops::RangeTo<T>,
    @[T] core::ops::RangeToInclusive<T>,
    @[T: ?Sized] PhantomData<T>,
}

#[cfg(feature = "tensor")]
constant! {
    crate::tensor::Mask,
    @[T: crate::tensor::Element] crate::tensor::Statistics<T>,
    crate::tensor::Conv, crate::tensor::Pool, crate::tensor::Resize, crate::tensor::Padding,
    crate::tensor::Layout, crate::tensor::Pad,
}

/// References are transparent: their tangent is that of what they refer to, owned.
macro_rules! pointer {
    ($($ty:ty $(, $mutable:ident)?;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: Differentiable + ?Sized> Differentiable for $ty {
            type Tangent = T::Tangent;
            type Shadow = T::Shadow;
            #[inline(always)]
            fn zero_tangent(&self) -> T::Tangent {
                (**self).zero_tangent()
            }
            #[inline(always)]
            fn shadow(tangent: &mut T::Tangent) -> &mut T::Shadow {
                T::shadow(tangent)
            }
            #[inline(always)]
            fn fit(&self, zero: &mut T::Tangent) {
                (**self).fit(zero);
            }
            fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
                (**self).coordinates(visit);
            }
            $(
                fn coordinates_mut(&$mutable self, visit: &mut dyn FnMut(&mut f64)) {
                    (**self).coordinates_mut(visit);
                }
            )?
        }
    )* };
}

pointer! {
    &T;
    &mut T, mut;
}

/// The tangent of a box is a box, so that a recursive type has a tangent.
#[diagnostic::do_not_recommend]
impl<T: Differentiable + ?Sized> Differentiable for Box<T> {
    type Tangent = Box<T::Tangent>;
    whole_shadow!();
    #[inline]
    fn zero_tangent(&self) -> Box<T::Tangent> {
        Box::new((**self).zero_tangent())
    }
    fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
        (**self).coordinates(visit);
    }
    fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        (**self).coordinates_mut(visit);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Differentiable> Differentiable for [T] {
    type Tangent = Vec<T::Tangent>;
    type Shadow = [T::Tangent];
    #[inline]
    fn zero_tangent(&self) -> Vec<T::Tangent> {
        self.iter().map(T::zero_tangent).collect()
    }
    fit_elements!();
    #[inline(always)]
    fn shadow(tangent: &mut Vec<T::Tangent>) -> &mut [T::Tangent] {
        tangent
    }
    parts!();
}

#[diagnostic::do_not_recommend]
impl<T: Differentiable, const N: usize> Differentiable for [T; N] {
    type Tangent = [T::Tangent; N];
    whole_shadow!();
    #[inline]
    fn zero_tangent(&self) -> [T::Tangent; N] {
        core::array::from_fn(|i| self[i].zero_tangent())
    }
    #[inline]
    fn fit(&self, zero: &mut [T::Tangent; N]) {
        for (x, zero) in self.iter().zip(zero) {
            x.fit(zero);
        }
    }
    parts!();
}

#[diagnostic::do_not_recommend]
impl<T: Differentiable> Differentiable for Vec<T> {
    type Tangent = Vec<T::Tangent>;
    whole_shadow!();
    fit_elements!();
    #[inline]
    fn zero_tangent(&self) -> Vec<T::Tangent> {
        self.as_slice().zero_tangent()
    }
    parts!();
}

#[diagnostic::do_not_recommend]
impl<T: Differentiable> Differentiable for Option<T> {
    type Tangent = OptionTangent<T::Tangent>;
    whole_shadow!();
    #[inline]
    fn zero_tangent(&self) -> OptionTangent<T::Tangent> {
        match self {
            Some(inner) => OptionTangent::Some(inner.zero_tangent()),
            None => OptionTangent::None,
        }
    }
    parts!();
}

#[diagnostic::do_not_recommend]
impl<T: Differentiable, E> Differentiable for Result<T, E> {
    type Tangent = ResultTangent<T::Tangent>;
    whole_shadow!();
    #[inline]
    fn zero_tangent(&self) -> ResultTangent<T::Tangent> {
        match self {
            Ok(inner) => ResultTangent::Ok(inner.zero_tangent()),
            Err(_) => ResultTangent::Err,
        }
    }
    parts!();
}

/// Tuples, component by component.
macro_rules! tuple {
    ($(($($name:ident $index:tt),+))*) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: Differentiable),+> Differentiable for ($($name,)+) {
            type Tangent = ($($name::Tangent,)+);
            whole_shadow!();
            #[inline]
            fn zero_tangent(&self) -> Self::Tangent {
                ($(self.$index.zero_tangent(),)+)
            }
            #[inline]
            fn fit(&self, zero: &mut Self::Tangent) {
                $(self.$index.fit(&mut zero.$index);)+
            }
            fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
                $(self.$index.coordinates(visit);)+
            }
            fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                $(self.$index.coordinates_mut(visit);)+
            }
        }
    )* };
}

for_each_tuple!(tuple);
