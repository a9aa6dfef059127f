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

/// What the watched locals of a function are told as, to who watches the inside of a call of it.
pub trait Locals: Send + 'static {
    /// Whether there are any.
    const WATCHED: bool = true;

    /// What was heard in one call.
    fn of(heard: &mut Heard) -> Self;
}

/// No local is watched, or the function is generic, and its caller could not name the type.
#[derive(Clone, Debug, PartialEq)]
pub struct Unwatched;

impl Locals for Unwatched {
    const WATCHED: bool = false;

    fn of(_: &mut Heard) -> Unwatched {
        Unwatched
    }
}

/// The function has mistakes, which are told where they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Untold;

impl Locals for Untold {
    fn of(_: &mut Heard) -> Untold {
        Untold
    }
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
