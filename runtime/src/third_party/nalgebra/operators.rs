//! The operators between matrices, and between matrices and numbers.

use super::{Element, Held, plus};
use crate::Tangent;
use crate::ops::{AddRule, Adds, DivRule, MulRule, NegRule, SubRule, Subtracts};
#[allow(unused_imports)]
use crate::prelude::*;
use core::borrow::Borrow;
use nalgebra::allocator::Allocator;
use nalgebra::{DefaultAllocator, Dim, OMatrix};

/// A sum or a difference: what the right operand is multiplied by.
macro_rules! sum {
    ($rule:ident $sign:literal [$($l:lifetime)*] $lhs:ty, $rhs:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($l,)* T: Element, R: Dim, C: Dim> $rule<$rhs> for $lhs
        where
            DefaultAllocator: Held<T, R, C>,
        {
            type Out = OMatrix<T, R, C>;
            #[inline]
            fn vjp_lhs(_: &$lhs, _: &$rhs, t: &OMatrix<T, R, C>) -> OMatrix<T, R, C> {
                t.clone()
            }
            #[inline]
            fn vjp_rhs(_: &$lhs, _: &$rhs, t: &OMatrix<T, R, C>) -> OMatrix<T, R, C> {
                signed(t, $sign)
            }
            #[inline]
            fn jvp(
                _: &$lhs,
                _: &$rhs,
                da: &OMatrix<T, R, C>,
                db: &OMatrix<T, R, C>,
            ) -> OMatrix<T, R, C> {
                plus(signed(db, $sign), da)
            }
        }
    };
}

/// The matrix or its negative.
#[inline(always)]
fn signed<T: Element, R: Dim, C: Dim>(t: &OMatrix<T, R, C>, sign: f64) -> OMatrix<T, R, C>
where
    DefaultAllocator: Held<T, R, C>,
{
    if sign < 0.0 { -t } else { t.clone() }
}

/// The product of matrices, for one combination of by value and by reference.
macro_rules! product {
    ([$($l:lifetime)*] $lhs:ty, $rhs:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($l,)* T: Element, R: Dim, K: Dim, C: Dim> MulRule<$rhs> for $lhs
        where
            DefaultAllocator: Held<T, R, K> + Held<T, K, C> + Held<T, R, C> + Allocator<C, K>,
        {
            type Out = OMatrix<T, R, C>;
            #[inline]
            fn vjp_lhs(_: &$lhs, b: &$rhs, t: &OMatrix<T, R, C>) -> OMatrix<T, R, K> {
                times_transposed(t, b.borrow())
            }
            #[inline]
            fn vjp_rhs(a: &$lhs, _: &$rhs, t: &OMatrix<T, R, C>) -> OMatrix<T, K, C> {
                if t.is_empty() {
                    return Tangent::neutral();
                }
                let a: &OMatrix<T, R, K> = a.borrow();
                a.tr_mul(t)
            }
            #[inline]
            fn jvp(
                a: &$lhs,
                b: &$rhs,
                da: &OMatrix<T, R, K>,
                db: &OMatrix<T, K, C>,
            ) -> OMatrix<T, R, C> {
                let (a, b): (&OMatrix<T, R, K>, &OMatrix<T, K, C>) = (a.borrow(), b.borrow());
                match (da.shape() == a.shape(), db.shape() == b.shape()) {
                    (true, true) => da * b + a * db,
                    (true, false) => da * b,
                    (false, true) => a * db,
                    (false, false) => Tangent::neutral(),
                }
            }
        }
    };
}

/// `t` times the transpose of `b`; for one column that is an outer product.
#[inline]
fn times_transposed<T: Element, R: Dim, K: Dim, C: Dim>(
    t: &OMatrix<T, R, C>,
    b: &OMatrix<T, K, C>,
) -> OMatrix<T, R, K>
where
    DefaultAllocator: Held<T, R, K> + Held<T, K, C> + Held<T, R, C> + Allocator<C, K>,
{
    if t.is_empty() {
        return Tangent::neutral();
    }
    if b.ncols() == 1 {
        let (rows, columns) = (t.shape_generic().0, b.shape_generic().0);
        let mut out = OMatrix::<T, R, K>::zeros_generic(rows, columns);
        let (one, zero) = (T::number(1.0), T::number(0.0));
        out.ger(one, &t.column(0), &b.column(0), zero);
        return out;
    }
    t * b.transpose()
}

