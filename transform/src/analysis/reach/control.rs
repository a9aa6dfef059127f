//! Branches, matches and loops: where paths part and meet.

use super::cuts::{self, Cut};
use super::follow::Follow;
use super::link::Atom;
use super::log::{Condition, Header};
use super::state::{State, again_at, all, settled, warm};
use super::tokens;
use super::why::Why;
use crate::ir::*;
use proc_macro2::TokenStream;

impl Follow<'_> {
    /// A block whose variables end with it.
    fn inner(&mut self, block: &Block, state: State) -> Option<State> {
        let before = self.leaving.len();
        let mut end = self.block(block, state);
        if let Some(end) = &mut end {
            end.leave(block);
        }
        for (.., state) in self.leaving.iter_mut().skip(before) {
            state.leave(block);
        }
        end
    }

    pub(super) fn branch(
        &mut self,
        stmt: &Stmt,
        cond: &Operand,
        then: &Block,
        els: &Block,
        state: State,
    ) -> Option<State> {
        let known = match cond {
            Operand::Var(v) => self.known.get(v).copied(),
            Operand::Lit(tokens) => tokens.to_string().parse().ok(),
        };
        if let Some(holds) = known {
            let (taken, other) = if holds { (then, els) } else { (els, then) };
            other.iter().for_each(|stmt| self.dead(stmt, &state));
            return self.inner(taken, state);
        }
        let n = self.condition(stmt, Header::If, &[]);
        self.within.push(Atom::Holds(n));
        let one = self.inner(then, state.with(Atom::Holds(n)));
        self.within.pop();
        self.within.push(Atom::Fails(n));
        let other = self.inner(els, state.with(Atom::Fails(n)));
        self.within.pop();
        all(one.into_iter().chain(other))
    }

    pub(super) fn arms(&mut self, stmt: &Stmt, m: &Match, state: State) -> Option<State> {
        let roots: Vec<VarId> = m
            .reads
            .iter()
            .map(|v| self.f.root(&Place::var(*v)))
            .collect();
        // What the patterns take out goes on; what they only look at ends here.
        if self.telling
            && !m
                .arms
                .iter()
                .any(|arm| cuts::binds(self.f, &arm.body, &roots))
        {
            let (tokens, span) = (m.tokens.clone(), stmt.span);
            let text = self.source.covering(&tokens);
            for n in 0..self.inputs.len() {
                if roots.iter().any(|v| state.link(*v, n).is_some()) {
                    for cut in tokens::of_matched(self.f, m, text.clone(), self.source, span) {
                        roots
                            .iter()
                            .for_each(|v| self.flow(stmt, *v, None, Some(cut.clone())));
                        self.cut(n, cut);
                    }
                }
            }
        }
        let patterns: Vec<TokenStream> = m.arms.iter().map(|arm| arm.pat.clone()).collect();
        let n = self.condition(stmt, Header::Match, &patterns);
        let mut met = None;
        for (k, arm) in m.arms.iter().enumerate() {
            let atom = Atom::Arm(n, k, m.arms.len());
            self.within.push(atom);
            let end = self.inner(&arm.body, state.with(atom));
            self.within.pop();
            met = all(met.into_iter().chain(end));
        }
        met
    }

    pub(super) fn looped(&mut self, stmt: &Stmt, l: &Loop, entry: State) -> Option<State> {
        let n = self.condition(stmt, Header::Loop, &[]);
        let surely = match &l.head {
            Head::Forever => true,
            Head::While(_) => false,
            Head::For(head) => cuts::runs_surely(&head.iter),
        };
        let first = match surely {
            true => entry.clone(),
            false => entry.with(Atom::Runs(n)),
        };
        let mut head = match self.trips.get(&(stmt as *const Stmt)) {
            Some(before) => warm(&first, before, n),
            None => first.clone(),
        };
        let before = self.leaving.len();
        let around = self
            .within
            .iter()
            .filter(|atom| matches!(atom, Atom::Runs(_)));
        let around = around.count();
        let mut round = 0;
        let trip = loop {
            self.leaving.truncate(before);
            if let Head::While(o) = &l.head {
                self.ends(stmt, o, None, &head);
            }
            if let Head::For(of) = &l.head {
                for v in &of.reads {
                    self.bound(stmt, *v, &head);
                }
            }
            self.within.push(Atom::Runs(n));
            let end = self.inner(&l.body, head.clone());
            self.within.pop();
            let again = self.arrived(l.id, true);
            let trip = all(end.into_iter().chain(again));
            let mut next = match &trip {
                Some(trip) => again_at(&first, trip, n),
                None => first.clone(),
            };
            round += 1;
            if settled(&head, &mut next, round, around) {
                if let Some(trip) = &trip {
                    self.trips.insert(stmt, trip.clone());
                }
                break trip;
            }
            head = next;
        };
        let mut ends = self.arrived(l.id, false);
        if !matches!(l.head, Head::Forever) {
            ends.extend(trip);
            if !surely {
                ends.push(entry.with(Atom::Skips(n)));
            }
        }
        all(ends)
    }

    /// What a `for` runs over only counts, unless its items are bound.
    fn bound(&mut self, stmt: &Stmt, v: VarId, state: &State) {
        let Kind::Loop(l) = &stmt.kind else { return };
        if !self.telling {
            return;
        }
        let root = self.f.root(&Place::var(v));
        if cuts::binds(self.f, &l.body, &[root]) {
            return;
        }
        for n in 0..self.inputs.len() {
            if state.link(root, n).is_some() {
                self.cut(
                    n,
                    Cut::at(Why::Bound, self.source.header(stmt.span), stmt.span),
                );
            }
        }
    }

    fn condition(&mut self, stmt: &Stmt, header: Header, arms: &[TokenStream]) -> usize {
        if let Some(n) = self.numbers.get(&(stmt as *const Stmt)) {
            return *n;
        }
        let n = self.log.conditions.len();
        self.log.conditions.push(Condition {
            header,
            span: stmt.span,
            arms: arms.to_vec(),
        });
        self.numbers.insert(stmt, n);
        n
    }
}
