//! Where the forward sweep keeps what the reverse sweep needs: lanes, slots and the tape.
//!
//! A [`Lane`] is a flat stack of one variable's values, [`Rows`] hold values by the trip of a loop, a [`Slot`] a
//! value saved at most once. The
//! [`Tape`] owns the storage of lanes between calls and the frames of recursive functions.

#[allow(unused_imports)]
use crate::prelude::*;
use core::any::{Any, TypeId};
use core::fmt;
use core::marker::PhantomData;

/// The reusable workspace of gradient calls.
///
/// Creating one allocates nothing. What a call needed stays reserved, so that a later call of the
/// same shape allocates nothing either.
///
/// ```
/// let mut tape = pullback_runtime::Tape::new();
/// let mut lane = tape.lane::<f64>();
/// lane.push(1.0);
/// assert_eq!(lane.pop(), 1.0);
/// tape.recycle(lane);
/// ```
#[derive(Default)]
pub struct Tape {
    /// One stack per type: `Vec<F>` behind `Any`.
    stacks: Vec<(TypeId, Box<dyn Any + Send>)>,
    /// The stack that was used last, where the next search begins.
    last: usize,
    /// Nothing is called twice: storage that is given back would be kept for nobody.
    once: bool,
}

impl Tape {
    /// An empty workspace. Allocates nothing.
    #[inline]
    pub const fn new() -> Self {
        Self {
            stacks: Vec::new(),
            last: 0,
            once: false,
        }
    }

    /// An empty workspace for a single call, which keeps no storage unless told by [`Tape::keep`].
    #[doc(hidden)]
    #[inline]
    pub const fn once() -> Self {
        Self {
            stacks: Vec::new(),
            last: 0,
            once: true,
        }
    }

    /// Something is called more than once: storage is kept from here on.
    #[doc(hidden)]
    #[inline]
    pub fn keep(&mut self) {
        self.once = false;
    }

    /// Puts a frame on the stack of its type.
    #[doc(hidden)]
    #[inline]
    pub fn push_frame<F: Send + 'static>(&mut self, frame: F) {
        self.stack().push(frame);
    }

    /// Takes the frame of this type that was pushed last. The witness names the type, which may be
    /// that of a closure.
    ///
    /// # Panics
    ///
    /// If there is none, which is a bug in the generated code.
    #[doc(hidden)]
    #[inline]
    pub fn pop_frame<F: Send + 'static>(&mut self, _witness: PhantomData<F>) -> F {
        match self.stack().pop() {
            Some(frame) => frame,
            None => empty("frame", core::any::type_name::<F>()),
        }
    }

    /// An empty lane, on storage given back earlier if there is any.
    #[doc(hidden)]
    #[inline]
    pub fn lane<T: Send + 'static>(&mut self) -> Lane<T> {
        if self.stacks.is_empty() {
            return Lane::new();
        }
        let Spare(lane) = self.stack().pop().unwrap_or_default();
        lane
    }

    /// Takes a lane's storage back. Lanes given back in the reverse order of taking find their own
    /// storage again, and with it its size.
    #[doc(hidden)]
    #[inline]
    pub fn recycle<T: Send + 'static>(&mut self, mut lane: Lane<T>) {
        if self.once {
            return;
        }
        lane.values.clear();
        self.stack().push(Spare(lane));
    }

    /// No rows, on storage given back earlier if there is any.
    #[doc(hidden)]
    #[inline]
    pub fn rows<T: Default + Clone + Send + 'static>(&mut self) -> Rows<T> {
        if self.stacks.is_empty() {
            return Rows::new();
        }
        self.stack().pop().unwrap_or_default()
    }

    /// Takes the storage of rows back, as [`Tape::recycle`] does that of a lane.
    #[doc(hidden)]
    #[inline]
    pub fn recycle_rows<T: Default + Clone + Send + 'static>(&mut self, mut rows: Rows<T>) {
        if self.once {
            return;
        }
        rows.used = 0;
        self.stack().push(rows);
    }

    /// No rows of values of any type, on storage given back earlier if there is any.
    #[doc(hidden)]
    #[inline]
    pub fn cells<T: Send + 'static>(&mut self) -> Cells<T> {
        if self.stacks.is_empty() {
            return Cells::new();
        }
        self.stack().pop().unwrap_or_default()
    }

    /// Takes the storage of such rows back.
    #[doc(hidden)]
    #[inline]
    pub fn recycle_cells<T: Send + 'static>(&mut self, mut cells: Cells<T>) {
        if self.once {
            return;
        }
        cells.used = 0;
        self.stack().push(cells);
    }

    /// The stack of values of type `F`, made when first asked for.
    #[inline]
    fn stack<F: Send + 'static>(&mut self) -> &mut Vec<F> {
        let wanted = TypeId::of::<F>();
        let used_last = self.stacks.get(self.last).map(|(found, _)| *found);
        if used_last != Some(wanted) {
            self.seek::<F>(wanted);
        }
        match self.stacks[self.last].1.downcast_mut() {
            Some(stack) => stack,
            None => empty("stack", core::any::type_name::<F>()),
        }
    }

    /// Makes the stack of `F` the one used last.
    fn seek<F: Send + 'static>(&mut self, wanted: TypeId) {
        let known = self.stacks.iter().position(|(found, _)| *found == wanted);
        self.last = known.unwrap_or_else(|| {
            self.stacks.push((wanted, Box::new(Vec::<F>::new())));
            self.stacks.len() - 1
        });
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape")
            .field("stacks", &self.stacks.len())
            .finish_non_exhaustive()
    }
}