sum!(AddRule 1.0 [] OMatrix<T, R, C>, OMatrix<T, R, C>);
sum!(AddRule 1.0 ['l] &'l OMatrix<T, R, C>, OMatrix<T, R, C>);
sum!(AddRule 1.0 ['r] OMatrix<T, R, C>, &'r OMatrix<T, R, C>);
sum!(AddRule 1.0 ['l 'r] &'l OMatrix<T, R, C>, &'r OMatrix<T, R, C>);
sum!(SubRule -1.0 [] OMatrix<T, R, C>, OMatrix<T, R, C>);
sum!(SubRule -1.0 ['l] &'l OMatrix<T, R, C>, OMatrix<T, R, C>);
sum!(SubRule -1.0 ['r] OMatrix<T, R, C>, &'r OMatrix<T, R, C>);
sum!(SubRule -1.0 ['l 'r] &'l OMatrix<T, R, C>, &'r OMatrix<T, R, C>);
product!([] OMatrix<T, R, K>, OMatrix<T, K, C>);
product!(['l] &'l OMatrix<T, R, K>, OMatrix<T, K, C>);
product!(['r] OMatrix<T, R, K>, &'r OMatrix<T, K, C>);
product!(['l 'r] &'l OMatrix<T, R, K>, &'r OMatrix<T, K, C>);

/// The sign by value and by reference.
macro_rules! negated {
    ([$($l:lifetime)?] $matrix:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($l,)? T: Element, R: Dim, C: Dim> NegRule for $matrix
        where
            DefaultAllocator: Held<T, R, C>,
        {
            type Out = OMatrix<T, R, C>;
            #[inline]
            fn vjp(_: &$matrix, t: &OMatrix<T, R, C>) -> OMatrix<T, R, C> {
                -t
            }
            #[inline]
            fn jvp(_: &$matrix, da: &OMatrix<T, R, C>) -> OMatrix<T, R, C> {
                -da
            }
        }
    };
}

negated!([] OMatrix<T, R, C>);
negated!(['l] &'l OMatrix<T, R, C>);

/// The sum of the products of the elements; an empty zero gives 0.
#[inline]
fn inner<T: Element, R: Dim, C: Dim>(a: &OMatrix<T, R, C>, b: &OMatrix<T, R, C>) -> T
where
    DefaultAllocator: Held<T, R, C>,
{
    if a.is_empty() || b.is_empty() {
        return T::number(0.0);
    }
    a.dot(b)
}

/// A matrix times or divided by a number, and a number times a matrix.
macro_rules! with_a_number {
    ($float:ident [$($l:lifetime)?] $matrix:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($l,)? R: Dim, C: Dim> MulRule<$float> for $matrix
        where
            DefaultAllocator: Held<$float, R, C>,
        {
            type Out = OMatrix<$float, R, C>;
            #[inline]
            fn vjp_lhs(_: &$matrix, k: &$float, t: &OMatrix<$float, R, C>) -> OMatrix<$float, R, C> {
                t * *k
            }
            #[inline]
            fn vjp_rhs(a: &$matrix, _: &$float, t: &OMatrix<$float, R, C>) -> $float {
                inner(a.borrow(), t)
            }
            #[inline]
            fn jvp(
                a: &$matrix,
                k: &$float,
                da: &OMatrix<$float, R, C>,
                dk: &$float,
            ) -> OMatrix<$float, R, C> {
                let a: &OMatrix<$float, R, C> = a.borrow();
                plus(a * *dk, &(da * *k))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($l,)? R: Dim, C: Dim> MulRule<$matrix> for $float
        where
            DefaultAllocator: Held<$float, R, C>,
        {
            type Out = OMatrix<$float, R, C>;
            #[inline]
            fn vjp_lhs(_: &$float, a: &$matrix, t: &OMatrix<$float, R, C>) -> $float {
                inner(a.borrow(), t)
            }
            #[inline]
            fn vjp_rhs(k: &$float, _: &$matrix, t: &OMatrix<$float, R, C>) -> OMatrix<$float, R, C> {
                t * *k
            }
            #[inline]
            fn jvp(
                k: &$float,
                a: &$matrix,
                dk: &$float,
                da: &OMatrix<$float, R, C>,
            ) -> OMatrix<$float, R, C> {
                let a: &OMatrix<$float, R, C> = a.borrow();
                plus(a * *dk, &(da * *k))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($l,)? R: Dim, C: Dim> DivRule<$float> for $matrix
        where
            DefaultAllocator: Held<$float, R, C>,
        {
            type Out = OMatrix<$float, R, C>;
            #[inline]
            fn vjp_lhs(_: &$matrix, k: &$float, t: &OMatrix<$float, R, C>) -> OMatrix<$float, R, C> {
                t / *k
            }
            #[inline]
            fn vjp_rhs(a: &$matrix, k: &$float, t: &OMatrix<$float, R, C>) -> $float {
                -(inner(a.borrow(), t) / *k) / *k
            }
            #[inline]
            fn jvp(
                a: &$matrix,
                k: &$float,
                da: &OMatrix<$float, R, C>,
                dk: &$float,
            ) -> OMatrix<$float, R, C> {
                let a: &OMatrix<$float, R, C> = a.borrow();
                plus(a * (-(*dk / *k) / *k), &(da / *k))
            }
        }
    };
}

/// Compound assignment is what it is on numbers.
macro_rules! with_numbers {
    ($($float:ident)*) => { $(
        with_a_number!($float [] OMatrix<$float, R, C>);
        with_a_number!($float ['l] &'l OMatrix<$float, R, C>);

        crate::ops::as_operator!([R: Dim, C: Dim] OMatrix<$float, R, C>, $float,
            [DefaultAllocator: Held<$float, R, C>,]
            MulAssignRule MulRule, DivAssignRule DivRule);
    )* };
}

with_numbers!(f32 f64);

macro_rules! plain_assignment {
    ($($marker:ident)*) => { $(
        impl<T: Element, R: Dim, C: Dim> $marker<OMatrix<T, R, C>> for OMatrix<T, R, C>
        where
            DefaultAllocator: Held<T, R, C>,
        {
        }
        impl<T: Element, R: Dim, C: Dim> $marker<&OMatrix<T, R, C>> for OMatrix<T, R, C>
        where
            DefaultAllocator: Held<T, R, C>,
        {
        }
    )* };
}

plain_assignment!(Adds Subtracts);
