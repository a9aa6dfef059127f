//! The tangent of a value behind `dyn Trait`.
//!
//! Which struct stands behind the trait object is known at run time alone, and so is the type of its tangent. It is
//! kept as what every tangent can do, and found again as what it is by the `impl` that the object leads to.

use crate::Tangent;
#[allow(unused_imports)]
use crate::prelude::*;
use core::any::Any;
use core::fmt;

/// The tangent of `dyn Trait`, where the trait is a `#[differentiable]` one: that of the value behind it.
///
/// It is empty where no derivative reached the value, and then fits any. As of every [`Tangent`] its components can be
/// walked in order, without knowing what is behind it.
///
/// ```
/// use pullback_runtime::{DynTangent, Tangent};
///
/// let mut gradient = DynTangent::new(vec![1.0, 2.0]);
/// gradient.scale(3.0);
/// assert_eq!(gradient.downcast_ref::<Vec<f64>>(), Some(&vec![3.0, 6.0]));
/// assert_eq!(gradient.downcast_ref::<f64>(), None);
///
/// let mut sum = DynTangent::neutral();
/// sum.add_assign(&gradient);
/// assert_eq!(sum, gradient);
/// ```
///
/// # Panics
///
/// Adding tangents of two different types panics: they are of no common space. It cannot come about in the gradient of
/// a function, where each value has a tangent of its own.
#[derive(Default)]
pub struct DynTangent(Option<Box<dyn Component>>);

impl DynTangent {
    /// The tangent given, as one behind `dyn Trait`.
    pub fn new<T: Tangent>(tangent: T) -> DynTangent {
        DynTangent(Some(Box::new(tangent)))
    }

    /// The tangent of the value behind, if it is of this type and not empty.
    #[must_use]
    pub fn downcast_ref<T: Tangent>(&self) -> Option<&T> {
        self.0.as_ref()?.any().downcast_ref()
    }

    /// The same to be changed.
    pub fn downcast_mut<T: Tangent>(&mut self) -> Option<&mut T> {
        self.0.as_mut()?.any_mut().downcast_mut()
    }

    /// Whether no derivative reached the value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// What every tangent can do without its type being known.
trait Component: Send {
    fn any(&self) -> &dyn Any;
    fn any_mut(&mut self) -> &mut dyn Any;
    fn name(&self) -> &'static str;
    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn copy(&self) -> Box<dyn Component>;
    fn zero(&self) -> Box<dyn Component>;
    /// Gives whether the other is of the same type, and so could be added.
    fn add(&mut self, other: &dyn Component) -> bool;
    fn times(&mut self, factor: f64);
    /// `None` for another type.
    fn inner(&self, other: &dyn Component) -> Option<f64>;
    fn equals(&self, other: &dyn Component) -> bool;
    fn clear(&mut self);
    fn walk(&self, visit: &mut dyn FnMut(f64));
    fn walk_mut(&mut self, visit: &mut dyn FnMut(&mut f64));
}

impl<T: Tangent> Component for T {
    fn any(&self) -> &dyn Any {
        self
    }
    fn any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn name(&self) -> &'static str {
        core::any::type_name::<T>()
    }
    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
    fn copy(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
    fn zero(&self) -> Box<dyn Component> {
        Box::new(self.zero_like())
    }
    fn add(&mut self, other: &dyn Component) -> bool {
        let other = other.any().downcast_ref();
        other.map(|other| self.add_assign(other)).is_some()
    }
    fn times(&mut self, factor: f64) {
        self.scale(factor);
    }
    fn inner(&self, other: &dyn Component) -> Option<f64> {
        Some(self.dot(other.any().downcast_ref()?))
    }
    fn equals(&self, other: &dyn Component) -> bool {
        other.any().downcast_ref() == Some(self)
    }
    fn clear(&mut self) {
        self.set_zero();
    }
    fn walk(&self, visit: &mut dyn FnMut(f64)) {
        self.for_each(visit);
    }
    fn walk_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.for_each_mut(visit);
    }
}

#[cold]
fn mixed(a: &dyn Component, b: &dyn Component) -> ! {
    panic!(
        "a `{}` and a `{}` are tangents of different types behind `dyn`, and have neither a sum nor a product",
        a.name(),
        b.name()
    );
}

impl Clone for DynTangent {
    fn clone(&self) -> DynTangent {
        DynTangent(self.0.as_ref().map(|tangent| (**tangent).copy()))
    }
}

impl fmt::Debug for DynTangent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(tangent) => (**tangent).debug(f),
            None => f.write_str("Zero"),
        }
    }
}

