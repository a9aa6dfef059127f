//! Tangents: the vector spaces that gradients and directions live in.
//!
//! A tangent has the shape of the value it belongs to, with the real numbers in place. Containers
//! of tangents are tangents, so that generated code needs no shape of its own.

#[allow(unused_imports)]
use crate::prelude::*;
use core::fmt::Debug;

/// An element of a vector space over the reals: a gradient, a cotangent, or a direction.
///
/// Besides the sums and multiples that every vector space has, a tangent can be walked as flat real
/// components, in a fixed order, for optimisers and reductions.
///
/// Two vectors of different lengths are added as if the shorter had zeros behind it, so that an
/// empty `Vec` is a zero of any length.
///
/// ```
/// use pullback_runtime::Tangent;
///
/// let mut gradient = (vec![1.0, 2.0], 3.0);
/// gradient.add_assign(&(vec![], 1.0));
/// gradient.scale(0.5);
/// assert_eq!(gradient, (vec![0.5, 1.0], 2.0));
/// assert_eq!(gradient.dot(&gradient), 5.25);
/// assert!(gradient.is_finite());
/// ```
pub trait Tangent: Clone + Debug + PartialEq + Send + 'static {
    /// Adds `other` to this one.
    fn add_assign(&mut self, other: &Self);

    /// Adds `other` to this one and may keep its storage.
    #[inline]
    fn absorb(&mut self, other: Self) {
        self.add_assign(&other);
    }

    /// Multiplies each component by `factor`, in the component's own precision.
    fn scale(&mut self, factor: f64);

    /// The sum of the products of the components.
    fn dot(&self, other: &Self) -> f64;

    /// Makes this the zero of the same shape, also where a component was NaN.
    fn set_zero(&mut self);

    /// The zero of the same shape.
    fn zero_like(&self) -> Self;

    /// The zero that fits every shape: adding it changes nothing, and anything may be added to it.
    fn neutral() -> Self;

    /// Moves the value out and leaves a zero of the same shape.
    #[inline]
    fn take(&mut self) -> Self {
        let zero = self.zero_like();
        core::mem::replace(self, zero)
    }

    /// Calls `visit` for each real component, in order.
    fn for_each(&self, visit: &mut dyn FnMut(f64));

    /// Calls `visit` for each real component, in order, and keeps what it leaves there, rounded to
    /// the component's precision.
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64));

    /// Whether no component is NaN or infinite.
    fn is_finite(&self) -> bool {
        let mut finite = true;
        self.for_each(&mut |component| finite &= component.is_finite());
        finite
    }
}

/// The tangent of what has none: integers, strings, `#[constant]` fields. It takes no space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoTangent;

/// What has no components.
macro_rules! empty_tangent {
    ($($ty:ty)*) => { $(
        impl Tangent for $ty {
            #[inline(always)]
            fn add_assign(&mut self, _other: &Self) {}
            #[inline(always)]
            fn scale(&mut self, _factor: f64) {}
            #[inline(always)]
            fn dot(&self, _other: &Self) -> f64 {
                0.0
            }
            #[inline(always)]
            fn set_zero(&mut self) {}
            #[inline(always)]
            fn zero_like(&self) -> Self {
                Self::default()
            }
            #[inline(always)]
            fn neutral() -> Self {
                Self::default()
            }
            #[inline(always)]
            fn for_each(&self, _visit: &mut dyn FnMut(f64)) {}
            #[inline(always)]
            fn for_each_mut(&mut self, _visit: &mut dyn FnMut(&mut f64)) {}
        }
    )* };
}
empty_tangent! { () NoTangent }

/// Scalars: `f32` goes through `f64` where the trait speaks of real components.
macro_rules! scalar_tangent {
    ($($float:ident)*) => { $(
        impl Tangent for $float {
            #[inline(always)]
            fn add_assign(&mut self, other: &Self) {
                *self += *other;
            }
            #[inline(always)]
            fn scale(&mut self, factor: f64) {
                *self *= factor as $float;
            }
            #[inline(always)]
            fn dot(&self, other: &Self) -> f64 {
                f64::from(*self) * f64::from(*other)
            }
            #[inline(always)]
            fn set_zero(&mut self) {
                *self = 0.0;
            }
            #[inline(always)]
            fn zero_like(&self) -> Self {
                0.0
            }
            #[inline(always)]
            fn neutral() -> Self {
                0.0
            }
            #[inline(always)]
            fn for_each(&self, visit: &mut dyn FnMut(f64)) {
                visit(f64::from(*self));
            }
            #[inline(always)]
            fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                let mut component = f64::from(*self);
                visit(&mut component);
                *self = component as $float;
            }
            #[inline(always)]
            fn is_finite(&self) -> bool {
                $float::is_finite(*self)
            }
        }
    )* };
}

scalar_tangent!(f32 f64);

