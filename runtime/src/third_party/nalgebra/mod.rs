//! `nalgebra`: the tangent of an owned matrix or vector, of a size in the type or not, is such a matrix.

mod constructors;
mod determinant;
mod methods;
mod operators;

use crate::data::Varied;
use crate::fixed::OneShape;
use crate::optim::{Parameters, Update};
#[allow(unused_imports)]
use crate::prelude::*;
use crate::ways::{Direct, IndexedAlike};
use crate::{Differentiable, Real, Tangent};
use nalgebra::allocator::Allocator;
use nalgebra::{Const, DefaultAllocator, Dim, OMatrix, RealField};

/// The numbers that matrices have their products and decompositions for.
pub trait Element: Real + RealField {
    /// Whether this is neither NaN nor infinite; two traits have the name.
    #[inline(always)]
    fn finite(self) -> bool {
        Real::is_finite(self)
    }
    /// Rounded to this type; two traits have the name.
    #[inline(always)]
    fn number(x: f64) -> Self {
        <Self as Real>::from_f64(x)
    }
}
impl Element for f32 {}
impl Element for f64 {}

/// A size that nalgebra stores in a way that may be sent between threads, as tangents may: every one it has.
pub trait Held<T: Element, R: Dim, C: Dim>: Allocator<R, C, Buffer<T>: Send + 'static> {}

impl<T: Element, R: Dim, C: Dim> Held<T, R, C> for DefaultAllocator where
    DefaultAllocator: Allocator<R, C, Buffer<T>: Send + 'static>
{
}

#[diagnostic::do_not_recommend]
impl<T: Element, R: Dim, C: Dim> Differentiable for OMatrix<T, R, C>
where
    DefaultAllocator: Held<T, R, C>,
{
    type Tangent = OMatrix<T, R, C>;
    type Shadow = OMatrix<T, R, C>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.zero_like()
    }
    #[inline(always)]
    fn shadow(tangent: &mut Self::Tangent) -> &mut Self::Shadow {
        tangent
    }
    fn coordinates(&self, visit: &mut dyn FnMut(f64)) {
        self.for_each(visit);
    }
    fn coordinates_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.for_each_mut(visit);
    }
}

#[diagnostic::do_not_recommend]
impl<T, R, C> Parameters for OMatrix<T, R, C>
where
    T: Element,
    R: Dim,
    C: Dim,
    DefaultAllocator: Held<T, R, C>,
{
    fn update(&mut self, gradient: &Self::Tangent, by: &mut dyn Update) {
        let zero = gradient.is_empty();
        if !zero && gradient.shape() != self.shape() {
            let (given, expected) = (gradient.shape(), self.shape());
            panic!("the gradient has the shape {given:?} where the model has {expected:?}");
        }
        T::update_all(self.as_mut_slice(), gradient.as_slice(), by);
    }
}

impl<T: Element, const R: usize, const C: usize> OneShape for OMatrix<T, Const<R>, Const<C>> where
    DefaultAllocator: Held<T, Const<R>, Const<C>>
{
}

impl<T: Element, R: Dim, C: Dim> Varied for OMatrix<T, R, C> where DefaultAllocator: Held<T, R, C> {}

#[diagnostic::do_not_recommend]
impl<T: Element, R: Dim, C: Dim> IndexedAlike<usize> for OMatrix<T, R, C>
where
    DefaultAllocator: Held<T, R, C>,
{
    type Way = Direct<usize>;
    #[inline(always)]
    fn direct(index: usize) -> Direct<usize> {
        Direct(index)
    }
}
#[diagnostic::do_not_recommend]
impl<T: Element, R: Dim, C: Dim> IndexedAlike<(usize, usize)> for OMatrix<T, R, C>
where
    DefaultAllocator: Held<T, R, C>,
{
    type Way = Direct<(usize, usize)>;
    #[inline(always)]
    fn direct(index: (usize, usize)) -> Direct<(usize, usize)> {
        Direct(index)
    }
}

/// An empty matrix is a zero of any shape.
impl<T: Element, R: Dim, C: Dim> Tangent for OMatrix<T, R, C>
where
    DefaultAllocator: Held<T, R, C>,
{
    #[inline]
    fn add_assign(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        if self.shape() != other.shape() {
            wrong_shape(other.shape(), self.shape());
        }
        *self += other;
    }
    #[inline]
    fn absorb(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            Tangent::add_assign(self, &other);
        }
    }
    #[inline]
    fn scale(&mut self, factor: f64) {
        self.iter_mut().for_each(|x| Tangent::scale(x, factor));
    }
    #[inline]
    fn dot(&self, other: &Self) -> f64 {
        // An empty one stops the walk at once.
        self.iter()
            .zip(other.iter())
            .map(|(a, b)| Tangent::dot(a, b))
            .sum()
    }
    #[inline]
    fn set_zero(&mut self) {
        self.fill(T::number(0.0));
    }
    #[inline]
    fn zero_like(&self) -> Self {
        let (rows, columns) = self.shape_generic();
        OMatrix::zeros_generic(rows, columns)
    }
    #[inline]
    fn neutral() -> Self {
        // What has its size in the type is its zero; any other can be empty.
        let rows = R::from_usize(R::try_to_usize().unwrap_or(0));
        let columns = C::from_usize(C::try_to_usize().unwrap_or(0));
        OMatrix::zeros_generic(rows, columns)
    }
    #[inline]
    fn for_each(&self, visit: &mut dyn FnMut(f64)) {
        self.iter().for_each(|x| Tangent::for_each(x, visit));
    }
    #[inline]
    fn for_each_mut(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut()
            .for_each(|x| Tangent::for_each_mut(x, visit));
    }
    #[inline]
    fn is_finite(&self) -> bool {
        self.iter().all(|x| x.finite())
    }
}

/// The sum of two tangents, of which one may be the empty zero.
#[inline]
fn plus<T: Element, R: Dim, C: Dim>(
    mut a: OMatrix<T, R, C>,
    b: &OMatrix<T, R, C>,
) -> OMatrix<T, R, C>
where
    DefaultAllocator: Held<T, R, C>,
{
    Tangent::add_assign(&mut a, b);
    a
}

/// Reports a cotangent that is not of its value's shape.
#[cold]
#[inline(never)]
fn wrong_shape(given: (usize, usize), expected: (usize, usize)) -> ! {
    panic!("a cotangent of shape {given:?} was given for a matrix of shape {expected:?}")
}

/// The entries of methods.
pub mod entries {
    pub use super::constructors::{
        FromElementEntry as _, FromVecEntry as _, Matrix2NewEntry as _, Matrix3NewEntry as _,
        Vector2NewEntry as _, Vector3NewEntry as _, Vector4NewEntry as _,
    };
    pub use super::determinant::DeterminantEntry as _;
    pub use super::methods::{
        ColumnEntry as _, ComponentDivEntry as _, ComponentMulEntry as _, CrossEntry as _,
        DotEntry as _, NormEntry as _, NormSquaredEntry as _, NormalizeEntry as _, RowEntry as _,
        SumEntry as _, TraceEntry as _, TransposeEntry as _, TryInverseEntry as _,
    };
}