/// A lane's storage while nobody uses it: a type of its own, so that a frame is never taken for it.
struct Spare<T>(Lane<T>);

impl<T> Default for Spare<T> {
    fn default() -> Self {
        Self(Lane::new())
    }
}

/// A stack of the saved values of one variable, in the order of the forward sweep.
#[derive(Clone, Debug)]
pub struct Lane<T> {
    values: Vec<T>,
}

impl<T> Lane<T> {
    /// An empty lane. Allocates nothing.
    #[inline]
    pub const fn new() -> Self {
        Self { values: Vec::new() }
    }

    /// An empty lane with room for `capacity` values.
    #[inline]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            values: Vec::with_capacity(capacity),
        }
    }

    /// Makes room for `additional` values more.
    #[inline]
    pub fn reserve(&mut self, additional: usize) {
        self.values.reserve(additional);
    }

    /// Saves a value.
    #[inline]
    pub fn push(&mut self, value: T) {
        self.values.push(value);
    }

    /// Takes the value that was saved last.
    ///
    /// # Panics
    ///
    /// If the lane is empty, which is a bug in the generated code.
    #[inline]
    pub fn pop(&mut self) -> T {
        match self.values.pop() {
            Some(value) => value,
            None => empty("lane", core::any::type_name::<T>()),
        }
    }

    /// Puts another value in the place of the one saved last.
    #[inline]
    pub fn replace(&mut self, value: T) {
        if let Some(last) = self.values.last_mut() {
            *last = value;
        }
    }

    /// The value that was saved last, to be changed where it is.
    ///
    /// # Panics
    ///
    /// If the lane is empty, which is a bug in the generated code.
    #[inline]
    pub fn top(&mut self) -> &mut T {
        match self.values.last_mut() {
            Some(value) => value,
            None => empty("lane", core::any::type_name::<T>()),
        }
    }

    /// Takes the value that was saved last, or a default where a path left before it had one.
    #[inline]
    pub fn take_or_default(&mut self) -> T
    where
        T: Default,
    {
        self.values.pop().unwrap_or_default()
    }

    /// How many values are saved.
    #[inline]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no value is saved.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<T> Default for Lane<T> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// Saved values that are written by index: a row for each time that a loop runs, with a place for each trip.
///
/// Rows lie one after the other. What lies behind the last one stays as it is, so that making a row costs an
/// addition and a comparison, and what a row holds before it is written is not specified.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    values: Vec<T>,
    used: usize,
}

impl<T: Default + Clone> Rows<T> {
    /// No rows. Allocates nothing.
    #[inline]
    pub const fn new() -> Self {
        Self {
            values: Vec::new(),
            used: 0,
        }
    }

