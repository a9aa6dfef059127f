//! What an optimiser may change, and how it is walked: a model and its gradient side by side, slice by slice.
//!
//! The two are walked together, not each as a flat list, because a gradient may be a zero without memory where the
//! model has numbers; in lists of their own the two would then be out of step.

#[allow(unused_imports)]
use crate::prelude::*;
use crate::tangent::for_each_tuple;
use crate::{Differentiable, NoTangent, Tangent};

/// What is done with a run of parameters, given the gradient with respect to them.
///
/// `gradient` is as long as `values`, or empty where it is exactly zero. The runs come in the same order and lengths at
/// each step. This is what an optimiser of one's own implements.
///
/// ```
/// use pullback_runtime::optim::{Parameters, Update};
///
/// /// Moves each parameter by a fixed distance against the sign of its gradient.
/// struct Signs(f64);
///
/// impl Update for Signs {
///     fn singles(&mut self, values: &mut [f32], gradient: &[f32]) {
///         for (x, g) in values.iter_mut().zip(gradient) {
///             *x -= self.0 as f32 * g.signum();
///         }
///     }
///     fn doubles(&mut self, values: &mut [f64], gradient: &[f64]) {
///         for (x, g) in values.iter_mut().zip(gradient) {
///             *x -= self.0 * g.signum();
///         }
///     }
/// }
///
/// let mut model = (vec![1.0_f64, 2.0], [3.0_f32]);
/// model.update(&(vec![7.0, -0.1], [2.0]), &mut Signs(0.5));
/// assert_eq!(model, (vec![0.5, 2.5], [2.5]));
/// ```
pub trait Update {
    /// For numbers of type `f32`.
    fn singles(&mut self, values: &mut [f32], gradient: &[f32]);
    /// For numbers of type `f64`.
    fn doubles(&mut self, values: &mut [f64], gradient: &[f64]);
}

/// A type whose values an optimiser may change by their gradient.
///
/// `#[derive(Differentiable)]` implements it for types whose active fields have it. A shared reference has it not, as it
/// cannot be changed.
#[diagnostic::on_unimplemented(
    message = "an optimiser cannot change a value of type `{Self}`",
    note = "a model owns its parameters: numbers, arrays, `Vec`s, tensors, and structs of these that derive `Differentiable`",
    note = "a field that is not to be changed is marked `#[constant]`"
)]
pub trait Parameters: Differentiable {
    /// Calls `by` for each run of numbers.
    ///
    /// # Panics
    /// If the gradient has more numbers than the value. A shorter one is zero behind its end, as in sums of tangents.
    fn update(&mut self, gradient: &Self::Tangent, by: &mut dyn Update);

    /// The same for several, which for numbers is one run.
    ///
    /// # Panics
    /// As [`update`](Parameters::update).
    fn update_all(values: &mut [Self], gradient: &[Self::Tangent], by: &mut dyn Update)
    where
        Self: Sized,
    {
        fits(values.len(), gradient.len());
        let (with, without) = values.split_at_mut(gradient.len());
        for (x, gradient) in with.iter_mut().zip(gradient) {
            x.update(gradient, by);
        }
        for x in without {
            x.update(&Self::Tangent::neutral(), by);
        }
    }
}

/// A field of derived parameters, by the type of its gradient: a condition that does not hide from rustc what the type's
/// tangent is, as one on [`Parameters`] would.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an optimiser cannot change a value of type `{Self}`",
    note = "a model owns its parameters: numbers, arrays, `Vec`s, tensors, and structs of these that derive `Differentiable`",
    note = "a field that is not to be changed is marked `#[constant]`"
)]
pub trait UpdateBy<G> {
    /// As [`Parameters::update`].
    fn update_by(&mut self, gradient: &G, by: &mut dyn Update);
}

impl<T: Parameters + ?Sized> UpdateBy<T::Tangent> for T {
    #[inline]
    fn update_by(&mut self, gradient: &T::Tangent, by: &mut dyn Update) {
        self.update(gradient, by);
    }
}

/// Requires that a gradient has no numbers for which there is no parameter.
fn fits(values: usize, gradient: usize) {
    if gradient > values {
        panic!("the gradient has {gradient} elements where the model has {values}");
    }
}

macro_rules! scalar {
    ($($float:ident $run:ident)*) => { $(
        #[diagnostic::do_not_recommend]
        impl Parameters for $float {
            fn update(&mut self, gradient: &$float, by: &mut dyn Update) {
                by.$run(core::slice::from_mut(self), core::slice::from_ref(gradient));
            }
            fn update_all(values: &mut [$float], gradient: &[$float], by: &mut dyn Update) {
                fits(values.len(), gradient.len());
                let (with, without) = values.split_at_mut(gradient.len());
                if !with.is_empty() {
                    by.$run(with, gradient);
                }
                if !without.is_empty() {
                    by.$run(without, &[]);
                }
            }
        }
    )* };
}

scalar!(f32 singles f64 doubles);

