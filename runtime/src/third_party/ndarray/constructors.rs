//! Arrays made of numbers and vectors that carry a derivative.

use super::super::entry::constructor;
use super::methods::Element;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Given, Owned, Unused};
use ndarray::{Array, Dimension, Ix1, ShapeBuilder};

constructor! {
    /// `Array1::from_vec(v)`.
    FromVecEntry [F: [Element]] for Array<F, Ix1>;
    __differentiable_from_vec __masked_from_vec __jvp_from_vec;
    (v: Vec<F>, again Owned, slot Option<&mut Vec<F>>, dot Given<Vec<F>>;) -> Array<F, Ix1>, seed Array<F, Ix1>;
    bits 1;
    call {
        (Array::from_vec(v), |t: Array<F, Ix1>, _: (Owned,), (bar,): (Option<&mut Vec<F>>,), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                crate::Tangent::absorb(bar, t.to_vec());
            }
        })
    }
    jvp |(dot,)| {
        let n = v.len();
        let dot = dot.0.filter(|dot| dot.len() == n).unwrap_or_else(|| alloc::vec![F::from_f64(0.0); n]);
        (Array::from_vec(v), Array::from_vec(dot))
    }
}

constructor! {
    /// `Array::from_elem(shape, x)`.
    FromElemEntry [F: [Element] D: [Dimension + 'static] Sh: [ShapeBuilder<Dim = D>]] for Array<F, D>;
    __differentiable_from_elem __masked_from_elem __jvp_from_elem;
    (
        shape: Sh, again Owned, slot Unused, dot Unused;
        x: F, again Owned, slot Option<&mut F>, dot Given<F>;
    ) -> Array<F, D>, seed Array<F, D>;
    bits 0b10;
    call {
        (Array::from_elem(shape, x), |t: Array<F, D>, _: (Owned, Owned), (_, bar): (Unused, Option<&mut F>), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                *bar += t.sum();
            }
        })
    }
    jvp |(_, dot)| {
        let value = Array::from_elem(shape, x);
        let dot = dot.0.unwrap_or_else(|| F::from_f64(0.0));
        let tangent = value.map(|_| dot);
        (value, tangent)
    }
}
