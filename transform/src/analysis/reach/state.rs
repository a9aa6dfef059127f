//! What every variable is connected to at one point of the function, and where paths meet.

use super::link::{Atom, Link, When, and, simplify};
use crate::ir::{Block, Kind, VarId};
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

    /// What is left where a block ends: its own variables are gone.
    pub(super) fn leave(&mut self, block: &Block) {
        for stmt in block {
            if let Kind::Let(v, _) | Kind::Declare(v) | Kind::Bind(v, _) = &stmt.kind {
                self.rows.remove(v);
            }
        }
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

/// What is known at the head of a loop before its first trip is followed: besides what was there, what a trip left when
/// the loop was followed before, in another trip of the loops around it. Connections only grow from one to the next, so
/// that nothing is claimed too much and the rounds of nested loops do not multiply.
pub(super) fn warm(first: &State, before: &State, n: usize) -> State {
    let mut head = again_at(first, before, n);
    for (v, row) in &mut head.rows {
        let Some(there) = first.rows.get(v) else {
            continue;
        };
        let links = row.iter().zip(there.iter());
        *row = Rc::new(
            links
                .map(|(link, first)| Link {
                    always: first.always.clone(),
                    ..link.clone()
                })
                .collect(),
        );
    }
    head
}

/// Whether another round would tell nothing new. What connects is followed to its fixed point; the conditions are
/// for people and need not be exact to the last trip, the less so the more loops are `around`: each of them
/// multiplies the rounds. Where they are left, `next` says that there is more.
pub(super) fn settled(head: &State, next: &mut State, round: usize, around: usize) -> bool {
    const ROUNDS: usize = 64;
    let telling = 4_usize.saturating_sub(3 * around);
    let mut settled = true;
    for (v, other) in &mut next.rows {
        let Some(row) = head.rows.get(v) else {
            settled = false;
            continue;
        };
        if Rc::ptr_eq(row, other) {
            continue;
        }
        let mut new = Vec::new();
        for (a, b) in row.iter().zip(other.iter()) {
            let mut b = b.clone();
            if a.when != b.when && round > telling {
                b.when = a.when.clone();
                b.when.push(vec![Atom::Untold]);
                simplify(&mut b.when);
            }
            settled &=
                a.ways == b.ways && (a.always == b.always || round > ROUNDS) && a.when == b.when;
            new.push(b);
        }
        *other = Rc::new(new);
    }
    settled
}
