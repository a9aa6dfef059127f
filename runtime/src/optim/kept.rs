//! What an optimiser keeps for each parameter from step to step.

#[allow(unused_imports)]
use crate::prelude::*;

/// Numbers beside the parameters, in the parameters' precision and order, `K` for each.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Kept<const K: usize> {
    /// The number of steps that were taken.
    pub(super) steps: u32,
    singles: Columns<f32>,
    doubles: Columns<f64>,
}

/// One column after the other, each run after the earlier one.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Columns<T> {
    data: Vec<T>,
    /// How many of the numbers this step has seen.
    at: usize,
}

impl<T: Clone + Default> Columns<T> {
    /// The next `k · n` numbers, which are zero in the first step.
    fn next(&mut self, len: usize, first: bool) -> &mut [T] {
        let begin = self.at;
        self.at += len;
        if first {
            self.data.resize(self.at, T::default());
        } else if self.at > self.data.len() {
            changed();
        }
        &mut self.data[begin..self.at]
    }

    fn finish(&mut self) {
        if core::mem::take(&mut self.at) != self.data.len() {
            changed();
        }
    }
}

#[cold]
fn changed() -> ! {
    panic!(
        "the model has another number of parameters than in the steps before; an optimiser belongs to one model, and a model that has grown takes a new one"
    )
}

impl<const K: usize> Kept<K> {
    pub(super) fn new() -> Self {
        Kept {
            steps: 0,
            singles: Columns {
                data: Vec::new(),
                at: 0,
            },
            doubles: Columns {
                data: Vec::new(),
                at: 0,
            },
        }
    }

    /// Begins a step.
    pub(super) fn begin(&mut self) {
        // A step that panicked has left its place.
        (self.singles.at, self.doubles.at) = (0, 0);
        self.steps = self.steps.saturating_add(1);
    }

    /// The columns beside the next run of `n` numbers.
    pub(super) fn singles(&mut self, n: usize) -> [&mut [f32]; K] {
        columns(self.singles.next(K * n, self.steps == 1), n)
    }

    /// The columns beside the next run of `n` numbers.
    pub(super) fn doubles(&mut self, n: usize) -> [&mut [f64]; K] {
        columns(self.doubles.next(K * n, self.steps == 1), n)
    }

    /// Ends a step.
    pub(super) fn finish(&mut self) {
        self.singles.finish();
        self.doubles.finish();
    }
}

fn columns<T, const K: usize>(run: &mut [T], n: usize) -> [&mut [T]; K] {
    let mut rest = run;
    core::array::from_fn(|_| {
        let (column, behind) = core::mem::take(&mut rest).split_at_mut(n);
        rest = behind;
        column
    })
}