    /// Makes a row of `trips` places and lends it.
    #[inline]
    pub fn open(&mut self, trips: usize) -> &mut [T] {
        let base = self.used;
        if self.values.len() - base < trips {
            self.grow(trips);
        }
        self.used = base + trips;
        &mut self.values[base..base + trips]
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, trips: usize) {
        if self.values.is_empty() {
            // Fresh memory comes as zeros from the system, for nothing.
            self.values = crate::rt::vec![T::default(); trips];
            return;
        }
        let len = self.values.len().saturating_mul(2).max(self.used + trips);
        self.values.resize(len, T::default());
    }

    /// The row made last, of `trips` places.
    #[inline]
    pub fn last(&self, trips: usize) -> &[T] {
        &self.values[self.used - trips..self.used]
    }

    /// Gives the row made last back.
    #[inline]
    pub fn close(&mut self, trips: usize) {
        self.used -= trips;
    }
}

impl<T: Default + Clone> Default for Rows<T> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// [`Rows`] of values of any type, each of which is there or not.
#[derive(Clone, Debug)]
pub struct Cells<T> {
    values: Vec<Option<T>>,
    used: usize,
}

impl<T> Cells<T> {
    /// No rows. Allocates nothing.
    #[inline]
    pub const fn new() -> Self {
        Self {
            values: Vec::new(),
            used: 0,
        }
    }

    /// Makes a row of `trips` places and lends it.
    #[inline]
    pub fn open(&mut self, trips: usize) -> &mut [Option<T>] {
        let base = self.used;
        if self.values.len() - base < trips {
            self.grow(trips);
        }
        self.used = base + trips;
        &mut self.values[base..base + trips]
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, trips: usize) {
        let twice = self.values.len().saturating_mul(2);
        let len = twice.max(self.used + trips);
        self.values.resize_with(len, || None);
    }

    /// The row made last, of `trips` places.
    #[inline]
    pub fn last(&mut self, trips: usize) -> &mut [Option<T>] {
        &mut self.values[self.used - trips..self.used]
    }

    /// Gives the row made last back.
    #[inline]
    pub fn close(&mut self, trips: usize) {
        self.used -= trips;
    }
}

impl<T> Default for Cells<T> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// Takes the value that was saved in a place of a row.
///
/// # Panics
///
/// If there is none, which is a bug in the generated code.
#[doc(hidden)]
#[inline]
pub fn taken<T>(cell: &mut Option<T>) -> T {
    match cell.take() {
        Some(value) => value,
        None => empty("cell", core::any::type_name::<T>()),
    }
}

/// A value that is saved at most once, without an allocation.
#[derive(Clone, Debug)]
pub struct Slot<T> {
    value: Option<T>,
}

impl<T> Slot<T> {
    /// An empty slot.
    #[inline]
    pub const fn new() -> Self {
        Self { value: None }
    }

    /// Saves the value.
    #[inline]
    pub fn set(&mut self, value: T) {
        self.value = Some(value);
    }

    /// Saves another value instead.
    #[inline]
    pub fn replace(&mut self, value: T) {
        self.value = Some(value);
    }

    /// The saved value, to be changed where it is.
    ///
    /// # Panics
    ///
    /// If none was saved, which is a bug in the generated code.
    #[inline]
    pub fn top(&mut self) -> &mut T {
        match self.value.as_mut() {
            Some(value) => value,
            None => empty("slot", core::any::type_name::<T>()),
        }
    }

    /// Takes the saved value, or a default where a path left before it had one.
    #[inline]
    pub fn take_or_default(&mut self) -> T
    where
        T: Default,
    {
        self.value.take().unwrap_or_default()
    }

    /// Takes the saved value.
    ///
    /// # Panics
    ///
    /// If none was saved, which is a bug in the generated code.
    #[inline]
    pub fn take(&mut self) -> T {
        match self.value.take() {
            Some(value) => value,
            None => empty("slot", core::any::type_name::<T>()),
        }
    }
}

impl<T> Default for Slot<T> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// Reports a reverse sweep that asks for more than its forward sweep saved.
#[cold]
#[inline(never)]
fn empty(what: &str, of: &str) -> ! {
    panic!(
        "this is a bug in pullback, not in your function: the reverse sweep asked an empty {what} \
         for a value of type `{of}`; please report it with the function"
    )
}
