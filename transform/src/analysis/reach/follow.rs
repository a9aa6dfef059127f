//! The statements in their order, with what each variable is connected to before and after them.

use super::cuts::{self, Cut};
use super::is_whole;
use super::link::{Atom, Edge, Link};
use super::log::{Call, Condition, Flow};
use super::part;
use super::receiver::receiver;
use super::state::{State, all};
use super::tokens;
use super::why::Why;
use crate::analysis::activity::{changed, is_output, sources};
use crate::ir::*;
use crate::source::Source;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What was seen on the way.
#[derive(Default)]
pub(super) struct Log {
    pub(super) cuts: Vec<(usize, Cut)>,
    pub(super) calls: Vec<Call>,
    pub(super) conditions: Vec<Condition>,
    pub(super) flows: Vec<Flow>,
}

pub(super) struct Follow<'a> {
    pub(super) f: &'a Function,
    /// The inputs' variables and positions; watched locals come behind the parameters.
    pub(super) inputs: &'a [(VarId, usize)],
    pub(super) source: &'a Source,
    /// Whether places are asked for, which takes the user's text.
    pub(super) telling: bool,
    pub(super) log: Log,
    /// The numbers of the statements that have one.
    pub(super) numbers: HashMap<*const Stmt, usize>,
    /// What a trip of a loop left, when the loop was followed the last time.
    pub(super) trips: HashMap<*const Stmt, State>,
    pub(super) seen: HashSet<(*const Stmt, VarId, Option<VarId>)>,
    /// States that are on their way to the end of a scope, or to its next trip.
    pub(super) leaving: Vec<(ScopeId, bool, State)>,
    pub(super) within: Vec<Atom>,
    /// Variables that hold `true` or `false` as it is written.
    pub(super) known: HashMap<VarId, bool>,
}

/// Follows a function to its ends.
pub(super) fn follow(
    f: &Function,
    inputs: &[(VarId, usize)],
    source: &Source,
    telling: bool,
) -> (Vec<State>, Log) {
    let mut start = State {
        rows: HashMap::new(),
        path: vec![Vec::new()],
    };
    // A watched local is one where it gets its value.
    let is_parameter = |v: VarId| f.params.iter().any(|p| p.var == v);
    let variables = inputs.iter().map(|(v, _)| v).enumerate();
    for (n, v) in variables.filter(|(_, v)| is_parameter(**v)) {
        let mut row = vec![Link::default(); inputs.len()];
        row[n] = Link::input();
        start.rows.insert(*v, Rc::new(row));
    }
    let mut follow = Follow {
        f,
        inputs,
        source,
        telling,
        log: Log::default(),
        numbers: HashMap::new(),
        trips: HashMap::new(),
        seen: HashSet::new(),
        leaving: Vec::new(),
        within: Vec::new(),
        known: HashMap::new(),
    };
    let end = follow.block(&f.body, start);
    let mut ends = follow.arrived(FUNCTION, false);
    ends.extend(end);
    (ends, follow.log)
}

/// The connection of what a function gives to an input, over all its ends.
pub(super) fn result(f: &Function, ends: &[State], input: usize) -> Link {
    let one = |end: &State| {
        let outputs = f.params.iter().filter(|p| is_output(p)).map(|p| p.var);
        let mut link = Link::default();
        for v in std::iter::once(f.ret).chain(outputs) {
            if let Some(of) = end.link(v, input) {
                link.or(of);
            }
        }
        State {
            rows: HashMap::from([(f.ret, Rc::new(vec![link]))]),
            path: end.path.clone(),
        }
    };
    let met = all(ends.iter().map(one));
    met.and_then(|end| end.link(f.ret, 0).cloned())
        .unwrap_or_default()
}

fn may_leave(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::If { .. } | Kind::Match(_) | Kind::Loop(_) | Kind::Scope(..) | Kind::Exit { .. }
    )
}

#[derive(Clone, Copy, PartialEq)]
enum Update {
    Whole,
    Part,
}

