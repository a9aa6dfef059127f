//! Functions as arguments of generated code: closures that give what reverses them along with their result.

#[allow(unused_imports)]
use crate::prelude::*;
use core::marker::PhantomData;

/// The type of what a closure gives, which is never run.
#[inline(always)]
pub fn type_of<T>(_: impl FnOnce() -> T) -> PhantomData<T> {
    PhantomData
}

/// Gives the adjoint of a closure's environment its type.
#[inline(always)]
pub fn of_type<T>(adjoint: &mut T, _: PhantomData<T>) -> &mut T {
    adjoint
}

/// The type of a value's tangent.
#[inline(always)]
pub fn tangent_type<T: crate::Differentiable>(_: &T) -> PhantomData<T::Tangent> {
    PhantomData
}

/// Gives a cotangent its type.
#[inline(always)]
pub fn as_type<T>(cotangent: T, _: PhantomData<T>) -> T {
    cotangent
}

/// What the public entries ask of a function whose derivative they need. Nothing implements it: a plain function
/// has none that one could ask for.
#[diagnostic::on_unimplemented(
    message = "the derivative of this function is not known here",
    label = "this parameter is called with values that carry a derivative",
    note = "write the call in a `#[differentiable]` function and take the gradient of that one, as in \
            `#[differentiable] fn area(a: f64, b: f64) -> f64 {{ integrate(|x| x * x, a, b) }}`; \
            annotated functions and methods of `f64` can stand there by their names"
)]
pub trait KnowsItsDerivative {}

/// What a function that is passed by its name borrows: a copy of it is kept until the pullback of the call runs.
#[diagnostic::on_unimplemented(
    message = "a function that is passed by its name borrows `{Self}`, which has no copies",
    note = "derive `Clone` for it, or write a closure that calls the function with what it captures"
)]
pub trait Copies {
    /// The copy.
    type Owned: core::borrow::Borrow<Self> + Send + 'static;
    /// Makes it.
    fn copy(&self) -> Self::Owned;
}

impl<T: ToOwned<Owned: Send + 'static> + ?Sized> Copies for T {
    type Owned = T::Owned;
    #[inline]
    fn copy(&self) -> T::Owned {
        self.to_owned()
    }
}
