//! Memory that a read can be repeated from in the reverse sweep, because nothing writes it any more.

use crate::ir::*;
use crate::ty::Ty;
use std::collections::{HashMap, HashSet};

/// Where each variable's memory is written and where it is moved away.
#[derive(Clone, Debug, Default)]
pub struct Writes {
    /// Positions of the writes in the order of the text, each with the loops around it, and whether it only adds
    /// elements to a vector.
    writes: HashMap<VarId, Vec<(usize, Vec<ScopeId>, bool)>>,
    /// The loops around each variable's definition.
    defined: HashMap<VarId, Vec<ScopeId>>,
    /// Variables that something takes by value.
    moved: HashMap<VarId, bool>,
    /// Loops whose trips are reversed as soon as they have run.
    joint: HashSet<ScopeId>,
    /// The position of each definition by `Let` or `Bind`, with the loops around it.
    at: HashMap<VarId, (usize, Vec<ScopeId>)>,
}

impl Writes {
    /// The same, where the trips of these loops are reversed as soon as they have run: what is read in a trip can
    /// be overwritten by the rest of this trip alone.
    pub fn within(self, joint: HashSet<ScopeId>) -> Writes {
        Writes { joint, ..self }
    }

    /// Whether anything writes to the variable's memory.
    pub fn is_written(&self, v: VarId) -> bool {
        self.writes.contains_key(&v)
    }

    /// Whether something takes the variable by value.
    pub fn is_moved(&self, v: VarId) -> bool {
        self.moved.get(&v).copied().unwrap_or(false)
    }

    /// Whether memory read where `reader` is defined still holds the same when the reverse sweep runs.
    pub fn is_frozen(&self, f: &Function, root: VarId, reader: VarId) -> bool {
        match self.at.get(&reader) {
            Some((at, loops)) => self.is_frozen_at(f, root, *at, loops, false),
            None => false,
        }
    }

    /// The same for an element that is read by its index, which a vector that only grows keeps.
    pub fn is_element_frozen(&self, f: &Function, root: VarId, reader: VarId) -> bool {
        match self.at.get(&reader) {
            Some((at, loops)) => self.is_frozen_at(f, root, *at, loops, true),
            // Who reads is not known, but nobody writes through a shared reference.
            None => {
                matches!(f.vars[root].ty, Ty::Ref(_, false))
                    && f.params.iter().any(|p| p.var == root)
            }
        }
    }

    /// The loops around a variable's definition, outermost first, where that is in the function's body.
    pub fn loops_of(&self, v: VarId) -> Option<&[ScopeId]> {
        self.defined.get(&v).map(Vec::as_slice)
    }

    /// Where a variable is defined in the order of the text.
    pub fn position(&self, v: VarId) -> Option<usize> {
        self.at.get(&v).map(|(at, _)| *at)
    }

    /// The positions of the writes to the variable's memory while a loop runs.
    pub fn writes_in(&self, root: VarId, id: ScopeId) -> Vec<usize> {
        let writes = self.writes.get(&root).into_iter().flatten();
        let inside = writes.filter(|(_, around, _)| around.contains(&id));
        inside.map(|(at, ..)| *at).collect()
    }

    /// Whether something writes to the variable's memory while a loop runs.
    pub fn is_written_in(&self, root: VarId, id: ScopeId) -> bool {
        !self.writes_in(root, id).is_empty()
    }

    /// Whether it is known where the variable is defined.
    pub fn knows(&self, v: VarId) -> bool {
        self.at.contains_key(&v)
    }

    fn is_frozen_at(
        &self,
        f: &Function,
        root: VarId,
        at: usize,
        loops: &[ScopeId],
        element: bool,
    ) -> bool {
        if f.is_lent(root) {
            return false;
        }
        let var = &f.vars[root];
        let is_param = f.params.iter().any(|p| p.var == root);
        if is_param && matches!(var.ty, Ty::Ref(_, true)) {
            return false;
        }
        if matches!(var.ty, Ty::Ref(_, false)) {
            return is_param;
        }
        if self.moved.get(&root).copied().unwrap_or(false) && !var.ty.is_copy() {
            return false;
        }
        let home = self
            .defined
            .get(&root)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let Some(writes) = self.writes.get(&root) else {
            return true;
        };
        let joint = loops.iter().find(|id| self.joint.contains(id));
        let in_reach = |around: &[ScopeId]| joint.is_none_or(|id| around.contains(id));
        let mut writes = writes.iter().filter(|(_, around, _)| in_reach(around));
        writes.all(|(write, around, grows)| {
            // A loop around both would bring the write after the read, unless the memory is made anew in it.
            let together = around
                .iter()
                .zip(loops)
                .take_while(|(a, b)| a == b)
                .any(|(a, _)| !home.contains(a) && !self.joint.contains(a));
            (*write < at && !together) || (element && *grows)
        })
    }
}

struct Walk<'a> {
    f: &'a Function,
    out: Writes,
    position: usize,
    loops: Vec<ScopeId>,
    /// Values without a name of the user's that were read from a part of a variable.
    read_from: HashMap<VarId, VarId>,
}

/// Collects the writes of a function.
pub fn writes(f: &Function) -> Writes {
    let mut walk = Walk {
        f,
        out: Writes::default(),
        position: 0,
        loops: Vec::new(),
        read_from: HashMap::new(),
    };
    walk.block(&f.body);
    walk.out
}

