//! The arguments of a function that is checked: lent to it, and moved.

use super::derivatives::coordinates;
use crate::Differentiable;
use crate::prelude::*;

/// An argument of the function that is checked: what is lent to the function, and moved.
#[derive(Clone, Debug)]
pub struct Argument<T>(pub T);

/// An argument that is passed by reference is copied, so that it can be moved.
#[derive(Clone, Debug)]
pub struct Borrowed<T>(T);

/// An argument that is passed by value.
#[derive(Clone, Debug)]
pub struct Passed<T>(T);

impl<T: ToOwned + ?Sized> Argument<&T> {
    /// A copy.
    pub fn hold(self) -> Borrowed<T::Owned> {
        Borrowed(self.0.to_owned())
    }
}

/// Chosen where the argument is no reference.
pub trait AnyArgument<T> {
    /// The argument itself.
    fn hold(self) -> Passed<T>;
}

impl<T> AnyArgument<T> for Argument<T> {
    fn hold(self) -> Passed<T> {
        Passed(self.0)
    }
}

impl<T> Borrowed<T> {
    /// The argument as the function takes it.
    pub fn lend(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> Passed<T> {
    /// The argument as the function takes it.
    pub fn lend(&self) -> T {
        self.0.clone()
    }
}

macro_rules! held {
    ($($held:ident)*) => { $(
        impl<T: Differentiable + Clone> $held<T> {
            /// The real components.
            pub fn components(&self) -> Vec<f64> {
                coordinates(&self.0)
            }

            /// The argument, moved by as many steps as it has components.
            pub fn moved(&self, steps: &mut dyn Iterator<Item = f64>) -> Self {
                let mut moved = self.clone();
                moved.0.coordinates_mut(&mut |x| *x += steps.next().unwrap_or(0.0));
                moved
            }
        }
    )* };
}

held!(Borrowed Passed);
