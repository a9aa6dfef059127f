//! Who looks on while a function is differentiated: nobody, for `gradients`, a checker, for `checked_grad`, or who
//! keeps the cotangents of watched locals (`heard.rs`).

use crate::heard::Heard;
use crate::nonfinite::{Found, NonFinite, Operation, Sweep};
#[allow(unused_imports)]
use crate::prelude::*;
use crate::rt::{Cells, Lane, Rows, Wrap};
use crate::{Differentiable, Real, Tangent, Tape};
use core::any::Any;
use core::panic::Location;

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

    /// Is told of what is not finite.
    #[cold]
    fn report(&mut self, found: NonFinite) {
        let _ = found;
    }

    /// Whether this call of a function with watched locals is the one that was asked for them: that of the function
    /// itself, or one that was announced by [`ask`](Observer::ask).
    #[inline(always)]
    fn first(&mut self) -> bool {
        false
    }

    /// The next call of a function with watched locals is asked for them, or it is not.
    #[inline(always)]
    fn ask(&mut self, asked: bool) {
        let _ = asked;
    }

    /// What is told from here on is told by a call that was asked.
    #[inline(always)]
    fn enter(&mut self) {}

    /// Is told the cotangent of a watched local, in the reverse order of execution.
    #[inline(always)]
    fn watched(&mut self, n: usize, all: bool, cotangent: impl FnOnce() -> Box<dyn Any + Send>) {
        let _ = (n, all, cotangent);
    }

    /// Is told which inputs and watched locals of the call led to its results.
    #[inline(always)]
    fn connected(&mut self, bits: u64) {
        let _ = bits;
    }

    /// The call that was asked has told everything, which is what the caller's watched local is told as.
    #[inline(always)]
    fn leave<L: Send + 'static>(&mut self, n: usize, all: bool, locals: fn(&mut Heard) -> L) {
        let _ = (n, all, locals);
    }

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

/// A workspace that keeps the first thing that is not finite.
#[derive(Debug)]
pub struct Checker {
    tape: Tape,
    first: Option<NonFinite>,
}

impl Checker {
    /// What was found, if anything was.
    pub fn found(&mut self) -> Option<NonFinite> {
        self.first.take()
    }
}

impl Observer for Checker {
    const CHECKS: bool = true;

    fn fresh() -> Self {
        Checker {
            tape: Tape::once(),
            first: None,
        }
    }

    fn tape(&mut self) -> &mut Tape {
        &mut self.tape
    }

    #[cold]
    fn report(&mut self, found: NonFinite) {
        self.first.get_or_insert(found);
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

/// Looks at the value that an operation gave. The caller's place in the source is that of the operation.
#[track_caller]
pub fn check_value<O: Observer>(
    observer: &mut O,
    operation: Operation,
    value: &dyn Components,
    operands: &[Option<f64>],
) {
    if let Some(found) = first_in(value) {
        let at = Location::caller();
        observer.report(NonFinite::new(operation, Sweep::Forward, found, at).of(operands));
    }
}

/// Looks at the cotangents that an operation contributed to, from the cotangent of what it gave.
#[track_caller]
pub fn check_cotangents<O: Observer>(
    observer: &mut O,
    operation: Operation,
    cotangents: &[&dyn Components],
    operands: &[Option<f64>],
    cotangent: Option<f64>,
    result: Option<f64>,
) {
    if let Some(found) = cotangents.iter().find_map(|c| first_in(*c)) {
        let at = Location::caller();
        let found = NonFinite::new(operation, Sweep::Reverse, found, at);
        observer.report(found.of(operands).from(cotangent, result));
    }
}

/// The same for an operation on numbers of one type.
#[inline(always)]
#[track_caller]
pub fn check_number<O: Observer, T: Real, const N: usize>(
    observer: &mut O,
    operation: Operation,
    value: T,
    operands: [T; N],
) {
    if O::CHECKS && !value.to_f64().is_finite() {
        let operands = operands.map(|x| Some(x.to_f64()));
        check_value(observer, operation, &Whole(&value), &operands);
    }
}

/// The same for the reverse of an operation on numbers of one type.
#[inline(always)]
#[track_caller]
pub fn check_numbers<O: Observer, T: Real, const M: usize, const N: usize>(
    observer: &mut O,
    operation: Operation,
    cotangents: [T; M],
    operands: [T; N],
    cotangent: T,
) {
    if !O::CHECKS {
        return;
    }
    if let Some(found) = cotangents.iter().find(|x| !x.to_f64().is_finite()) {
        let operands = operands.map(|x| Some(x.to_f64()));
        let cotangent = Some(cotangent.to_f64());
        check_cotangents(
            observer,
            operation,
            &[&Cotangents(found)],
            &operands,
            cotangent,
            None,
        );
    }
}

/// Looks at an input, or at its gradient.
#[track_caller]
pub fn check_input<O: Observer>(observer: &mut O, operation: Operation, value: &dyn Components) {
    if let Some(found) = first_in(value) {
        let sweep = match operation {
            Operation::Sum(_) => Sweep::Reverse,
            _ => Sweep::Forward,
        };
        observer.report(NonFinite::new(operation, sweep, found, Location::caller()));
    }
}

/// What can be looked at number by number.
pub trait Components {
    /// Calls `visit` for each.
    fn each(&self, visit: &mut dyn FnMut(f64));
    /// The name of the type.
    fn name(&self) -> &'static str;
}

/// The first component that is not finite.
fn first_in(value: &dyn Components) -> Option<Found> {
    let (mut first, mut count) = (None, 0);
    value.each(&mut |x| {
        if !x.is_finite() && first.is_none() {
            first = Some((count, x));
        }
        count += 1;
    });
    let (element, value_there) = first?;
    Some(Found {
        value: value_there,
        element,
        count,
        single: value.name().contains("f32"),
    })
}

/// A value whose components are looked at.
#[derive(Debug)]
pub struct Whole<'a, T: ?Sized>(pub &'a T);

impl<T: Differentiable + ?Sized> Components for Whole<'_, T> {
    fn each(&self, visit: &mut dyn FnMut(f64)) {
        self.0.coordinates(visit);
    }
    fn name(&self) -> &'static str {
        core::any::type_name::<T>()
    }
}

