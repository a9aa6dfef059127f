//! Vectors and matrices made of numbers that carry a derivative.

use super::super::entry::constructor;
use super::Element;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Given, Owned, Unused};
use nalgebra::{DVector, Matrix2, Matrix3, Vector2, Vector3, Vector4};

/// `new` of the vectors and matrices that have it, of their elements and where each of these stands.
macro_rules! of_elements {
    ($(#[$doc:meta])* $entry:ident $vector:ident [$($x:ident $i:tt)*]) => {
        constructor! {
            $(#[$doc])*
            $entry [F: [Element]] for $vector<F>;
            __differentiable_new __masked_new __jvp_new;
            ($($x: F, again Owned, slot Option<&mut F>, dot Given<F>;)*) -> $vector<F>, seed $vector<F>;
            bits (1 << [$(stringify!($x)),*].len()) - 1;
            call {
                ($vector::new($($x),*), |t: $vector<F>, _: ($(of_elements!(@owned $x),)*), ($($x,)*): ($(of_elements!(@slot $x F),)*), _: &mut crate::Tape| {
                    $(
                        if let Some($x) = $x {
                            *$x += t[$i];
                        }
                    )*
                })
            }
            jvp |dots| {
                (
                    $vector::new($($x),*),
                    { let ($($x,)*) = dots; $vector::new($($x.0.unwrap_or_else(|| F::number(0.0))),*) },
                )
            }
        }
    };
    (@owned $x:ident) => { Owned };
    (@slot $x:ident $f:ident) => { Option<&mut $f> };
}

of_elements! {
    /// `Vector2::new(x, y)`.
    Vector2NewEntry Vector2 [x 0 y 1]
}
of_elements! {
    /// `Vector3::new(x, y, z)`.
    Vector3NewEntry Vector3 [x 0 y 1 z 2]
}
of_elements! {
    /// `Vector4::new(x, y, z, w)`.
    Vector4NewEntry Vector4 [x 0 y 1 z 2 w 3]
}

of_elements! {
    /// `Matrix2::new(a, b, c, d)`, row by row.
    Matrix2NewEntry Matrix2 [a (0, 0) b (0, 1) c (1, 0) d (1, 1)]
}
of_elements! {
    /// `Matrix3::new(…)` of nine numbers, row by row.
    Matrix3NewEntry Matrix3 [
        a (0, 0) b (0, 1) c (0, 2)
        d (1, 0) e (1, 1) f (1, 2)
        g (2, 0) h (2, 1) i (2, 2)
    ]
}

constructor! {
    /// `DVector::from_vec(v)`.
    FromVecEntry [F: [Element]] for DVector<F>;
    __differentiable_from_vec __masked_from_vec __jvp_from_vec;
    (v: Vec<F>, again Owned, slot Option<&mut Vec<F>>, dot Given<Vec<F>>;) -> DVector<F>, seed DVector<F>;
    bits 1;
    call {
        (DVector::from_vec(v), |t: DVector<F>, _: (Owned,), (bar,): (Option<&mut Vec<F>>,), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                crate::Tangent::absorb(bar, t.as_slice().to_vec());
            }
        })
    }
    jvp |(dot,)| {
        let n = v.len();
        let dot = dot.0.filter(|dot| dot.len() == n).unwrap_or_else(|| alloc::vec![F::number(0.0); n]);
        (DVector::from_vec(v), DVector::from_vec(dot))
    }
}

constructor! {
    /// `DVector::from_element(n, x)`.
    FromElementEntry [F: [Element]] for DVector<F>;
    __differentiable_from_element __masked_from_element __jvp_from_element;
    (
        n: usize, again Owned, slot Unused, dot Unused;
        x: F, again Owned, slot Option<&mut F>, dot Given<F>;
    ) -> DVector<F>, seed DVector<F>;
    bits 0b10;
    call {
        (DVector::from_element(n, x), |t: DVector<F>, _: (Owned, Owned), (_, bar): (Unused, Option<&mut F>), _: &mut crate::Tape| {
            if let Some(bar) = bar {
                *bar += t.sum();
            }
        })
    }
    jvp |(_, dot)| {
        let dot = dot.0.unwrap_or_else(|| F::number(0.0));
        (DVector::from_element(n, x), DVector::from_element(n, dot))
    }
}
