//! The operators between arrays, and between arrays and numbers, with broadcasting.

use super::broadcast::{Operand, reduce, total, weighted};
use crate::Real;
use crate::ops::{
    AddRule, Adds, DivRule, MulRule, NegRule, RemRule, SubRule, Subtracts, as_operator,
};
use ndarray::{Array, ArrayBase, ArrayRef, Data, DimMax, Dimension};

/// The shape of two arrays together.
type Both<D, E> = <D as DimMax<E>>::Output;

/// One operator between two arrays: its partial derivatives by the left and by the right operand.
macro_rules! between_arrays {
    ($rule:ident [$($generics:tt)*] $lhs:ty, $rhs:ty, |$a:ident, $b:ident| $left:expr, $right:expr) => {
        impl<$($generics)* F, D, E> $rule<$rhs> for $lhs
        where
            F: Real,
            S: Data<Elem = F>,
            S2: Data<Elem = F>,
            D: Dimension + 'static + DimMax<E>,
            E: Dimension + 'static,
        {
            type Out = Array<F, Both<D, E>>;
            #[inline]
            fn vjp_lhs(a: &$lhs, b: &$rhs, t: &Array<F, Both<D, E>>) -> Array<F, D> {
                let (a, b) = (a.array(), b.array());
                reduce(weighted(a, b, t, |$a, $b| { let _ = ($a, $b); $left }), &a.raw_dim())
            }
            #[inline]
            fn vjp_rhs(a: &$lhs, b: &$rhs, t: &Array<F, Both<D, E>>) -> Array<F, E> {
                let (a, b) = (a.array(), b.array());
                reduce(weighted(a, b, t, |$a, $b| { let _ = ($a, $b); $right }), &b.raw_dim())
            }
            #[inline]
            fn jvp(a: &$lhs, b: &$rhs, da: &Array<F, D>, db: &Array<F, E>) -> Array<F, Both<D, E>> {
                let (a, b) = (a.array(), b.array());
                tangent(a, b, da, db, |$a, $b| { let _ = ($a, $b); ($left, $right) })
            }
        }
    };
}

/// The tangent of an operator between arrays.
fn tangent<F: Real, D: Dimension + 'static + DimMax<E>, E: Dimension + 'static>(
    a: &ArrayRef<F, D>,
    b: &ArrayRef<F, E>,
    da: &ArrayRef<F, D>,
    db: &ArrayRef<F, E>,
    partials: impl Fn(F, F) -> (F, F),
) -> Array<F, Both<D, E>> {
    let common = super::broadcast::common(&a.raw_dim(), &b.raw_dim());
    let mut out = Array::from_shape_simple_fn(common.clone(), F::zero);
    let (Some(a), Some(da)) = (a.broadcast(common.clone()), da.broadcast(common.clone())) else {
        super::wrong_shape(da.shape(), a.shape())
    };
    let (Some(b), Some(db)) = (b.broadcast(common.clone()), db.broadcast(common.clone())) else {
        super::wrong_shape(db.shape(), b.shape())
    };
    ndarray::Zip::from(&mut out)
        .and(&a)
        .and(&b)
        .and(&da)
        .and(&db)
        .for_each(|out, &a, &b, &da, &db| {
            let (left, right) = partials(a, b);
            *out = da * left + db * right;
        });
    out
}

/// One operator between an array and a number, and the other way round.
macro_rules! with_a_number {
    ($rule:ident $float:ident [$($generics:tt)*] $array:ty, |$a:ident, $b:ident| $left:expr, $right:expr) => {
        impl<$($generics)* D> $rule<$float> for $array
        where
            S: Data<Elem = $float>,
            D: Dimension + 'static,
        {
            type Out = Array<$float, D>;
            #[inline]
            fn vjp_lhs(a: &$array, b: &$float, t: &Array<$float, D>) -> Array<$float, D> {
                let mut out = t.clone();
                let $b = *b;
                out.zip_mut_with(a.array(), |t, &$a: &$float| { let _ = ($a, $b); *t *= $left; });
                out
            }
            #[inline]
            fn vjp_rhs(a: &$array, b: &$float, t: &Array<$float, D>) -> $float {
                let mut out = t.clone();
                let $b = *b;
                out.zip_mut_with(a.array(), |t, &$a: &$float| { let _ = ($a, $b); *t *= $right; });
                total(&out)
            }
            #[inline]
            fn jvp(a: &$array, b: &$float, da: &Array<$float, D>, db: &$float) -> Array<$float, D> {
                let mut out = da.clone();
                let $b = *b;
                out.zip_mut_with(a.array(), |d, &$a: &$float| { let _ = ($a, $b); *d = *d * $left + *db * $right; });
                out
            }
        }
        impl<$($generics)* D> $rule<$array> for $float
        where
            S: Data<Elem = $float>,
            D: Dimension + 'static,
        {
            type Out = Array<$float, D>;
            #[inline]
            fn vjp_lhs(a: &$float, b: &$array, t: &Array<$float, D>) -> $float {
                let mut out = t.clone();
                let $a = *a;
                out.zip_mut_with(b.array(), |t, &$b: &$float| { let _ = ($a, $b); *t *= $left; });
                total(&out)
            }
            #[inline]
            fn vjp_rhs(a: &$float, b: &$array, t: &Array<$float, D>) -> Array<$float, D> {
                let mut out = t.clone();
                let $a = *a;
                out.zip_mut_with(b.array(), |t, &$b: &$float| { let _ = ($a, $b); *t *= $right; });
                out
            }
            #[inline]
            fn jvp(a: &$float, b: &$array, da: &$float, db: &Array<$float, D>) -> Array<$float, D> {
                let mut out = db.clone();
                let $a = *a;
                out.zip_mut_with(b.array(), |d, &$b: &$float| { let _ = ($a, $b); *d = *da * $left + *d * $right; });
                out
            }
        }
    };
}