impl Follow<'_> {
    pub(super) fn arrived(&mut self, scope: ScopeId, again: bool) -> Vec<State> {
        let (there, rest) = std::mem::take(&mut self.leaving)
            .into_iter()
            .partition(|(s, a, _)| *s == scope && *a == again);
        self.leaving = rest;
        let there: Vec<(ScopeId, bool, State)> = there;
        there.into_iter().map(|(_, _, state)| state).collect()
    }

    /// Follows a block to its end, unless every path leaves it before.
    pub(super) fn block(&mut self, block: &Block, mut state: State) -> Option<State> {
        for (n, stmt) in block.iter().enumerate() {
            // Only what follows a statement that every path leaves asks what was known before it.
            let before = match self.telling && may_leave(&stmt.kind) && n + 1 < block.len() {
                true => state.clone(),
                false => State::default(),
            };
            match self.stmt(stmt, state) {
                Some(next) => state = next,
                None => {
                    let rest = block.iter().skip(n + 1);
                    rest.for_each(|stmt| self.dead(stmt, &before));
                    return None;
                }
            }
        }
        Some(state)
    }

    /// A statement that no path gets to.
    pub(super) fn dead(&mut self, stmt: &Stmt, state: &State) {
        if !self.telling {
            return;
        }
        let mut read = Vec::new();
        cuts::reads_within(self.f, stmt, &mut read);
        for n in 0..self.inputs.len() {
            if read.iter().any(|v| state.link(*v, n).is_some()) {
                let cut = Cut::at(Why::DeadCode, self.source.from(stmt.span), stmt.span);
                self.cut(n, cut);
            }
        }
    }

    pub(super) fn cut(&mut self, input: usize, cut: Cut) {
        let known = self.log.cuts.iter();
        let mut known = known.filter(|(n, _)| *n == input).map(|(_, c)| c);
        if !known.any(|c| c.why == cut.why && c.is_at(&cut)) {
            self.log.cuts.push((input, cut));
        }
    }

    pub(super) fn flow(&mut self, stmt: &Stmt, from: VarId, to: Option<VarId>, cut: Option<Cut>) {
        if self.telling && self.seen.insert((stmt, from, to)) {
            let call = self.numbers.get(&(stmt as *const Stmt)).copied();
            let is_call = matches!(
                &stmt.kind,
                Kind::Let(_, Expr::Call(..) | Expr::Load(_) | Expr::Copy(..))
                    | Kind::Assign(_, Expr::Call(..) | Expr::Load(_) | Expr::Copy(..))
                    | Kind::Bind(..)
            );
            self.log.flows.push(Flow {
                from,
                to,
                within: self.within.clone(),
                span: stmt.span,
                cut,
                call: call.filter(|_| is_call),
            });
        }
    }

    /// Tells of the derivatives that end where the user's tokens use variables without one.
    pub(super) fn ends(&mut self, stmt: &Stmt, o: &Opaque, to: Option<VarId>, state: &State) {
        if !self.telling {
            return;
        }
        let roots: Vec<(VarId, VarId)> = o
            .reads
            .iter()
            .map(|v| (*v, self.f.root(&Place::var(*v))))
            .collect();
        for (v, root) in &roots {
            let name = self.f.vars[*v].ident.to_string();
            let cut = tokens::of_opaque(o, &[name], self.source)
                .into_iter()
                .next();
            self.flow(stmt, *root, to, cut);
        }
        for n in 0..self.inputs.len() {
            let reached = |(_, root): &&(VarId, VarId)| state.link(*root, n).is_some();
            let names: Vec<String> = roots
                .iter()
                .filter(reached)
                .map(|(v, _)| self.f.vars[*v].ident.to_string())
                .collect();
            if names.is_empty() {
                continue;
            }
            for cut in tokens::of_opaque(o, &names, self.source) {
                self.cut(n, cut);
            }
        }
    }

    fn define(&mut self, stmt: &Stmt, to: VarId, row: Vec<Link>, how: Update, state: &mut State) {
        if self.f.vars[to].ty.is_constant() {
            return;
        }
        let old = state.rows.get(&to).cloned();
        if how == Update::Part {
            let mut whole = old.map(|row| (*row).clone()).unwrap_or_default();
            whole.resize(self.inputs.len(), Link::default());
            whole
                .iter_mut()
                .zip(&row)
                .for_each(|(link, more)| link.or(more));
            state.rows.insert(to, Rc::new(whole));
            return;
        }
        let defines = matches!(stmt.kind, Kind::Let(..) | Kind::Declare(_) | Kind::Bind(..));
        if let (Some(old), false, true) = (&old, defines, self.telling) {
            let name = self.f.vars[to].ident.to_string();
            let why = Why::Overwritten(name.trim_start_matches("r#").to_string());
            let cut = Cut::at(why, self.source.from(stmt.span), stmt.span);
            for n in 0..self.inputs.len() {
                let was = old.get(n).is_some_and(Link::is_connected);
                if was && !row.get(n).is_some_and(Link::is_connected) {
                    self.cut(n, cut.clone());
                    self.flow(stmt, to, None, Some(cut.clone()));
                }
            }
        }
        state.rows.insert(to, Rc::new(row));
    }

    fn union(&self, from: &[VarId], state: &State) -> Vec<Link> {
        let mut row = vec![Link::default(); self.inputs.len()];
        for v in from {
            if self.f.vars[*v].ty.is_constant() {
                continue;
            }
            if let Some(of) = state.rows.get(v) {
                row.iter_mut()
                    .zip(of.iter())
                    .for_each(|(link, more)| link.or(more));
            }
        }
        row
    }

    fn set(&mut self, stmt: &Stmt, to: VarId, from: &[VarId], how: Update, state: &mut State) {
        from.iter()
            .for_each(|v| self.flow(stmt, *v, Some(to), None));
        let row = self.union(from, state);
        self.define(stmt, to, row, how, state);
    }

    /// What is read from memory, a field perhaps of which rustc knows whether it passes anything on.
    fn read(&mut self, stmt: &Stmt, to: VarId, p: &Place, how: Update, state: &mut State) {
        let root = self.f.root(p);
        let part = self.part(p);
        if let (Some((number, _)), true) = (part, self.telling) {
            self.numbers.insert(stmt, number);
        }
        self.flow(stmt, root, Some(to), None);
        let mut row = match self.f.place_ty(p).is_constant() {
            true => self.union(&[], state),
            false => self.union(&[root], state),
        };
        if let Some(edge) = part {
            row.iter_mut().for_each(|link| *link = link.through(edge));
        }
        self.define(stmt, to, row, how, state);
    }

    /// The question whether a part of a parameter has a derivative.
    fn part(&mut self, p: &Place) -> Option<Edge> {
        let part = part::part(self.f, p)?;
        let known = |call: &Call| call.part.as_ref().is_some_and(|known| known.is(&part));
        let number = self.log.calls.iter().position(known);
        let number = number.unwrap_or(self.log.calls.len());
        if number == self.log.calls.len() {
            self.log.calls.push(Call {
                callee: Callee::Value(part.field.clone()),
                span: Some(part.field.span()),
                receiver: None,
                on: None,
                part: Some(part),
            });
        }
        Some((number, 0))
    }

    fn expr(&mut self, stmt: &Stmt, to: VarId, e: &Expr, how: Update, state: &mut State) {
        match e {
            Expr::Opaque(o) | Expr::Refused(o, _) => {
                self.ends(stmt, o, Some(to), state);
                let text = o.tokens.to_string();
                // Of a variable that never changes alone.
                let fixed = matches!(stmt.kind, Kind::Let(..)) && !self.f.vars[to].mutable;
                if let (Ok(value), true) = (text.parse(), fixed) {
                    self.known.insert(to, value);
                }
            }
            Expr::Call(callee, args) => return self.call(stmt, to, callee, args, how, state),
            _ => {}
        }
        let from = sources(self.f, e);
        let ended = match self.telling {
            true => cuts::of_rules(self.f, e),
            false => Vec::new(),
        };
        for (v, why, name) in ended {
            let text = self.source.method(name.span());
            let text = text.or_else(|| self.source.token(name.span()));
            let cut = Cut::at(why, text, name.span());
            self.flow(stmt, v, Some(to), Some(cut.clone()));
            for n in 0..self.inputs.len() {
                if state.link(v, n).is_some() {
                    self.cut(n, cut.clone());
                }
            }
        }
        match e {
            Expr::Load(p) | Expr::Copy(p, _) => self.read(stmt, to, p, how, state),
            _ => self.set(stmt, to, &from, how, state),
        }
        if let Expr::Removed(p, removal) = e
            && let Some(Operand::Var(v)) = removal.value()
        {
            let (root, v) = (self.f.root(p), self.f.root(&Place::var(*v)));
            self.set(stmt, root, &[v], Update::Part, state);
        }
    }

    fn call(
        &mut self,
        stmt: &Stmt,
        to: VarId,
        callee: &Callee,
        args: &[Arg],
        how: Update,
        state: &mut State,
    ) {
        let number = match self.numbers.get(&(stmt as *const Stmt)) {
            Some(number) => *number,
            None => {
                let on = match args.first() {
                    Some(Arg::Receiver(p)) => Some(self.f.resolve(p)),
                    _ => None,
                };
                self.log.calls.push(Call {
                    callee: callee.clone(),
                    span: callee.span(),
                    on: on.as_ref().and_then(|p| receiver(self.f, p)),
                    receiver: on,
                    part: None,
                });
                self.numbers.insert(stmt, self.log.calls.len() - 1);
                self.log.calls.len() - 1
            }
        };
        let mut row = vec![Link::default(); self.inputs.len()];
        for (n, arg) in args.iter().enumerate() {
            let (roots, known) = match arg {
                Arg::Value(Operand::Var(v)) => (vec![self.f.root(&Place::var(*v))], true),
                Arg::Value(Operand::Lit(_)) => continue,
                Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => {
                    (vec![self.f.root(p)], true)
                }
                Arg::Function(v, _) => (vec![*v], false),
                Arg::Closure(lifted, _) => {
                    let of = |v: &VarId| self.f.root(&Place::var(*v));
                    (lifted.captures.iter().map(of).collect(), false)
                }
            };
            for root in &roots {
                self.flow(stmt, *root, Some(to), None);
                for c in changed(self.f, args) {
                    self.flow(stmt, *root, Some(c), None);
                }
            }
            let part = match arg {
                Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => self.part(p),
                _ => None,
            };
            for (link, of) in row.iter_mut().zip(self.union(&roots, state)) {
                let of = match part {
                    Some(edge) => of.through(edge),
                    None => of,
                };
                if of.is_connected() {
                    link.or(&if known { of.through((number, n)) } else { of });
                }
            }
        }
        for c in changed(self.f, args) {
            self.define(stmt, c, row.clone(), Update::Part, state);
        }
        self.define(stmt, to, row, how, state);
    }

    fn stmt(&mut self, stmt: &Stmt, mut state: State) -> Option<State> {
        let f = self.f;
        match &stmt.kind {
            Kind::Let(v, e) => self.expr(stmt, *v, e, Update::Whole, &mut state),
            Kind::Declare(v) => self.set(stmt, *v, &[], Update::Whole, &mut state),
            // A watched local is an input of its own from here on.
            Kind::Watch(v, number) => {
                let position = f.params.len() + number;
                if let Some(n) = self.inputs.iter().position(|(_, p)| *p == position) {
                    let mut row = self.union(&[*v], &state);
                    row[n] = Link::input();
                    state.rows.insert(*v, Rc::new(row));
                }
            }
            Kind::Bind(v, Some(p)) => self.read(stmt, *v, p, Update::Whole, &mut state),
            Kind::Assign(p, e) => {
                let how = if is_whole(f, p) {
                    Update::Whole
                } else {
                    Update::Part
                };
                self.expr(stmt, f.root(p), e, how, &mut state);
            }
            Kind::Update(p, _, e) => self.expr(stmt, f.root(p), e, Update::Part, &mut state),
            Kind::Swap(p, SwapKind::With(q, _)) => {
                let (a, b) = (f.root(p), f.root(q));
                self.flow(stmt, a, Some(b), None);
                self.flow(stmt, b, Some(a), None);
                let (from_a, from_b) = (self.union(&[a], &state), self.union(&[b], &state));
                let whole = f.resolve(p).path.is_empty() && f.resolve(q).path.is_empty();
                if whole && a != b {
                    state.rows.insert(a, Rc::new(from_b));
                    state.rows.insert(b, Rc::new(from_a));
                } else {
                    self.define(stmt, a, from_b, Update::Part, &mut state);
                    self.define(stmt, b, from_a, Update::Part, &mut state);
                }
            }
            Kind::Fill(p, value) => {
                let how = if is_whole(f, p) {
                    Update::Whole
                } else {
                    Update::Part
                };
                let from = match value {
                    Operand::Var(v) => vec![*v],
                    Operand::Lit(_) => Vec::new(),
                };
                self.set(stmt, f.root(p), &from, how, &mut state);
            }
            Kind::CopySlice { to, from } => {
                let how = if is_whole(f, to) {
                    Update::Whole
                } else {
                    Update::Part
                };
                self.set(stmt, f.root(to), &[f.root(from)], how, &mut state);
            }
            Kind::Resize(p, how) => {
                let mut from = Vec::new();
                if let Some(Operand::Var(v)) = how.value() {
                    from.push(f.root(&Place::var(*v)));
                }
                from.extend(how.from().map(|p| f.root(p)));
                self.set(stmt, f.root(p), &from, Update::Part, &mut state);
            }
            Kind::Opaque(o) | Kind::Refused(o, _) => self.ends(stmt, o, None, &state),
            Kind::If { cond, then, els } => return self.branch(stmt, cond, then, els, state),
            Kind::Match(m) => return self.arms(stmt, m, state),
            Kind::Loop(l) => return self.looped(stmt, l, state),
            Kind::Scope(id, _, body) => {
                let end = self.block(body, state);
                return all(end.into_iter().chain(self.arrived(*id, false)));
            }
            Kind::Exit { target, again } => {
                self.leaving.push((*target, *again, state));
                return None;
            }
            _ => {}
        }
        Some(state)
    }
}
