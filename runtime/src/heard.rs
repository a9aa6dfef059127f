//! What is heard of watched locals: who asks for them, who tells, and how a caller gets what its callee told.
//!
//! The function itself is asked first. A call that its caller wants to hear of is announced before it is made; the
//! sweep of the callee takes the announcement, and while its pullback runs, what is told is its own.

use crate::observe::Observer;
#[allow(unused_imports)]
use crate::prelude::*;
use crate::{Differentiable, Tape};
use core::any::Any;

/// What one call told of its watched locals.
#[derive(Debug, Default)]
pub struct Heard {
    kept: Vec<(usize, Box<dyn Any + Send>)>,
    connected: u64,
}

impl Heard {
    /// What was told as a `T` of a local, in the order of execution.
    pub fn all<T: 'static>(&mut self, n: usize) -> Vec<T> {
        let (mine, others) = core::mem::take(&mut self.kept)
            .into_iter()
            .partition(|(of, _)| *of == n);
        self.kept = others;
        let mine: Vec<(usize, Box<dyn Any + Send>)> = mine;
        mine.into_iter()
            .rev()
            .filter_map(|(_, told)| told.downcast().ok().map(|told| *told))
            .collect()
    }

    /// What was told of its last execution, if its bit says that this led to the result.
    pub fn last<T: 'static>(&mut self, n: usize, bit: u32) -> Option<T> {
        let told = self.all(n).pop();
        told.filter(|_| self.connected >> bit & 1 == 1)
    }

    fn keep(&mut self, n: usize, all: bool, told: impl FnOnce() -> Box<dyn Any + Send>) {
        if all || self.kept.iter().all(|(of, _)| *of != n) {
            self.kept.push((n, told()));
        }
    }
}

/// A function with watched locals, which a caller may ask for by `#[watch(inside)]`; for a type, its method whose
/// name has this number.
#[diagnostic::on_unimplemented(
    message = "the function that is called here has no watched locals",
    label = "nothing inside of this is watched",
    note = "`#[watch(inside)]` tells the watched locals of the function that is called: mark one there, as in `#[watch] let y: f64 = …;`",
    note = "a generic function cannot tell its own: give back what is wanted, and watch it here"
)]
pub trait Inside<const METHOD: u64> {
    /// What it tells.
    type Locals: Send + 'static;

    /// What it told in one call.
    fn locals(heard: &mut Heard) -> Self::Locals;
}

/// A workspace that keeps the cotangents of watched locals.
#[derive(Debug)]
pub struct Watcher {
    tape: Tape,
    asked: bool,
    /// The function itself, and the calls that are being reversed and were asked.
    calls: Vec<Heard>,
}

impl Watcher {
    /// What the function itself told.
    pub fn heard(&mut self) -> Heard {
        self.calls.pop().unwrap_or_default()
    }

    fn call(&mut self) -> Option<&mut Heard> {
        self.calls.last_mut()
    }
}

impl Observer for Watcher {
    const CHECKS: bool = false;

    fn fresh() -> Self {
        Watcher {
            tape: Tape::once(),
            asked: true,
            calls: Vec::from([Heard::default()]),
        }
    }

    fn tape(&mut self) -> &mut Tape {
        &mut self.tape
    }

    fn first(&mut self) -> bool {
        core::mem::take(&mut self.asked)
    }

    fn ask(&mut self, asked: bool) {
        self.asked = asked;
    }

    fn enter(&mut self) {
        self.calls.push(Heard::default());
    }

    fn watched(&mut self, n: usize, all: bool, cotangent: impl FnOnce() -> Box<dyn Any + Send>) {
        if let Some(call) = self.call() {
            call.keep(n, all, cotangent);
        }
    }

    fn connected(&mut self, bits: u64) {
        if let Some(call) = self.call() {
            call.connected = bits;
        }
    }

    fn leave<L: Send + 'static>(&mut self, n: usize, all: bool, locals: fn(&mut Heard) -> L) {
        let mut told = self.heard();
        if let Some(call) = self.call() {
            call.keep(n, all, || Box::new(locals(&mut told)));
        }
    }
}

/// Tells the cotangent of a watched local of type `T`.
#[inline(always)]
pub fn watch<T: Differentiable + ?Sized, O: Observer>(
    observer: &mut O,
    n: usize,
    all: bool,
    cotangent: &T::Tangent,
) {
    observer.watched(n, all, || Box::new(cotangent.clone()));
}
