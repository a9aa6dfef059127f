//! Values that are the same in every trip of a loop, and integers that count along with it: they are kept once
//! for each time that the loop runs, not once for each trip.

use super::*;
use quote::ToTokens;

/// What is known of a loop that was reversed.
pub(super) struct Site {
    /// The segment that the loop stands in.
    segment: SegId,
    /// The loop around it.
    pub around: Option<ScopeId>,
    /// Every trip runs to its end, and after the last the statement behind the loop.
    whole: bool,
    /// The number of the trip.
    counter: VarId,
}

/// A value that is taken along from a loop: where it is noted, and the variable that has it behind the loop.
pub(super) struct Taken {
    note: proc_macro2::Ident,
    var: VarId,
}

impl Reverse<'_> {
    pub(super) fn note_site(&mut self, stmt: &Stmt, l: &Loop, counter: VarId) {
        let site = Site {
            segment: self.segment,
            around: self.innermost.last().copied(),
            whole: !ends_early(l) && !may_leave(stmt),
            counter,
        };
        self.sites.insert(l.id, site);
    }

    /// How a value that would be kept in every trip is kept less often, if it can be.
    pub(super) fn kept_less_often(&mut self, v: VarId) -> Option<saved::How> {
        let simple = matches!(self.f.vars[v].ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool);
        if !simple || self.f.plain {
            return None;
        }
        if let Some(id) = self.same_in(v) {
            let taken = self.behind(v, id)?;
            return Some(saved::How::Recomputed(Expr::Use(Operand::Var(taken))));
        }
        self.counts_along(v)
    }

    /// The outermost loop around a value in whose trips it is always the same.
    fn same_in(&self, v: VarId) -> Option<ScopeId> {
        let loops = self.writes.loops_of(v)?;
        let is_whole = |id: &ScopeId| self.sites.get(id).is_some_and(|s| s.whole);
        loops
            .iter()
            .copied()
            .find(|id| is_whole(id) && self.is_same(v, *id, 8))
    }

    fn is_same(&self, v: VarId, id: ScopeId, budget: usize) -> bool {
        let var = &self.f.vars[v];
        if budget == 0 || var.alias.is_some() {
            return false;
        }
        if var.mutable || matches!(var.ty, Ty::Ref(..)) || var.ty.is_sequence() {
            return self.is_memory_same(v, id);
        }
        if self.is_outside(v, id) {
            return true;
        }
        match self.definitions.get(&v) {
            Some(Definition::Expr(e)) => self.is_expr_same(e, id, budget - 1),
            _ => false,
        }
    }

    fn is_outside(&self, v: VarId, id: ScopeId) -> bool {
        let is_param = self.f.params.iter().any(|p| p.var == v);
        is_param || (self.writes.loops_of(v)).is_some_and(|loops| !loops.contains(&id))
    }

    /// Whether nothing writes to the variable's memory while the loop runs.
    fn is_memory_same(&self, root: VarId, id: ScopeId) -> bool {
        let is_param = self.f.params.iter().any(|p| p.var == root);
        let var = &self.f.vars[root];
        let is_known = var.alias.is_none() && (is_param || !matches!(var.ty, Ty::Ref(..)));
        is_known
            && !self.f.is_lent(root)
            && self.is_outside(root, id)
            && !self.writes.is_written_in(root, id)
    }

    fn is_expr_same(&self, e: &Expr, id: ScopeId, budget: usize) -> bool {
        let operand = |o: &Operand| match o {
            Operand::Var(v) => self.is_same(*v, id, budget),
            Operand::Lit(_) => true,
        };
        let all = |es: &[Expr]| es.iter().all(|e| self.is_expr_same(e, id, budget));
        match e {
            Expr::Use(o) => operand(o),
            Expr::Load(p) => {
                let p = self.f.resolve(p);
                let is_path_same = p.path.iter().all(|step| match step {
                    Proj::Deref | Proj::Value | Proj::Field(_) => true,
                    Proj::Index(o) | Proj::FromEnd(o) => operand(o),
                    _ => false,
                });
                is_path_same && self.is_memory_same(p.base, id)
            }
            Expr::Neg(a) | Expr::Cast(a, _) => self.is_expr_same(a, id, budget),
            Expr::Binary(_, a, b) => {
                self.is_expr_same(a, id, budget) && self.is_expr_same(b, id, budget)
            }
            Expr::Method(recv, _, args) => self.is_expr_same(recv, id, budget) && all(args),
            Expr::Helper(_, args) => all(args),
            Expr::Opaque(o) => {
                o.pure
                    && o.writes.is_empty()
                    && o.reads.iter().all(|r| self.is_same(*r, id, budget))
            }
            _ => false,
        }
    }

    /// A variable behind the loop that has what the value was in the last trip that had it.
    fn behind(&mut self, v: VarId, id: ScopeId) -> Option<VarId> {
        let segment = self.sites.get(&id)?.segment;
        let name = self.f.vars[v].ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name).to_string();
        let note = self.f.names.fresh(&format!("{name}_last"));
        let value = &self.f.vars[v].ident;
        let stmt = Stmt {
            kind: Kind::Raw(quote!(#note = #value;)),
            span: self.span,
        };
        self.after.entry(v).or_default().push(stmt);
        let var = self.at_loop(v, &name, segment);
        self.taken.entry(id).or_default().push(Taken { note, var });
        Some(var)
    }

    /// A variable like another, at home where a loop stands.
    fn at_loop(&mut self, v: VarId, name: &str, segment: SegId) -> VarId {
        let ty = self.f.vars[v].ty.clone();
        let var = self.f.fresh(name, ty);
        self.home.insert(var, segment);
        self.order
            .insert(var, self.order.get(&v).copied().unwrap_or(0));
        self.f.vars[var].role = Role::Moved;
        self.need(var);
        var
    }

    /// A `usize` that each trip of the innermost loop counts up once: what it was before the loop, plus so much
    /// for each trip.
    fn counts_along(&mut self, v: VarId) -> Option<saved::How> {
        if !matches!(&self.f.vars[v].ty, Ty::Int(Some(n)) if n == "usize") {
            return None;
        }
        let memory = match self.definitions.get(&v)? {
            Definition::Expr(Expr::Load(p)) if p.path.is_empty() => p.base,
            Definition::Expr(Expr::Opaque(o)) if o.reads.len() == 1 => {
                let read = o.reads[0];
                let is_it = self.f.vars[read].ident == o.tokens.to_string();
                is_it.then_some(read)?
            }
            _ => return None,
        };
        let id = *self.writes.loops_of(v)?.last()?;
        let site = self.sites.get(&id)?;
        let (segment, counter) = (site.segment, site.counter);
        let is_local = self.f.vars[memory].alias.is_none()
            && !matches!(self.f.vars[memory].ty, Ty::Ref(..))
            && !self.f.params.iter().any(|p| p.var == memory);
        if !site.whole || !is_local || !self.is_outside(memory, id) {
            return None;
        }
        let back = self.counting.get(&id)?.back_trip.clone();
        let body = body_of(&self.f.body, id)?;
        let [at] = self.writes.writes_in(memory, id)[..] else {
            return None;
        };
        if has_exit(body) {
            return None;
        }
        let step = step_of(body, memory, &self.f.vars[memory].ident)?;
        let passed = usize::from(self.writes.position(v)? > at);
        let start = match self.starts.get(&(memory, id)) {
            Some(start) => *start,
            None => {
                let name = self.f.vars[memory].ident.to_string();
                let name = format!("{}_at_start", name.strip_prefix("r#").unwrap_or(&name));
                let start = self.at_loop(v, &name, segment);
                self.starts.insert((memory, id), start);
                start
            }
        };
        self.need(counter);
        let start = &self.f.vars[start].ident;
        let trips = match passed {
            0 => back,
            _ => quote!((#back + 1)),
        };
        let value = match step {
            1 => quote!(#start + #trips),
            step => {
                let step = proc_macro2::Literal::usize_unsuffixed(step);
                quote!(#start + #trips * #step)
            }
        };
        Some(saved::How::Recomputed(Expr::Raw(value, vec![])))
    }

    /// Statements before and behind a loop for what is taken along from it.
    pub(super) fn taken_along(&mut self, id: ScopeId, span: Span) -> (Block, Block) {
        let stmt = |kind| Stmt { kind, span };
        let (mut before, mut behind) = (Block::new(), Block::new());
        let mut starts: Vec<(VarId, VarId)> = (self.starts.iter())
            .filter(|((_, of), _)| *of == id)
            .map(|((memory, _), start)| (*start, *memory))
            .collect();
        starts.sort_unstable();
        for (start, memory) in starts {
            let memory = self.f.vars[memory].ident.to_token_stream();
            before.push(stmt(Kind::Let(start, Expr::Raw(memory, vec![]))));
        }
        for Taken { note, var } in self.taken.remove(&id).unwrap_or_default() {
            let zero = match &self.f.vars[var].ty {
                Ty::Float(scalar) => scalar.zero(),
                _ => quote!(::core::default::Default::default()),
            };
            before.push(stmt(Kind::Raw(quote!(let mut #note = #zero;))));
            behind.push(stmt(Kind::Let(var, Expr::Raw(quote!(#note), vec![]))));
        }
        (self.insert_saves(before), self.insert_saves(behind))
    }
}

/// The body of a loop, wherever it stands.
fn body_of(block: &Block, id: ScopeId) -> Option<&Block> {
    block.iter().find_map(|s| match &s.kind {
        Kind::Loop(l) if l.id == id => Some(&l.body),
        _ => s.blocks().into_iter().find_map(|b| body_of(b, id)),
    })
}

fn has_exit(block: &Block) -> bool {
    block.iter().any(|s| match &s.kind {
        Kind::Exit { .. } => true,
        _ => s.blocks().into_iter().any(has_exit),
    })
}

/// The `3` of `memory += 3;`, which must stand in the body itself.
fn step_of(body: &Block, memory: VarId, name: &syn::Ident) -> Option<usize> {
    body.iter().find_map(|s| {
        let Kind::Opaque(o) = &s.kind else {
            return None;
        };
        if o.writes != [memory] {
            return None;
        }
        let tokens = &o.tokens;
        let stmt: syn::Stmt = syn::parse2(quote!(#tokens)).ok()?;
        let syn::Stmt::Expr(syn::Expr::Binary(b), _) = stmt else {
            return None;
        };
        let (syn::BinOp::AddAssign(_), syn::Expr::Path(to), syn::Expr::Lit(by)) =
            (&b.op, &*b.left, &*b.right)
        else {
            return None;
        };
        match &by.lit {
            syn::Lit::Int(n) if to.path.is_ident(name) => n.base10_parse().ok(),
            _ => None,
        }
    })
}
