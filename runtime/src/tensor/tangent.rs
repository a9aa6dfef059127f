//! Tensors as tangents: a vector space whose zeros have no memory.

use super::{Element, Repr, Tensor, reduce};
use crate::data::Varied;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::Wrap;
use crate::shapes::{AddBroadcast, AddTo, Added, Exact, Shaped};
use crate::{Differentiable, Tangent};
use ndarray::IxDyn;

#[diagnostic::do_not_recommend]
impl<T: Element> Differentiable for Tensor<T> {
    type Tangent = Tensor<T>;
    type Shadow = Tensor<T>;
    #[inline]
    fn zero_tangent(&self) -> Tensor<T> {
        Tensor::zero_of(self.shape())
    }
    #[inline(always)]
    fn shadow(tangent: &mut Tensor<T>) -> &mut Tensor<T> {
        tangent
    }
    fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
        self.data().iter().for_each(|x| visit(x.to_f64()));
    }
    fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.as_mut_slice()
            .iter_mut()
            .for_each(|x| x.coordinates_mut(visit));
    }
}

impl<T: Element> Varied for Tensor<T> {}

/// Reports a cotangent that is not of its value's shape.
#[cold]
#[inline(never)]
pub(super) fn wrong_shape(given: &[usize], expected: &[usize]) -> ! {
    panic!("a cotangent of shape {given:?} was given for a tensor of shape {expected:?}")
}

impl<T: Element> Tangent for Tensor<T> {
    fn add_assign(&mut self, other: &Tensor<T>) {
        if !other.is_zero() {
            self.absorb(other.clone());
        }
    }
    fn absorb(&mut self, mut other: Tensor<T>) {
        if matches!(self.repr, Repr::Neutral) {
            *self = other;
            return;
        }
        if matches!(other.repr, Repr::Neutral) {
            return;
        }
        if self.shape() != other.shape() {
            wrong_shape(other.shape(), self.shape());
        }
        if other.is_zero() {
            return;
        }
        if self.is_zero() {
            *self = other;
            return;
        }
        // Into whichever memory is ours alone.
        if self.reusable().is_none() && other.reusable().is_some() {
            core::mem::swap(self, &mut other);
        }
        self.zip_assign("+", &other, |x, y| *x += y);
    }
    fn scale(&mut self, factor: f64) {
        if !self.is_zero() {
            let factor = T::from_f64(factor);
            self.as_mut_slice().iter_mut().for_each(|x| *x *= factor);
        }
    }
    fn dot(&self, other: &Tensor<T>) -> f64 {
        if self.is_zero() || other.is_zero() {
            return 0.0;
        }
        if self.shape() != other.shape() {
            wrong_shape(other.shape(), self.shape());
        }
        let (a, b) = (self.data(), other.data());
        a.iter()
            .zip(&*b)
            .map(|(a, b)| a.to_f64() * b.to_f64())
            .sum()
    }
    fn set_zero(&mut self) {
        *self = self.zero_like();
    }
    fn zero_like(&self) -> Tensor<T> {
        match self.repr {
            Repr::Neutral => Tensor::neutral(),
            _ => Tensor::zero_of(self.shape()),
        }
    }
    #[inline]
    fn neutral() -> Tensor<T> {
        Tensor {
            repr: Repr::Neutral,
        }
    }
    fn for_each(&self, visit: &mut dyn FnMut(f64)) {
        self.coordinates(visit);
    }
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.coordinates_mut(visit);
    }
    fn is_finite(&self) -> bool {
        // The sum of 0 · x is zero, or NaN where an x is not finite; it has no branch in its loop.
        self.is_zero()
            || self
                .data()
                .iter()
                .fold(T::zero(), |sum, x| sum + *x * T::zero())
                == T::zero()
    }
}

/// The shape of a tensor that something is added to.
#[derive(Clone, Debug)]
pub struct TensorShape(IxDyn);

impl<T: Element> Shaped for Tensor<T> {
    type Shape = TensorShape;
    fn shape_of(&self) -> TensorShape {
        TensorShape(IxDyn(self.shape()))
    }
}

impl<T: Element> Added<Tensor<T>> for TensorShape {
    type Tangent = Tensor<T>;
    fn added(self, t: &Tensor<T>) -> Tensor<T> {
        t.reduced_to(ndarray::Dimension::slice(&self.0))
    }
}

/// The tangent of `a += b`, where `b` is broadcast.
impl<T: Element> AddBroadcast<Tensor<T>> for &Wrap<'_, Tensor<T>> {
    fn add_to(&self, to: &mut Tensor<T>, factor: f64) {
        if !self.0.is_zero() {
            let factor = T::from_f64(factor);
            to.zip_assign("+=", self.0, |x, y| *x += y * factor);
        }
    }
}

macro_rules! number {
    ($($float:ident)*) => { $(
        impl Added<Tensor<$float>> for Exact<$float> {
            type Tangent = $float;
            fn added(self, t: &Tensor<$float>) -> $float {
                if t.is_zero() { 0.0 } else { reduce::total(&t.data()) }
            }
        }
        impl AddTo<Tensor<$float>> for Wrap<'_, $float> {
            fn add_to(&self, to: &mut Tensor<$float>, factor: f64) {
                let by = *self.0 * factor as $float;
                to.as_mut_slice().iter_mut().for_each(|x| *x += by);
            }
        }
    )* };
}

number!(f32 f64);