impl Walk<'_> {
    fn write(&mut self, place: &Place) {
        self.written(place, false);
    }

    fn written(&mut self, place: &Place, grows: bool) {
        let root = self.f.root(place);
        self.out
            .writes
            .entry(root)
            .or_default()
            .push((self.position, self.loops.clone(), grows));
    }

    fn define(&mut self, v: VarId) {
        self.out.defined.insert(v, self.loops.clone());
        self.out.at.insert(v, (self.position, self.loops.clone()));
    }

    /// Something takes the operand by value; through an exclusive reference it can write from then on.
    fn take(&mut self, o: &Operand) {
        let Operand::Var(v) = o else { return };
        self.out.moved.insert(*v, true);
        // What was read from a field of unknown type was moved out of it, if it is no number.
        if let Some(root) = self.read_from.get(v) {
            self.out.moved.insert(*root, true);
        }
        if matches!(self.f.vars[*v].ty, Ty::Ref(_, true)) {
            self.write(&Place::var(*v));
        }
    }

    fn moves(&mut self, e: &Expr) {
        match e {
            Expr::Use(o) => self.take(o),
            Expr::Load(p) if p.path.is_empty() => {
                self.out.moved.insert(p.base, true);
            }
            Expr::Tuple(es) | Expr::Array(es, _) => es.iter().for_each(|e| self.moves(e)),
            Expr::Wrap(e, _) | Expr::Repeat(e, ..) => self.moves(e),
            Expr::Removed(_, how) => how.value().into_iter().for_each(|o| self.take(o)),
            Expr::Build(b) => {
                b.parts.iter().for_each(|(_, e)| self.moves(e));
                // The fields that are not named are moved out of it, as far as they are not copied.
                if let Some(Expr::Load(p)) = &b.base {
                    self.out.moved.insert(self.f.root(p), true);
                }
            }
            Expr::Call(_, args) => args.iter().for_each(|a| {
                if let Arg::Value(o) = a {
                    self.take(o);
                }
            }),
            _ => {}
        }
    }

    fn expr(&mut self, e: &Expr) {
        self.moves(e);
        match e {
            Expr::Call(_, args) => {
                for arg in args {
                    match arg {
                        Arg::Exclusive(p, _) => self.write(p),
                        Arg::Receiver(p) if self.f.may_be_changed(p) => self.write(p),
                        _ => {}
                    }
                }
            }
            Expr::Removed(p, _) => self.write(p),
            Expr::Opaque(o) | Expr::Refused(o, _) => self.opaque(o),
            _ => {}
        }
    }

    fn opaque(&mut self, o: &Opaque) {
        for v in &o.writes {
            self.write(&Place::var(*v));
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in block {
            self.position += 1;
            match &stmt.kind {
                Kind::Let(v, e) => {
                    self.expr(e);
                    self.define(*v);
                    if let Expr::Load(p) = e
                        && !p.path.is_empty()
                        && !self.f.place_ty(p).is_copy()
                    {
                        let root = self.f.root(p);
                        match self.f.vars[*v].temp {
                            true => drop(self.read_from.insert(*v, root)),
                            false => drop(self.out.moved.insert(root, true)),
                        }
                    }
                }
                Kind::Declare(v) => {
                    self.define(*v);
                }
                Kind::Bind(v, _) | Kind::Alias(v, _) => self.define(*v),
                Kind::Destructure(_, v) => {
                    self.out.moved.insert(*v, true);
                }
                // What is added to a number is a number or a reference to one.
                Kind::Update(p, _, Expr::Use(_)) if self.f.place_ty(p).is_float() => self.write(p),
                Kind::Assign(p, e) | Kind::Update(p, _, e) => {
                    self.expr(e);
                    self.write(p);
                }
                Kind::Swap(a, kind) => {
                    self.write(a);
                    if let SwapKind::With(b, _) = kind {
                        self.write(b);
                    }
                }
                Kind::Fill(p, _) => self.write(p),
                Kind::CopySlice { to, .. } => self.write(to),
                Kind::Resize(p, how) => {
                    how.value().into_iter().for_each(|o| self.take(o));
                    let grows = matches!(
                        how,
                        Resize::Push(_) | Resize::Extend(..) | Resize::Append(..)
                    );
                    self.written(p, grows);
                    if let Resize::Append(from, ..) = how {
                        self.write(from);
                    }
                }
                Kind::If { then, els, .. } => {
                    self.block(then);
                    self.block(els);
                }
                Kind::Match(m) => {
                    for v in &m.reads {
                        self.out.moved.insert(*v, true);
                    }
                    m.arms.iter().for_each(|a| self.block(&a.body));
                }
                Kind::Loop(l) => {
                    if let Head::For(h) = &l.head {
                        let by_value = h.reads.iter().filter(|v| !self.f.vars[**v].ty.is_copy());
                        for v in by_value {
                            // `for x in vector` consumes it; `&vector` and `.iter()` do not.
                            let text = h.iter.to_string();
                            if self.f.vars[*v].ident == text || text.contains("into_iter") {
                                self.out.moved.insert(*v, true);
                            }
                        }
                    }
                    self.loops.push(l.id);
                    if let Head::While(o) = &l.head {
                        self.opaque(o);
                    }
                    self.block(&l.body);
                    self.loops.pop();
                }
                Kind::Scope(_, _, b) => self.block(b),
                Kind::Opaque(o) | Kind::Refused(o, _) => self.opaque(o),
                Kind::Exit { .. }
                | Kind::Raw(_)
                | Kind::Check(..)
                | Kind::Observe(_)
                | Kind::Watch(..)
                | Kind::Accumulate(..)
                | Kind::Save(..) => {}
            }
        }
    }
}
