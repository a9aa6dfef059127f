//! Parts of arrays. In derivative code a part is a copy of its own, whose adjoint is added to the whole's; a view
//! would borrow from a sweep that is over.

use super::super::entry::entry;
use super::methods::Element;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Owned, Unused};
use ndarray::{
    Array, ArrayRef, ArrayView, ArrayViewMut, Axis, Dimension, Ix1, Ix2, RemoveAxis, Slice,
    SliceArg,
};

/// A copy that products and sums run through in the same order as through the view, so that they round alike.
fn copied<F: Element, D: Dimension>(view: &ArrayView<'_, F, D>) -> Array<F, D> {
    if view.ndim() == 1 && view.len() > 1 && view.as_slice().is_none() {
        // Elements apart from each other in memory.
        let mut spread = Array::from_elem(view.len() * 2, F::from_f64(0.0));
        spread
            .iter_mut()
            .step_by(2)
            .zip(view.iter())
            .for_each(|(to, from)| *to = *from);
        spread.slice_axis_inplace(Axis(0), Slice::new(0, None, 2));
        if let Ok(spread) = spread.into_dimensionality::<D>() {
            return spread;
        }
    }
    view.to_owned()
}

/// Adds the cotangent of a part to that of the whole.
fn add<F: Element, D: Dimension>(mut part: ArrayViewMut<'_, F, D>, t: &Array<F, D>) {
    if !t.is_empty() {
        part.zip_mut_with(t, |x, t| *x += *t);
    }
}

/// A method that gives a part: how, and how to its adjoint.
macro_rules! part {
    ($(#[$doc:meta])* $entry:ident [$($g:ident: [$($bound:tt)*])*] $(of [$($of:tt)*])? for $dim:ty => $part:ty;
        $differentiable:ident $masked:ident $jvp:ident $keep:ident;
        ($($arg:ident: $ty:ty),*);
        |$a:ident| $view:expr, |$bar:ident| $view_mut:expr) => {
        entry! {
            $(#[$doc])*
            $entry [$($g: [$($bound)*])*] $(of [$($of)*] where [])? for ArrayRef<F, $dim>;
            $differentiable $masked $jvp $keep;
            again Owned, kept Owned = |_this| Owned,
                slot Option<&mut ArrayRef<F, $dim>>, dot Option<&ArrayRef<F, $dim>>;
            ($($arg: $ty, again Owned, slot Unused, dot Unused;)*) -> Array<F, $part>, seed Array<F, $part>;
            bits 1;
            call |$a| {
                $(let later = &$arg; let _ = later;)*
                let value = { $(let $arg = $arg.clone();)* copied(&$view) };
                (value, move |t: Array<F, $part>, _: (Owned, $(part!(@owned $arg),)*), slots: (Option<&mut ArrayRef<F, $dim>>, $(part!(@unused $arg),)*), _: &mut crate::Tape| {
                    if let Some($bar) = slots.0 {
                        add($view_mut, &t);
                    }
                })
            }
            jvp |$a, dots| {
                let value = { $(let $arg = $arg.clone();)* copied(&$view) };
                let tangent = match dots.0 {
                    Some($a) => $view.to_owned(),
                    None => value.map(|_| F::from_f64(0.0)),
                };
                (value, tangent)
            }
        }
    };
    (@owned $arg:ident) => { Owned };
    (@unused $arg:ident) => { Unused };
}

part! {
    /// `a.row(i)`.
    RowEntry [F: [Element]] for Ix2 => Ix1;
    __differentiable_row __masked_row __jvp_row __keep_row;
    (i: usize);
    |a| a.row(i), |bar| bar.row_mut(i)
}
part! {
    /// `a.column(j)`.
    ColumnEntry [F: [Element]] for Ix2 => Ix1;
    __differentiable_column __masked_column __jvp_column __keep_column;
    (j: usize);
    |a| a.column(j), |bar| bar.column_mut(j)
}
part! {
    /// `a.diag()`.
    DiagEntry [F: [Element]] for Ix2 => Ix1;
    __differentiable_diag __masked_diag __jvp_diag __keep_diag;
    ();
    |a| a.diag(), |bar| bar.diag_mut()
}
part! {
    /// `a.t()`.
    TransposeEntry [F: [Element] D: [Dimension + 'static]] for D => D;
    __differentiable_t __masked_t __jvp_t __keep_t;
    ();
    |a| a.t(), |bar| bar.view_mut().reversed_axes()
}
part! {
    /// `a.view()`.
    ViewEntry [F: [Element] D: [Dimension + 'static]] for D => D;
    __differentiable_view __masked_view __jvp_view __keep_view;
    ();
    |a| a.view(), |bar| bar.view_mut()
}
part! {
    /// `a.index_axis(axis, i)`.
    IndexAxisEntry [F: [Element] D: [RemoveAxis + 'static]] for D => D::Smaller;
    __differentiable_index_axis __masked_index_axis __jvp_index_axis __keep_index_axis;
    (axis: Axis, i: usize);
    |a| a.index_axis(axis, i), |bar| bar.index_axis_mut(axis, i)
}
part! {
    /// `a.slice(s![…])`.
    SliceEntry [F: [Element] D: [Dimension + 'static]] of [I: [SliceArg<D, OutDim: 'static> + Clone + Send + 'static]]
        for D => I::OutDim;
    __differentiable_slice __masked_slice __jvp_slice __keep_slice;
    (info: I);
    |a| a.slice(info), |bar| bar.slice_mut(info)
}
