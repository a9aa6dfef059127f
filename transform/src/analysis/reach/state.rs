//! What every variable is connected to at one point of the function, and where paths meet.

use super::link::{Atom, Link, When, and, simplify};
use crate::ir::VarId;
use std::collections::HashMap;
use std::rc::Rc;

/// What every variable is connected to at one point of the function, input by input.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) rows: HashMap<VarId, Rc<Vec<Link>>>,
    pub(super) path: When,
}

impl State {
    /// Whether anything leads to the variable.
    pub(super) fn hears(&self, v: VarId) -> bool {
        let row = self.rows.get(&v);
        row.is_some_and(|row| row.iter().any(Link::is_connected))
    }

    pub(super) fn link(&self, v: VarId, input: usize) -> Option<&Link> {
        self.rows.get(&v)?.get(input).filter(|l| l.is_connected())
    }

    pub(super) fn with(&self, atom: Atom) -> State {
        State {
            rows: self.rows.clone(),
            path: and(&self.path, &vec![vec![atom]]),
        }
    }

    /// What holds where two paths meet.
    pub(super) fn meet(self, other: State) -> State {
        let mut rows = self.rows;
        let none = Rc::new(Vec::new());
        for (v, there) in &other.rows {
            let here = rows.get(v).cloned().unwrap_or_else(|| none.clone());
            if Rc::ptr_eq(&here, there) || here == *there {
                continue;
            }
            let row = (0..here.len().max(there.len())).map(|n| {
                let (empty, full) = (Link::default(), Link::default());
                let here = here.get(n).unwrap_or(&empty);
                here.meet(&self.path, there.get(n).unwrap_or(&full), &other.path)
            });
            rows.insert(*v, Rc::new(row.collect()));
        }
        for (v, here) in &mut rows {
            if !other.rows.contains_key(v) {
                let nothing = Link::default();
                let row = here
                    .iter()
                    .map(|l| l.meet(&self.path, &nothing, &other.path));
                *here = Rc::new(row.collect());
            }
        }
        let mut path = self.path;
        path.extend(other.path);
        simplify(&mut path);
        State { rows, path }
    }
}

/// What holds where all of these meet; nothing if there are none.
pub(super) fn all(states: impl IntoIterator<Item = State>) -> Option<State> {
    states.into_iter().reduce(State::meet)
}

/// What holds at the head of a loop: what was there, or, from the second trip on, what a trip leaves.
pub(super) fn again_at(first: &State, trip: &State, n: usize) -> State {
    let always = vec![Vec::new()];
    let later = vec![vec![Atom::Again(n)]];
    let mut rows = HashMap::new();
    for (v, here) in &first.rows {
        let none = Rc::new(Vec::new());
        let there = trip.rows.get(v).unwrap_or(&none);
        let row = here.iter().enumerate().map(|(k, here)| {
            let nothing = Link::default();
            here.meet(&always, there.get(k).unwrap_or(&nothing), &later)
        });
        rows.insert(*v, Rc::new(row.collect()));
    }
    State {
        rows,
        path: first.path.clone(),
    }
}

/// Whether another round would tell nothing new. What connects is followed to its fixed point; the conditions are
/// for people and need not be exact to the last trip, the less so the more loops are `around`: each of them
/// multiplies the rounds.
pub(super) fn settled(head: &State, next: &State, round: usize, around: usize) -> bool {
    const ROUNDS: usize = 64;
    let telling = 4_usize.saturating_sub(3 * around);
    head.rows.iter().all(|(v, row)| {
        let Some(other) = next.rows.get(v) else {
            return false;
        };
        row.iter().zip(other.iter()).all(|(a, b)| {
            a.ways == b.ways
                && (a.always == b.always || round > ROUNDS)
                && (a.when == b.when || round > telling)
        })
    })
}
