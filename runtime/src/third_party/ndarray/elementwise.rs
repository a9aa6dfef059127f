//! The methods of arrays that apply a scalar's method to each element.

use crate::methods::{HasMethod, MethodRule, Stepwise, method};
use crate::{NoTangent, Real, Tangent};
use ndarray::{Array, ArrayBase, Data, Dimension, Zip};

/// The step functions that arrays have.
impl<S: Data<Elem: Real>, D: Dimension + 'static> Stepwise for ArrayBase<S, D> {}

macro_rules! elementwise {
    ($($name:ident)*) => { $(
        impl<S: Data<Elem: HasMethod<method::$name>>, D> HasMethod<method::$name> for ArrayBase<S, D> {}

        impl<S, F, D> MethodRule<method::$name, (), ()> for ArrayBase<S, D>
        where
            F: Real + MethodRule<method::$name, (), (), Out = F>,
            S: Data<Elem = F>,
            D: Dimension + 'static,
        {
            type Out = Array<F, D>;
            #[inline]
            fn vjp0(&self, _: &(), _: &(), r: &Array<F, D>, t: &Array<F, D>) -> Array<F, D> {
                let mut out = t.clone();
                if !out.is_empty() {
                    Zip::from(&mut out)
                        .and(self)
                        .and(r)
                        .for_each(|t, a, r| *t = MethodRule::<method::$name, _, _>::vjp0(a, &(), &(), r, t));
                }
                out
            }
            #[inline]
            fn jvp(
                &self,
                b: &(),
                c: &(),
                r: &Array<F, D>,
                da: &Array<F, D>,
                _: &NoTangent,
                _: &NoTangent,
            ) -> Array<F, D> {
                MethodRule::<method::$name, (), ()>::vjp0(self, b, c, r, da)
            }
        }
    )* };
}

elementwise! {
    fract abs recip sqrt exp exp2 exp_m1 ln log2 log10 ln_1p cbrt sin cos tan asin acos atan sinh cosh tanh asinh
    acosh atanh to_degrees to_radians
}

/// With one argument, the same for every element.
macro_rules! elementwise_with {
    ($($name:ident $(: $ty:ty)?;)*) => { $(
        impl<S: Data<Elem: HasMethod<method::$name>>, D> HasMethod<method::$name> for ArrayBase<S, D> {}

        impl<S, F, B, D> MethodRule<method::$name, B, ()> for ArrayBase<S, D>
        where
            F: Real + MethodRule<method::$name, B, (), Out = F>,
            B: crate::Differentiable,
            S: Data<Elem = F>,
            D: Dimension + 'static,
        {
            type Out = Array<F, D>;
            #[inline]
            fn vjp0(&self, b: &B, _: &(), r: &Array<F, D>, t: &Array<F, D>) -> Array<F, D> {
                let mut out = t.clone();
                if !out.is_empty() {
                    Zip::from(&mut out)
                        .and(self)
                        .and(r)
                        .for_each(|t, a, r| *t = MethodRule::<method::$name, _, _>::vjp0(a, b, &(), r, t));
                }
                out
            }
            #[inline]
            fn vjp1(&self, b: &B, _: &(), r: &Array<F, D>, t: &Array<F, D>) -> B::Tangent {
                let mut sum = b.zero_tangent();
                if !t.is_empty() {
                    Zip::from(self).and(r).and(t).for_each(|a, r, t| {
                        sum.absorb(MethodRule::<method::$name, _, _>::vjp1(a, b, &(), r, t));
                    });
                }
                sum
            }
            #[inline]
            fn jvp(
                &self,
                b: &B,
                _: &(),
                r: &Array<F, D>,
                da: &Array<F, D>,
                db: &B::Tangent,
                _: &NoTangent,
            ) -> Array<F, D> {
                let mut out = da.clone();
                Zip::from(&mut out).and(self).and(r).for_each(|d, a, r| {
                    *d = MethodRule::<method::$name, _, _>::jvp(a, b, &(), r, d, db, &NoTangent);
                });
                out
            }
        }
    )* };
}

elementwise_with! { powi; powf; log; hypot; }
