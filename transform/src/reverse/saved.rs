//! What must be saved: for every value that the reverse sweep asked for, whether it is still there, can be
//! computed again for little, or has to be kept.

use super::*;
use quote::format_ident;

impl Reverse<'_> {
    /// Whether memory read at `reader` can be read again in the reverse sweep.
    pub(super) fn can_read_again(&self, resolved: &Place, reader: VarId) -> bool {
        let root = resolved.base;
        // What a pattern binds has a name in the arm alone.
        let is_named = !resolved
            .path
            .iter()
            .any(|step| matches!(step, Proj::Part(..)));
        is_named && self.writes.is_frozen(&self.f, root, reader) && self.is_reachable(root)
    }

    /// Whether the reverse sweep can name the variable's memory.
    fn is_reachable(&self, root: VarId) -> bool {
        if self.f.params.iter().any(|p| p.var == root) {
            return true;
        }
        self.home.get(&root).is_some_and(|h| self.segments[*h].top)
    }

    /// Decides for every needed value, and for what recomputing it needs in turn.
    pub(super) fn resolve_needs(&mut self) {
        let mut done: BTreeSet<VarId> = BTreeSet::new();
        while let Some(v) = self.needed.iter().copied().find(|v| !done.contains(v)) {
            done.insert(v);
            let how = self.decide(v);
            if let How::Recomputed(e) = &how {
                for read in self.reads(e) {
                    self.needed.insert(read);
                }
            }
            if let How::Offset(start, k) = &how {
                self.needed.insert(*k);
                if let Operand::Var(s) = start {
                    self.needed.insert(*s);
                }
            }
            if let How::Saved = how {
                let home = self.home.get(&v).copied().unwrap_or(0);
                let in_loop = self.segments[home].in_loop;
                let name = self.f.vars[v].ident.to_string();
                let name = name.strip_prefix("r#").unwrap_or(&name).to_string();
                let suffix = if in_loop { "lane" } else { "slot" };
                let storage = self.f.fresh(&format!("{name}_{suffix}"), Ty::Unknown);
                if let Some(id) = self.windowed(v) {
                    let window = self.f.names.fresh(&format!("{name}_saved"));
                    let make = match &self.f.vars[v].ty {
                        Ty::Float(scalar) => match scalar.written() {
                            Some(ty) => quote!(__rt::Lane::<#ty>::new()),
                            None => quote!(__rt::Lane::new()),
                        },
                        Ty::Int(Some(ty)) => {
                            let ty = format_ident!("{}", ty);
                            quote!(__rt::Lane::<#ty>::new())
                        }
                        Ty::Bool => quote!(__rt::Lane::<bool>::new()),
                        _ => quote!(__rt::Lane::new()),
                    };
                    self.storage.push((storage, make));
                    self.saved.insert(v, storage);
                    self.how.insert(v, how);
                    if let Some(c) = self.counting.get_mut(&id) {
                        c.windows.push((storage, window.clone()));
                        let (k, back) = (&c.trip.0, &c.back_trip);
                        self.windows
                            .insert(storage, (quote!(#window[#k]), quote!(#window[#back])));
                    }
                    continue;
                }
                let make = if in_loop {
                    quote!(__rt::Lane::new())
                } else {
                    quote!(__rt::Slot::new())
                };
                self.storage.push((storage, make));
                self.saved.insert(v, storage);
            }
            self.how.insert(v, how);
        }
    }

    fn decide(&self, v: VarId) -> How {
        if self.f.params.iter().any(|p| p.var == v) {
            return How::There;
        }
        let Some(home) = self.home.get(&v) else {
            return How::There;
        };
        match self.definitions.get(&v) {
            Some(Definition::Header) => return How::There,
            Some(Definition::Offset(start, k)) => return How::Offset(start.clone(), *k),
            Some(Definition::Moved) if self.segments[*home].top => return How::There,
            Some(Definition::Moved) => return How::Saved,
            _ => {}
        }
        if self.segments[*home].top && (self.f.vars[v].ty.is_copy() || !self.writes.is_moved(v)) {
            return How::There;
        }
        if self.f.plain {
            return How::Saved;
        }
        match self.again(v, 6) {
            Some(e) => How::Recomputed(e),
            None => How::Saved,
        }
    }

    /// An expression that gives the variable's value again, for little, from what is there anyway.
    fn again(&self, v: VarId, budget: usize) -> Option<Expr> {
        if budget == 0 {
            return None;
        }
        match self.definitions.get(&v)? {
            Definition::Expr(e) => self.expr_again(e, v, budget).then(|| self.resolved(e)),
            Definition::Part(Some(place)) => {
                let resolved = self.f.resolve(place);
                (self.place_again(&resolved, v) && self.f.place_ty(place).is_copy())
                    .then_some(Expr::Load(resolved))
            }
            _ => None,
        }
    }

    fn resolved(&self, e: &Expr) -> Expr {
        match e {
            Expr::Load(p) => Expr::Load(self.f.resolve(p)),
            e => e.clone(),
        }
    }

    fn place_again(&self, resolved: &Place, reader: VarId) -> bool {
        // A part of an array by value has another type than the same part of memory.
        let last = resolved.path.last();
        if matches!(last, Some(Proj::Range(..) | Proj::Middle(..))) {
            return false;
        }
        // An index is needed for the adjoint of the same place anyway, so it costs nothing more here.
        let by_index = !resolved.path.is_empty()
            && !resolved
                .path
                .iter()
                .any(|step| matches!(step, Proj::FromEnd(_) | Proj::Part(..)));
        self.can_read_again(resolved, reader)
            || (by_index
                && self
                    .writes
                    .is_element_frozen(&self.f, resolved.base, reader)
                && self.is_reachable(resolved.base))
    }

    fn operand_again(&self, o: &Operand, budget: usize) -> bool {
        let Operand::Var(v) = o else { return true };
        if self.f.params.iter().any(|p| p.var == *v) {
            return !self.f.vars[*v].mutable && !self.f.is_lent(*v);
        }
        if let Some(Definition::Header | Definition::Offset(..)) = self.definitions.get(v) {
            return true;
        }
        if self.home.get(v).is_some_and(|h| self.segments[*h].top) && !self.f.vars[*v].mutable {
            return self.f.vars[*v].ty.is_copy() || !self.writes.is_moved(*v);
        }
        self.again(*v, budget - 1).is_some()
    }

    fn expr_again(&self, e: &Expr, v: VarId, budget: usize) -> bool {
        match e {
            Expr::Use(Operand::Lit(_)) => true,
            Expr::Use(o) => self.operand_again(o, budget) && self.f.operand_ty(o).is_copy(),
            Expr::Load(p) => {
                let resolved = self.f.resolve(p);
                // Nothing can be moved out from behind a reference or an index: what was read is a copy.
                let copied = self.f.place_ty(p).is_copy()
                    || resolved
                        .path
                        .iter()
                        .any(|step| matches!(step, Proj::Deref | Proj::Index(_) | Proj::At(..)));
                self.place_again(&resolved, v) && copied
            }
            Expr::Neg(a) | Expr::Cast(a, _) => self.expr_again(a, v, budget),
            Expr::Binary(op, a, b) => {
                !matches!(op, BinOp::Div | BinOp::Rem)
                    && self.f.vars[v].ty.is_float()
                    && self.expr_again(a, v, budget)
                    && self.expr_again(b, v, budget)
            }
            Expr::Opaque(o) => {
                o.pure
                    && o.reads.iter().all(|r| {
                        let var = &self.f.vars[*r];
                        if var.alias.is_some() {
                            return false;
                        }
                        let memory =
                            var.mutable || matches!(var.ty, Ty::Ref(..)) || var.ty.is_sequence();
                        if memory {
                            self.writes.is_frozen(&self.f, *r, v) && self.is_reachable(*r)
                        } else {
                            self.operand_again(&Operand::Var(*r), budget)
                        }
                    })
            }
            _ => false,
        }
    }

    /// The variables that an expression reads by value.
    fn reads(&self, e: &Expr) -> Vec<VarId> {
        let operand = |o: &Operand, out: &mut Vec<VarId>| {
            if let Operand::Var(v) = o {
                out.push(*v);
            }
        };
        let mut out = Vec::new();
        match e {
            Expr::Use(o) => operand(o, &mut out),
            Expr::Load(p) => {
                for step in &p.path {
                    match step {
                        Proj::Index(o) | Proj::FromEnd(o) => operand(o, &mut out),
                        Proj::Range(a, b, _) => {
                            a.iter().chain(b).for_each(|o| operand(o, &mut out))
                        }
                        Proj::At(_, reads) | Proj::Span(_, reads) => out.extend(reads),
                        _ => {}
                    }
                }
            }
            Expr::Neg(a) | Expr::Cast(a, _) => out.extend(self.reads(a)),
            Expr::Binary(_, a, b) => {
                out.extend(self.reads(a));
                out.extend(self.reads(b));
            }
            Expr::Opaque(o) => out.extend(o.reads.iter().filter(|r| {
                let var = &self.f.vars[**r];
                !(var.mutable || matches!(var.ty, Ty::Ref(..)) || var.ty.is_sequence())
            })),
            _ => {}
        }
        out
    }

    /// An operator that takes by value what the reverse sweep looks at again gets a copy.
    pub(super) fn keep_operands(&self, block: &mut Block) {
        for stmt in block {
            match &mut stmt.kind {
                Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => match e {
                    Expr::Binary(_, a, b) => {
                        self.keep_operand(a);
                        self.keep_operand(b);
                    }
                    Expr::Neg(a) => self.keep_operand(a),
                    _ => {}
                },
                Kind::If { then, els, .. } => {
                    self.keep_operands(then);
                    self.keep_operands(els);
                }
                Kind::Match(m) => {
                    for arm in &mut m.arms {
                        self.keep_operands(&mut arm.body);
                    }
                }
                Kind::Loop(l) => self.keep_operands(&mut l.body),
                Kind::Scope(_, _, body) => self.keep_operands(body),
                _ => {}
            }
        }
    }

    fn keep_operand(&self, operand: &mut Expr) {
        let Expr::Use(Operand::Var(v)) = operand else {
            return;
        };
        let v = *v;
        let kept = self.needed.contains(&v) && matches!(self.how.get(&v), Some(How::There) | None);
        if kept && self.may_move(v, 6) {
            let name = &self.f.vars[v].ident;
            *operand = Expr::Raw(quote!(__rt::copied(&#name)), vec![v]);
        }
    }

    /// Whether an operator may move the variable away: what is read from a part of memory can be copied, and so
    /// can what is computed from that.
    fn may_move(&self, v: VarId, depth: usize) -> bool {
        let var = &self.f.vars[v];
        if !matches!(var.ty, Ty::Unknown) {
            return false;
        }
        let Some(Definition::Expr(e)) = self.definitions.get(&v) else {
            return true;
        };
        if depth == 0 {
            return true;
        }
        let operand = |e: &Expr| match e {
            Expr::Use(Operand::Lit(_)) => false,
            // Operators take references to what cannot be copied.
            Expr::Use(Operand::Var(v)) => {
                matches!(self.f.vars[*v].ty, Ty::Ref(..)) || self.may_move(*v, depth - 1)
            }
            _ => true,
        };
        match e {
            Expr::Load(place) => place.path.is_empty() && self.may_move(place.base, depth - 1),
            Expr::Binary(_, a, b) => operand(a) || operand(b),
            Expr::Neg(a) => operand(a),
            Expr::Method(a, _, args) => operand(a) || args.iter().any(operand),
            Expr::Use(_) => operand(e),
            _ => true,
        }
    }

    /// Adds to the forward sweep what keeps values.
    pub(super) fn insert_saves(&mut self, block: Block) -> Block {
        let mut out = Block::new();
        for mut stmt in block {
            match &mut stmt.kind {
                Kind::If { then, els, .. } => {
                    *then = self.insert_saves(std::mem::take(then));
                    *els = self.insert_saves(std::mem::take(els));
                }
                Kind::Match(m) => {
                    for arm in &mut m.arms {
                        arm.body = self.insert_saves(std::mem::take(&mut arm.body));
                    }
                }
                Kind::Loop(l) => {
                    l.body = self.insert_saves(std::mem::take(&mut l.body));
                    let (before, start) = self.open_windows(l.id, stmt.span);
                    out.extend(before);
                    l.body.splice(0..0, start);
                }
                Kind::Scope(_, _, body) => *body = self.insert_saves(std::mem::take(body)),
                _ => {}
            }
            let span = stmt.span;
            if let Kind::Let(v, e) = &mut stmt.kind
                && let Some(zero) = self.old_shapes.get(v)
            {
                *e = self.old_shape(*zero);
            }
            let defined = match &stmt.kind {
                Kind::Let(v, _) | Kind::Bind(v, _) | Kind::Alias(v, _) => Some(*v),
                Kind::Raw(t) if self.unused.contains(&t.to_string()) => continue,
                _ => None,
            };
            let mut after = Block::new();
            for change in self.changes_of_shape(&stmt) {
                let (first, then) = self.follow_shape(change, span);
                out.extend(first);
                after.extend(then);
            }
            let declared = match &stmt.kind {
                Kind::Declare(v) if self.reshaped.contains(v) => Some(*v),
                _ => None,
            };
            out.push(stmt);
            out.extend(after);
            if let Some(v) = declared
                && let Some(made) = self.after.remove(&v)
            {
                out.extend(self.empty_shape(made));
            }
            let Some(v) = defined else { continue };
            for w in std::iter::once(v).chain(self.defined_with.remove(&v).unwrap_or_default()) {
                if let Some(storage) = self.saved.get(&w) {
                    let kind = match self.windows.get(storage) {
                        Some((slot, _)) => {
                            let value = &self.f.vars[w].ident;
                            Kind::Raw(quote!(#slot = #value;))
                        }
                        None => Kind::Save(w, *storage),
                    };
                    out.push(Stmt { kind, span });
                }
            }
            if let Some(after) = self.after.remove(&v) {
                out.extend(self.insert_saves(after));
            }
        }
        self.zeros_of_deferred(&mut out);
        out
    }

    /// A zero that fits any shape, until the variable has a value.
    fn empty_shape(&mut self, mut made: Vec<Stmt>) -> Block {
        for stmt in &mut made {
            if let Kind::Let(zero, e) = &mut stmt.kind {
                self.f.vars[*zero].mutable = true;
                *e = Expr::Raw(quote!(::core::default::Default::default()), Vec::new());
            }
        }
        self.insert_saves(made)
    }

    /// Takes the zero tangent anew: a vector that was assigned may be longer than the one before.
    pub(super) fn new_shape(&mut self, v: VarId, span: Span) -> Option<Stmt> {
        let zero = *self.zeros.get(&v)?;
        let name = self.f.vars[v].ident.clone();
        let tokens = match self.saved.get(&zero) {
            Some(storage) => {
                let storage = &self.f.vars[*storage].ident;
                quote!(#storage.replace(__rt::zero(&#name));)
            }
            None => {
                self.f.vars[zero].mutable = true;
                let zero = &self.f.vars[zero].ident;
                quote!(#zero = __rt::zero(&#name);)
            }
        };
        Some(Stmt {
            kind: Kind::Raw(tokens),
            span,
        })
    }

    /// A variable that is declared without a value has its shape once the last statement that assigns it ran.
    fn zeros_of_deferred(&mut self, block: &mut Block) {
        let declared: Vec<VarId> = block
            .iter()
            .filter_map(|s| match &s.kind {
                Kind::Declare(v) if self.after.contains_key(v) => Some(*v),
                _ => None,
            })
            .collect();
        for v in declared {
            let Some(last) = block.iter().rposition(|s| assigns(s, v)) else {
                continue;
            };
            let after = self.after.remove(&v).unwrap_or_default();
            let after = self.insert_saves(after);
            block.splice(last + 1..last + 1, after);
        }
    }

    /// Puts what brings values back where the markers stand.
    pub(super) fn insert_restores(&mut self, block: Block) -> Block {
        let mut out = Block::new();
        for mut stmt in block {
            if let Some(segment) = prologue_of(&stmt) {
                out.extend(self.prologue(segment, stmt.span));
                continue;
            }
            match &mut stmt.kind {
                Kind::If { then, els, .. } => {
                    *then = self.insert_restores(std::mem::take(then));
                    *els = self.insert_restores(std::mem::take(els));
                }
                Kind::Match(m) => {
                    for arm in &mut m.arms {
                        arm.body = self.insert_restores(std::mem::take(&mut arm.body));
                    }
                }
                Kind::Loop(l) => {
                    l.body = self.insert_restores(std::mem::take(&mut l.body));
                    let (before, after) = self.close_windows(l.id, stmt.span);
                    self.drop_counter(l);
                    if let (Head::For(h), Some(direct)) = (&mut l.head, self.directions.get(&l.id))
                        && commute::commutes(&l.body)
                    {
                        h.iter = direct.clone();
                        commute::additions_in_order(&mut l.body);
                    }
                    out.extend(before);
                    out.push(stmt);
                    out.extend(after);
                    continue;
                }
                Kind::Scope(_, _, body) => *body = self.insert_restores(std::mem::take(body)),
                _ => {}
            }
            out.push(stmt);
        }
        out
    }

    /// A loop whose trips are counted for storage that turned out not to be needed runs by its own header.
    fn drop_counter(&mut self, l: &mut Loop) {
        let Some((integer, counter, iter)) = self.zipped.get(&l.id) else {
            return;
        };
        let unused = self
            .counting
            .get(&l.id)
            .is_none_or(|c| c.windows.is_empty())
            && !self.needed.contains(counter);
        if let (true, Head::For(h)) = (unused, &mut l.head) {
            let integer = &self.f.vars[*integer].ident;
            h.pat = quote!(#integer);
            h.iter = quote!((#iter).rev());
            if let Some(direct) = self.directions.get_mut(&l.id) {
                *direct = iter.clone();
            }
        }
    }

    fn prologue(&self, segment: SegId, span: Span) -> Block {
        let mut vars: Vec<VarId> = self
            .how
            .keys()
            .copied()
            .filter(|v| self.home.get(v) == Some(&segment))
            .collect();
        vars.sort_by_key(|v| (self.order.get(v).copied().unwrap_or(0), *v));
        let mut out = Block::new();
        for v in vars {
            let expr = match &self.how[&v] {
                How::There => continue,
                How::Saved => match self.saved.get(&v) {
                    Some(storage) => match self.windows.get(storage) {
                        Some((_, slot)) => Expr::Raw(slot.clone(), vec![]),
                        None if self.lenient.contains(&v) => {
                            let storage = &self.f.vars[*storage].ident;
                            Expr::Raw(quote!(#storage.take_or_default()), vec![])
                        }
                        None => Expr::Restore(*storage),
                    },
                    None => continue,
                },
                How::Recomputed(e) => e.clone(),
                How::Offset(start, k) => {
                    let k = &self.f.vars[*k].ident;
                    match start {
                        Operand::Lit(t) if t.to_string() == "0" => Expr::Raw(quote!(#k), vec![]),
                        start => {
                            let start = crate::lower::operand_tokens(&self.f, start);
                            Expr::Raw(quote!(#start + #k), vec![])
                        }
                    }
                }
            };
            out.push(Stmt {
                kind: Kind::Let(v, expr),
                span,
            });
        }
        out
    }
}

/// How a value gets to the reverse sweep.
#[derive(Clone)]
pub(super) enum How {
    /// It is still in scope.
    There,
    /// It is computed again.
    Recomputed(Expr),
    /// It was kept.
    Saved,
    /// It follows from the number of the iteration.
    Offset(Operand, VarId),
}

fn assigns(stmt: &Stmt, v: VarId) -> bool {
    let block = |b: &Block| b.iter().any(|s| assigns(s, v));
    match &stmt.kind {
        Kind::Assign(p, _) | Kind::Update(p, ..) => p.base == v,
        Kind::If { then, els, .. } => block(then) || block(els),
        Kind::Match(m) => m.arms.iter().any(|a| block(&a.body)),
        Kind::Loop(l) => block(&l.body),
        Kind::Scope(_, _, b) => block(b),
        _ => false,
    }
}