/// A cotangent whose components are looked at.
#[derive(Debug)]
pub struct Cotangents<'a, T: ?Sized>(pub &'a T);

impl<T: Tangent> Components for Cotangents<'_, T> {
    fn each(&self, visit: &mut dyn FnMut(f64)) {
        self.0.for_each(visit);
    }
    fn name(&self) -> &'static str {
        core::any::type_name::<T>()
    }
}

impl<T: Tangent> Components for Cotangents<'_, [T]> {
    fn each(&self, visit: &mut dyn FnMut(f64)) {
        self.0.iter().for_each(|x| x.for_each(visit));
    }
    fn name(&self) -> &'static str {
        core::any::type_name::<T>()
    }
}

/// What has no components.
#[derive(Debug)]
pub struct Nothing;

impl Components for Nothing {
    fn each(&self, _: &mut dyn FnMut(f64)) {}
    fn name(&self) -> &'static str {
        ""
    }
}

/// Chosen first, one reference further out, as in [`zero_or_none!`](crate::__zero_or_none).
pub trait SeenWhole<'a> {
    /// How the value is looked at.
    type Seen: Components;
    /// The value, to be looked at.
    fn seen(&self) -> Self::Seen;
}

impl<'a, T: Differentiable + ?Sized> SeenWhole<'a> for &Wrap<'a, T> {
    type Seen = Whole<'a, T>;
    #[inline(always)]
    fn seen(&self) -> Whole<'a, T> {
        Whole(self.0)
    }
}

/// Chosen otherwise.
pub trait SeenNot {
    /// Nothing to look at.
    fn seen(&self) -> Nothing;
}

impl<T: ?Sized> SeenNot for Wrap<'_, T> {
    #[inline(always)]
    fn seen(&self) -> Nothing {
        Nothing
    }
}

/// A value of any type, to be looked at if it has components.
#[doc(hidden)]
#[macro_export]
macro_rules! __seen {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{SeenNot as _, SeenWhole as _};
        (&&$crate::rt::Wrap(&$value)).seen()
    }};
}

/// Chosen first: a number.
pub trait GlanceNumber {
    /// The number.
    fn glance(&self) -> Option<f64>;
}

impl<T: Real> GlanceNumber for &Wrap<'_, T> {
    #[inline(always)]
    fn glance(&self) -> Option<f64> {
        Some(self.0.to_f64())
    }
}

macro_rules! integers {
    ($($int:ident)*) => { $(
        impl GlanceNumber for &Wrap<'_, $int> {
            #[inline(always)]
            fn glance(&self) -> Option<f64> {
                Some(*self.0 as f64)
            }
        }
    )* };
}

integers!(i32);

/// Chosen otherwise.
pub trait GlanceOther {
    /// No number.
    fn glance(&self) -> Option<f64>;
}

impl<T: ?Sized> GlanceOther for Wrap<'_, T> {
    #[inline(always)]
    fn glance(&self) -> Option<f64> {
        None
    }
}

/// The number that a value of any type is, if it is one.
#[doc(hidden)]
#[macro_export]
macro_rules! __glance {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{GlanceNumber as _, GlanceOther as _};
        (&&$crate::rt::Wrap(&$value)).glance()
    }};
}