macro_rules! operator {
    ($rule:ident |$a:ident, $b:ident| $left:expr, $right:expr) => {
        between_arrays!($rule [S, S2,] ArrayBase<S, D>, ArrayBase<S2, E>, |$a, $b| $left, $right);
        between_arrays!($rule ['r, S, S2,] ArrayBase<S, D>, &'r ArrayBase<S2, E>, |$a, $b| $left, $right);
        between_arrays!($rule ['l, S, S2,] &'l ArrayBase<S, D>, ArrayBase<S2, E>, |$a, $b| $left, $right);
        between_arrays!($rule ['l, 'r, S, S2,] &'l ArrayBase<S, D>, &'r ArrayBase<S2, E>, |$a, $b| $left, $right);
        with_a_number!($rule f64 [S,] ArrayBase<S, D>, |$a, $b| $left, $right);
        with_a_number!($rule f64 ['l, S,] &'l ArrayBase<S, D>, |$a, $b| $left, $right);
        with_a_number!($rule f32 [S,] ArrayBase<S, D>, |$a, $b| $left, $right);
        with_a_number!($rule f32 ['l, S,] &'l ArrayBase<S, D>, |$a, $b| $left, $right);
    };
}

/// 1, in the type of a number.
fn one<F: Real>(_: F) -> F {
    F::one()
}

operator!(AddRule | a, b | one(a), one(b));
operator!(SubRule | a, b | one(a), -one(b));
operator!(MulRule | a, b | b, a);
operator!(DivRule | a, b | Real::recip(b), -(a / b) / b);
operator!(RemRule | a, b | one(a), -Real::trunc(a / b));

/// The sign by value and by reference.
macro_rules! negated {
    ([$($generics:tt)*] $array:ty) => {
        impl<$($generics)* D> NegRule for $array
        where
            S: Data<Elem: Real>,
            D: Dimension + 'static,
        {
            type Out = Array<S::Elem, D>;
            #[inline]
            fn vjp(_: &$array, t: &Array<S::Elem, D>) -> Array<S::Elem, D> {
                t.mapv(|t| -t)
            }
            #[inline]
            fn jvp(_: &$array, da: &Array<S::Elem, D>) -> Array<S::Elem, D> {
                da.mapv(|d| -d)
            }
        }
    };
}

negated!([S,] ArrayBase<S, D>);
negated!(['l, S,] &'l ArrayBase<S, D>);

/// `+=` and `-=` are what they are on numbers, with the right side broadcast.
macro_rules! plain_assignment {
    ($($marker:ident)*) => { $(
        impl<S: Data, S2: Data, D, E> $marker<&ArrayBase<S2, E>> for ArrayBase<S, D> {}
        impl<A, S2: Data, D, E> $marker<&ArrayBase<S2, E>> for ArrayRef<A, D> {}
        impl<S: Data<Elem = f64>, D> $marker<f64> for ArrayBase<S, D> {}
        impl<S: Data<Elem = f32>, D> $marker<f32> for ArrayBase<S, D> {}
        impl<D> $marker<f64> for ArrayRef<f64, D> {}
        impl<D> $marker<f32> for ArrayRef<f32, D> {}
    )* };
}

plain_assignment!(Adds Subtracts);

as_operator!(['r, F, S, S2, D, E] ArrayBase<S, D>, &'r ArrayBase<S2, E>,
    [F: Real, S: Data<Elem = F>, S2: Data<Elem = F>, D: Dimension + 'static + DimMax<E, Output = D>, E: Dimension + 'static,]
    MulAssignRule MulRule, DivAssignRule DivRule, RemAssignRule RemRule);
as_operator!([S, D] ArrayBase<S, D>, f64, [S: Data<Elem = f64>, D: Dimension + 'static,]
    MulAssignRule MulRule, DivAssignRule DivRule, RemAssignRule RemRule);
as_operator!([S, D] ArrayBase<S, D>, f32, [S: Data<Elem = f32>, D: Dimension + 'static,]
    MulAssignRule MulRule, DivAssignRule DivRule, RemAssignRule RemRule);