/// What arrays and vectors have in common: the walk over their elements.
macro_rules! element_walks {
    () => {
        #[inline]
        fn scale(&mut self, factor: f64) {
            self.iter_mut().for_each(|element| element.scale(factor));
        }
        #[inline]
        fn dot(&self, other: &Self) -> f64 {
            self.iter().zip(other).map(|(a, b)| a.dot(b)).sum()
        }
        #[inline]
        fn set_zero(&mut self) {
            self.iter_mut().for_each(Tangent::set_zero);
        }
        #[inline]
        fn for_each(&self, visit: &mut dyn FnMut(f64)) {
            self.iter().for_each(|element| element.for_each(visit));
        }
        #[inline]
        fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
            self.iter_mut()
                .for_each(|element| element.for_each_mut(visit));
        }
        #[inline]
        fn is_finite(&self) -> bool {
            self.iter().all(Tangent::is_finite)
        }
    };
}

/// Adds element by element as far as both reach.
#[inline]
pub(crate) fn add_elements<T: Tangent>(into: &mut [T], by: &[T]) {
    for (a, b) in into.iter_mut().zip(by) {
        a.add_assign(b);
    }
}

impl<T: Tangent, const N: usize> Tangent for [T; N] {
    #[inline]
    fn add_assign(&mut self, other: &Self) {
        add_elements(self, other);
    }
    #[inline]
    fn absorb(&mut self, other: Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.absorb(b);
        }
    }
    #[inline]
    fn zero_like(&self) -> Self {
        core::array::from_fn(|i| self[i].zero_like())
    }
    #[inline]
    fn neutral() -> Self {
        core::array::from_fn(|_| T::neutral())
    }
    element_walks!();
}

impl<T: Tangent> Tangent for Vec<T> {
    #[inline]
    fn add_assign(&mut self, other: &Self) {
        let shared = self.len().min(other.len());
        add_elements(self, other);
        self.extend_from_slice(&other[shared..]);
    }
    #[inline]
    fn absorb(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        let mut rest = other.into_iter();
        for (a, b) in self.iter_mut().zip(rest.by_ref()) {
            a.absorb(b);
        }
        self.extend(rest);
    }
    #[inline]
    fn zero_like(&self) -> Self {
        self.iter().map(Tangent::zero_like).collect()
    }
    #[inline]
    fn neutral() -> Self {
        Vec::new()
    }
    element_walks!();
}

impl<T: Tangent> Tangent for Box<T> {
    #[inline]
    fn add_assign(&mut self, other: &Self) {
        (**self).add_assign(other);
    }
    #[inline]
    fn absorb(&mut self, other: Self) {
        (**self).absorb(*other);
    }
    #[inline]
    fn scale(&mut self, factor: f64) {
        (**self).scale(factor);
    }
    #[inline]
    fn dot(&self, other: &Self) -> f64 {
        (**self).dot(other)
    }
    #[inline]
    fn set_zero(&mut self) {
        (**self).set_zero();
    }
    #[inline]
    fn zero_like(&self) -> Self {
        Box::new((**self).zero_like())
    }
    #[inline]
    fn neutral() -> Self {
        Box::new(T::neutral())
    }
    #[inline]
    fn for_each(&self, visit: &mut dyn FnMut(f64)) {
        (**self).for_each(visit);
    }
    #[inline]
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        (**self).for_each_mut(visit);
    }
    #[inline]
    fn is_finite(&self) -> bool {
        (**self).is_finite()
    }
}

/// Tuples, component by component.
macro_rules! tuple_tangent {
    ($(($($name:ident $index:tt),+))*) => { $(
        impl<$($name: Tangent),+> Tangent for ($($name,)+) {
            #[inline]
            fn add_assign(&mut self, other: &Self) {
                $(self.$index.add_assign(&other.$index);)+
            }
            #[inline]
            fn absorb(&mut self, other: Self) {
                $(self.$index.absorb(other.$index);)+
            }
            #[inline]
            fn scale(&mut self, factor: f64) {
                $(self.$index.scale(factor);)+
            }
            #[inline]
            fn dot(&self, other: &Self) -> f64 {
                0.0 $(+ self.$index.dot(&other.$index))+
            }
            #[inline]
            fn set_zero(&mut self) {
                $(self.$index.set_zero();)+
            }
            #[inline]
            fn zero_like(&self) -> Self {
                ($(self.$index.zero_like(),)+)
            }
            #[inline]
            fn neutral() -> Self {
                ($($name::neutral(),)+)
            }
            #[inline]
            fn for_each(&self, visit: &mut dyn FnMut(f64)) {
                $(self.$index.for_each(visit);)+
            }
            #[inline]
            fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                $(self.$index.for_each_mut(visit);)+
            }
            #[inline]
            fn is_finite(&self) -> bool {
                true $(&& self.$index.is_finite())+
            }
        }
    )* };
}

/// Hands the tuples of one to twelve components to `$each`, for the impls of this crate.
macro_rules! for_each_tuple {
    ($each:ident) => {
        $each! {
            (A 0)
            (A 0, B 1)
            (A 0, B 1, C 2)
            (A 0, B 1, C 2, D 3)
            (A 0, B 1, C 2, D 3, E 4)
            (A 0, B 1, C 2, D 3, E 4, F 5)
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
        }
    };
}
pub(crate) use for_each_tuple;

for_each_tuple!(tuple_tangent);