impl PartialEq for DynTangent {
    fn eq(&self, other: &DynTangent) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => (**a).equals(&**b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Tangent for DynTangent {
    fn add_assign(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (_, None) => {}
            (Some(a), Some(b)) => {
                if !(**a).add(&**b) {
                    mixed(&**a, &**b);
                }
            }
            (own @ None, Some(b)) => *own = Some((**b).copy()),
        }
    }
    fn scale(&mut self, factor: f64) {
        if let Some(tangent) = &mut self.0 {
            (**tangent).times(factor);
        }
    }
    fn dot(&self, other: &Self) -> f64 {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => match (**a).inner(&**b) {
                Some(product) => product,
                None => mixed(&**a, &**b),
            },
            _ => 0.0,
        }
    }
    fn set_zero(&mut self) {
        if let Some(tangent) = &mut self.0 {
            (**tangent).clear();
        }
    }
    fn zero_like(&self) -> Self {
        DynTangent(self.0.as_ref().map(|tangent| (**tangent).zero()))
    }
    fn neutral() -> Self {
        DynTangent(None)
    }
    fn for_each(&self, visit: &mut dyn FnMut(f64)) {
        if let Some(tangent) = &self.0 {
            (**tangent).walk(visit);
        }
    }
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        if let Some(tangent) = &mut self.0 {
            (**tangent).walk_mut(visit);
        }
    }
}

/// The adjoint of the value behind a trait object as what it is; the first contribution makes it.
#[doc(hidden)]
#[inline]
pub fn object_adjoint<T: Tangent>(of: &mut DynTangent, zero: impl FnOnce() -> T) -> &mut T {
    let tangent = of.0.get_or_insert_with(|| Box::new(zero()));
    let name = (**tangent).name();
    match (**tangent).any_mut().downcast_mut() {
        Some(tangent) => tangent,
        None => other_object(name, core::any::type_name::<T>()),
    }
}

/// The tangent of the value behind a trait object as what it is; an empty one says nothing.
///
/// # Panics
///
/// If it is of another type, which a user can have given.
#[doc(hidden)]
#[inline]
pub fn object_tangent<T: Tangent>(of: Option<&DynTangent>) -> Option<&T> {
    let tangent = of?.0.as_ref()?;
    match (**tangent).any().downcast_ref() {
        Some(tangent) => Some(tangent),
        None => other_object((**tangent).name(), core::any::type_name::<T>()),
    }
}

#[cold]
fn other_object(given: &str, wanted: &str) -> ! {
    panic!(
        "the tangent given for a value behind `dyn` is a `{given}`, and that of the value is a `{wanted}`"
    );
}

/// A trait object, or what holds one. `#[differentiable]` on the trait implements it for `dyn Trait`.
#[doc(hidden)]
pub trait HasObject {
    /// The object, with entries of its methods: those of the trait itself are not for objects.
    type Object<'a>
    where
        Self: 'a;
    /// The object.
    fn object(&self) -> Self::Object<'_>;
}

/// Through what holds one, as a call of a method would go.
macro_rules! holds {
    ($($ty:ty;)*) => { $(
        impl<T: HasObject + ?Sized> HasObject for $ty {
            type Object<'a> = T::Object<'a> where Self: 'a;
            #[inline(always)]
            fn object(&self) -> T::Object<'_> {
                (**self).object()
            }
        }
    )* };
}

holds! {
    Box<T>;
    &T;
    &mut T;
}

/// The receiver of a method, which may be a trait object; see [`receiver!`](crate::__receiver).
#[doc(hidden)]
#[derive(Debug)]
pub struct Callable<'a, T: ?Sized>(pub &'a T);

/// Chosen first, one reference further out: there is a trait object.
#[doc(hidden)]
pub trait FoundObject<'a> {
    /// The object.
    type Object;
    /// Gives it.
    fn found(&self) -> Self::Object;
}

impl<'a, T: HasObject + ?Sized> FoundObject<'a> for &Callable<'a, T> {
    type Object = T::Object<'a>;
    #[inline(always)]
    fn found(&self) -> T::Object<'a> {
        self.0.object()
    }
}

/// Chosen otherwise.
#[doc(hidden)]
pub trait FoundValue<'a> {
    /// What has the method.
    type Value: ?Sized;
    /// Gives it.
    fn found(&self) -> &'a Self::Value;
}

impl<'a, T: ?Sized> FoundValue<'a> for Callable<'a, T> {
    type Value = T;
    #[inline(always)]
    fn found(&self) -> &'a T {
        self.0
    }
}

/// What has the entries of a method that is called on a shared receiver: itself, or the trait object there.
///
/// It works by autoref, as [`zero_or_none!`](crate::__zero_or_none) does.
#[doc(hidden)]
#[macro_export]
macro_rules! __receiver {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{FoundObject as _, FoundValue as _};
        (&&$crate::rt::Callable(&$place)).found()
    }};
}