/// Types that carry no derivative have nothing to change.
macro_rules! constant {
    ($($(@[$($generics:tt)*])? $ty:ty,)*) => { $(
        #[diagnostic::do_not_recommend]
        impl $(<$($generics)*>)? Parameters for $ty {
            #[inline]
            fn update(&mut self, _: &NoTangent, _: &mut dyn Update) {}
        }
    )* };
}

constant! {
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize,
    bool, char, (), str, String,
    @[T: ?Sized] core::marker::PhantomData<T>,
}
#[cfg(feature = "tensor")]
constant! {
    crate::tensor::Mask,
    @[T: crate::tensor::Element] crate::tensor::Statistics<T>,
    crate::tensor::Conv, crate::tensor::Pool, crate::tensor::Resize, crate::tensor::Padding,
    crate::tensor::Layout, crate::tensor::Pad,
}

#[diagnostic::do_not_recommend]
impl<T: Parameters + ?Sized> Parameters for &mut T {
    fn update(&mut self, gradient: &T::Tangent, by: &mut dyn Update) {
        (**self).update(gradient, by);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Parameters + ?Sized> Parameters for Box<T> {
    fn update(&mut self, gradient: &Box<T::Tangent>, by: &mut dyn Update) {
        (**self).update(gradient, by);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Parameters> Parameters for [T] {
    fn update(&mut self, gradient: &Vec<T::Tangent>, by: &mut dyn Update) {
        T::update_all(self, gradient, by);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Parameters, const N: usize> Parameters for [T; N] {
    fn update(&mut self, gradient: &[T::Tangent; N], by: &mut dyn Update) {
        T::update_all(self, gradient, by);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Parameters> Parameters for Vec<T> {
    fn update(&mut self, gradient: &Vec<T::Tangent>, by: &mut dyn Update) {
        T::update_all(self, gradient, by);
    }
}

/// What may hold a value: where the gradient has none, it is zero.
macro_rules! variant {
    ($($(@$error:ident)? $ty:ty => $tangent:ty, $full:ident;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: Parameters $(, $error)?> Parameters for $ty {
            fn update(&mut self, gradient: &$tangent, by: &mut dyn Update) {
                if let $full(value) = self {
                    match gradient.as_ref() {
                        Some(gradient) => value.update(gradient, by),
                        None => value.update(&T::Tangent::neutral(), by),
                    }
                }
            }
        }
    )* };
}

variant! {
    Option<T> => crate::OptionTangent<T::Tangent>, Some;
    @E Result<T, E> => crate::ResultTangent<T::Tangent>, Ok;
}

/// Tuples, component by component.
macro_rules! tuple {
    ($(($($name:ident $index:tt),+))*) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: Parameters),+> Parameters for ($($name,)+) {
            fn update(&mut self, gradient: &Self::Tangent, by: &mut dyn Update) {
                $(self.$index.update(&gradient.$index, by);)+
            }
        }
    )* };
}

for_each_tuple!(tuple);

#[cfg(feature = "tensor")]
#[diagnostic::do_not_recommend]
impl<T: crate::tensor::Element> Parameters for crate::Tensor<T> {
    fn update(&mut self, gradient: &crate::Tensor<T>, by: &mut dyn Update) {
        if gradient.is_zero() {
            T::update_all(self.as_mut_slice(), &[], by);
            return;
        }
        if gradient.shape() != self.shape() {
            let (given, expected) = (gradient.shape(), self.shape());
            panic!("the gradient has the shape {given:?} where the model has {expected:?}");
        }
        T::update_all(self.as_mut_slice(), &gradient.data(), by);
    }
}

#[cfg(feature = "ndarray")]
#[diagnostic::do_not_recommend]
impl<S, D> Parameters for ndarray::ArrayBase<S, D>
where
    S: ndarray::DataMut<Elem: Parameters>,
    D: ndarray::Dimension + 'static,
{
    fn update(&mut self, gradient: &Self::Tangent, by: &mut dyn Update) {
        // An array without elements is a zero of any shape.
        let zero = gradient.is_empty();
        if !zero && gradient.shape() != self.shape() {
            let (given, expected) = (gradient.shape(), self.shape());
            panic!("the gradient has the shape {given:?} where the model has {expected:?}");
        }
        let known = if zero {
            Some(&[][..])
        } else {
            gradient.as_slice()
        };
        if let (Some(values), Some(gradient)) = (self.as_slice_mut(), known) {
            S::Elem::update_all(values, gradient, by);
        } else if zero {
            let none = <S::Elem as Differentiable>::Tangent::neutral();
            self.iter_mut().for_each(|x| x.update(&none, by));
        } else {
            for (x, gradient) in self.iter_mut().zip(gradient) {
                x.update(gradient, by);
            }
        }
    }
}

#[cfg(feature = "num-complex")]
#[diagnostic::do_not_recommend]
impl<T: crate::Real> Parameters for num_complex::Complex<T> {
    fn update(&mut self, gradient: &num_complex::Complex<T>, by: &mut dyn Update) {
        self.re.update(&gradient.re, by);
        self.im.update(&gradient.im, by);
    }
}
