//! Who looks on while a function is differentiated: nobody, for `gradients`, or a checker, for `checked_grad`.

use crate::Tape;
use crate::rt::{Cells, Lane, Rows};

/// What the observed sweeps are generic in: a workspace, and what is to be seen on the way.
///
/// Generated code asks the constants first, so that what nobody looks at is not there in the machine code.
pub trait Observer: Sized + 'static {
    /// Whether values and cotangents are looked at.
    const CHECKS: bool;

    /// Another of the kind, for what is of no interest.
    fn fresh() -> Self;

    /// The workspace.
    fn tape(&mut self) -> &mut Tape;

    /// As [`Tape::keep`].
    #[inline(always)]
    fn keep(&mut self) {
        self.tape().keep();
    }

    /// As [`Tape::lane`].
    #[inline(always)]
    fn lane<T: Send + 'static>(&mut self) -> Lane<T> {
        self.tape().lane()
    }

    /// As [`Tape::recycle`].
    #[inline(always)]
    fn recycle<T: Send + 'static>(&mut self, lane: Lane<T>) {
        self.tape().recycle(lane);
    }

    /// As [`Tape::rows`].
    #[inline(always)]
    fn rows<T: Default + Clone + Send + 'static>(&mut self) -> Rows<T> {
        self.tape().rows()
    }

    /// As [`Tape::cells`].
    #[inline(always)]
    fn cells<T: Send + 'static>(&mut self) -> Cells<T> {
        self.tape().cells()
    }

    /// As [`Tape::recycle_cells`].
    #[inline(always)]
    fn recycle_cells<T: Send + 'static>(&mut self, cells: Cells<T>) {
        self.tape().recycle_cells(cells);
    }

    /// As [`Tape::recycle_rows`].
    #[inline(always)]
    fn recycle_rows<T: Default + Clone + Send + 'static>(&mut self, rows: Rows<T>) {
        self.tape().recycle_rows(rows);
    }
}

impl Observer for Tape {
    const CHECKS: bool = false;

    #[inline(always)]
    fn fresh() -> Self {
        Tape::once()
    }

    #[inline(always)]
    fn tape(&mut self) -> &mut Tape {
        self
    }
}
