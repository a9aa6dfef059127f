//! The adjoint of each kind of statement, and the statement as the forward sweep has it.

use super::*;
use crate::analysis::activity::is_active_call;
use crate::rules;
use quote::{ToTokens, quote_spanned};

impl Reverse<'_> {
    /// Appends the reverse of a statement to the segment being built; returns its forward form.
    pub(super) fn stmt(&mut self, stmt: &Stmt) -> Block {
        let mut forward = vec![stmt.clone()];
        match &stmt.kind {
            Kind::Let(v, e) => self.reverse_let(*v, e, &mut forward),
            Kind::Bind(v, Some(place)) => {
                if self.is_active(*v) && self.declared.contains(v) {
                    let seed = Place::var(self.bar(*v));
                    self.contribute_place(place, Expr::Load(seed));
                }
            }
            Kind::Assign(place, e) => self.reverse_assign(place, e, &mut forward),
            Kind::Update(place, op, e) => self.reverse_update(place, *op, e),
            Kind::Swap(place, kind) => self.reverse_swap(place, kind),
            Kind::Fill(place, value) => {
                if let Some((bar, _)) = self.place_bar(place) {
                    let tokens = self.spell(&bar);
                    if self.carries(value) {
                        self.contribute(
                            value,
                            Expr::Raw(quote!(__rt::sum_elements(&#tokens)), vec![]),
                        );
                    }
                    self.emit(Kind::Raw(quote!(__rt::clear(&mut #tokens);)));
                }
            }
            Kind::CopySlice { to, from } => self.reverse_copy(to, from),
            Kind::If { cond, then, els } => {
                let in_loop = self.segments[self.segment].in_loop;
                let segment = self.segment;
                let (then_f, then_r) = self.block(then, Some(segment), in_loop, false);
                let (els_f, els_r) = self.block(els, Some(segment), in_loop, false);
                if has_code(&then_r) || has_code(&els_r) {
                    self.need_operand(cond);
                    self.nest(Kind::If {
                        cond: cond.clone(),
                        then: then_r,
                        els: els_r,
                    });
                }
                forward[0].kind = Kind::If {
                    cond: cond.clone(),
                    then: then_f,
                    els: els_f,
                };
            }
            Kind::Match(m) => forward = self.reverse_match(stmt, m),
            Kind::Loop(l) => forward = self.reverse_loop(stmt, l),
            Kind::Scope(id, label, body) => {
                let in_loop = self.segments[self.segment].in_loop;
                let segment = self.segment;
                self.scopes.push(*id);
                let (body_f, body_r) = self.block(body, Some(segment), in_loop, false);
                self.scopes.pop();
                if has_code(&body_r) {
                    self.nest(Kind::Scope(*id, None, body_r));
                }
                forward[0].kind = Kind::Scope(*id, label.clone(), body_f);
            }
            Kind::Exit { target, .. } => {
                let notes = self.notes(*target);
                forward.splice(0..0, notes);
            }
            Kind::Declare(_)
            | Kind::Alias(..)
            | Kind::Destructure(..)
            | Kind::Bind(_, None)
            | Kind::Opaque(_)
            | Kind::Refused(..)
            | Kind::Raw(_)
            | Kind::Accumulate(..)
            | Kind::Save(..) => {}
        }
        forward
    }

    fn reverse_let(&mut self, v: VarId, e: &Expr, forward: &mut Block) {
        self.assert_scalars(e, forward);
        if let Expr::Call(path, args) = e
            && is_active_call(&self.f, self.activity, v, args)
        {
            return self.reverse_call(v, path, args, forward);
        }
        if !self.is_active(v) || !self.declared.contains(&v) {
            return;
        }
        let seed = Place::var(self.bar(v));
        self.adjoint_of(e, &seed, &Operand::Var(v));
    }

    /// A rule for real numbers was chosen by a method's name: the type must bear it out.
    fn assert_scalars(&mut self, e: &Expr, forward: &mut Block) {
        let Expr::Method(recv, name, _) = e else {
            return;
        };
        if rules::find(&name.to_string()).is_none() {
            return;
        }
        if let Expr::Use(Operand::Var(v)) = &**recv
            && self.activity.varied[*v]
            && !self.f.vars[*v].ty.is_float()
        {
            let x = self.f.vars[*v].ident.clone();
            let at = proc_macro2::Span::call_site().located_at(name.span());
            let kind = Kind::Raw(quote_spanned!(at=> __rt::assert_scalar(&#x);));
            forward.insert(
                0,
                Stmt {
                    kind,
                    span: self.span,
                },
            );
        }
    }

    fn reverse_assign(&mut self, place: &Place, e: &Expr, forward: &mut Block) {
        self.assert_scalars(e, forward);
        let root = self.f.root(place);
        if !self.is_active(root) {
            return;
        }
        let whole = self.f.resolve(place).path.is_empty();
        if whole && self.home.get(&root) == Some(&self.segment) && !self.declared.contains(&root) {
            return;
        }
        let Some((bar, is_float)) = self.place_bar(place) else {
            return;
        };
        let once = whole && self.f.vars[root].deferred;
        if once && is_float {
            // Assigned at most once on any path: nothing before it reads the adjoint.
            return self.adjoint_of(e, &bar, &Operand::Lit(quote!(())));
        }
        let ty = self.f.place_ty(place);
        let t = self.f.fresh(&format!("{}_t", self.f.vars[root].ident), ty);
        self.f.vars[t].temp = false;
        if is_float {
            self.emit(Kind::Let(t, Expr::Load(bar.clone())));
            let zero =
                super::adjoint::zero_tokens(&self.f.place_ty(place)).unwrap_or_else(|| quote!(0.0));
            self.emit(Kind::Assign(bar, Expr::Use(Operand::Lit(zero))));
        } else if whole && !self.unset.contains(&root) && !self.f.vars[root].ty.is_copy() {
            // The shape before may differ from the shape after.
            let before = self.shape_before(root, forward);
            let tokens = self.spell(&bar);
            let take = quote!(::core::mem::replace(&mut #tokens, #before));
            self.emit(Kind::Let(t, Expr::Raw(take, vec![])));
        } else {
            let taken = self.take(&bar);
            self.emit(Kind::Let(t, taken));
        }
        self.adjoint_of(e, &Place::var(t), &Operand::Lit(quote!(())));
    }

    /// The zero tangent in the shape that a variable has before it is assigned.
    fn shape_before(&mut self, root: VarId, forward: &mut Block) -> proc_macro2::TokenStream {
        let name = self.f.vars[root].ident.clone();
        let zero = self.f.fresh(&format!("{name}_before"), Ty::Unknown);
        let expr = Expr::Raw(quote!(__rt::zero(&#name)), vec![root]);
        let stmt = Stmt {
            kind: Kind::Let(zero, expr),
            span: self.span,
        };
        self.settle(&stmt, self.segment);
        self.definitions.insert(zero, Definition::Moved);
        forward.insert(0, stmt);
        self.needed.insert(zero);
        self.f.vars[zero].ident.to_token_stream()
    }

    fn reverse_update(&mut self, place: &Place, op: BinOp, e: &Expr) {
        let Expr::Use(o) = e else { return };
        if !self.carries(o) {
            return;
        }
        let Some((bar, is_float)) = self.place_bar(place) else {
            return;
        };
        let tokens = self.spell(&bar);
        let contribution = match op {
            BinOp::Sub if is_float => Expr::Neg(Box::new(Expr::Load(bar))),
            BinOp::Sub => Expr::Raw(quote!(__rt::negated(&#tokens)), vec![]),
            _ if is_float => Expr::Load(bar),
            _ => Expr::Raw(quote!(::core::clone::Clone::clone(&#tokens)), vec![]),
        };
        self.contribute(o, contribution);
    }

    fn reverse_swap(&mut self, place: &Place, kind: &SwapKind) {
        let Some((bar, _)) = self.place_bar(place) else {
            return;
        };
        let a = self.spell(&bar);
        match kind {
            SwapKind::Elements(i, j) => {
                self.need_operand(i);
                self.need_operand(j);
                let i = crate::lower::operand_tokens(&self.f, i);
                let j = crate::lower::operand_tokens(&self.f, j);
                self.emit(Kind::Raw(quote!(#a.swap(#i, #j);)));
            }
            SwapKind::With(other, _) => {
                let Some((bar, _)) = self.place_bar(other) else {
                    return;
                };
                let b = self.spell(&bar);
                self.emit(Kind::Raw(quote!(::core::mem::swap(&mut #a, &mut #b);)));
            }
        }
    }

    fn reverse_copy(&mut self, to: &Place, from: &Place) {
        let Some((to_bar, _)) = self.place_bar(to) else {
            return;
        };
        let (to_root, from_root) = (self.f.root(to), self.f.root(from));
        let to_tokens = self.spell(&to_bar);
        match self.place_bar(from) {
            Some((from_bar, _)) if to_root != from_root => {
                let from_tokens = self.spell(&from_bar);
                self.emit(Kind::Raw(
                    quote!(__rt::move_elements(&mut #to_tokens, &mut #from_tokens);),
                ));
            }
            Some((from_bar, _)) => {
                let from_tokens = self.spell(&from_bar);
                self.emit(Kind::Raw(quote! {
                    let moved = __rt::take_elements(&mut #to_tokens);
                    __rt::accumulate(&mut #from_tokens[..], moved);
                }));
            }
            None => self.emit(Kind::Raw(quote!(__rt::clear(&mut #to_tokens);))),
        }
    }

    fn reverse_match(&mut self, stmt: &Stmt, m: &Match) -> Block {
        let in_loop = self.segments[self.segment].in_loop;
        let segment = self.segment;
        // Which arm was taken is noted on entry, since an arm may leave.
        let var = self.f.fresh("arm", Ty::Constant);
        let ident = self.f.vars[var].ident.clone();
        let mut arms = Vec::new();
        let mut reversed = Vec::new();
        let last = m.arms.len().saturating_sub(1);
        for (n, arm) in m.arms.iter().enumerate() {
            let (mut body_f, body_r) = self.block(&arm.body, Some(segment), in_loop, false);
            let n_tokens = proc_macro2::Literal::usize_unsuffixed(n);
            let note = if in_loop {
                quote!(#ident.push(#n_tokens);)
            } else {
                quote!(#ident = #n_tokens;)
            };
            body_f.insert(
                0,
                Stmt {
                    kind: Kind::Raw(note),
                    span: self.span,
                },
            );
            arms.push(Arm {
                pat: arm.pat.clone(),
                body: body_f,
            });
            let pat = if n == last {
                quote!(_)
            } else {
                quote!(#n_tokens)
            };
            reversed.push(Arm { pat, body: body_r });
        }
        if !reversed.iter().any(|a| has_code(&a.body)) {
            // Nothing to reverse: the notes go.
            for arm in &mut arms {
                arm.body.remove(0);
            }
            let m = Match { arms, ..m.clone() };
            return vec![Stmt {
                kind: Kind::Match(m),
                span: stmt.span,
            }];
        }
        let question = if in_loop {
            self.storage.push((var, quote!(__rt::Lane::<u32>::new())));
            quote!(#ident.pop())
        } else {
            self.storage.push((var, quote!(0_u32)));
            quote!(#ident)
        };
        self.nest(Kind::Match(Match {
            tokens: question,
            reads: vec![],
            arms: reversed,
        }));
        vec![Stmt {
            kind: Kind::Match(Match { arms, ..m.clone() }),
            span: stmt.span,
        }]
    }

    fn reverse_loop(&mut self, stmt: &Stmt, l: &Loop) -> Block {
        let segment = self.segment;
        let in_loop = self.segments[segment].in_loop;
        let through = runs_through(l);
        let counter = match &l.head {
            Head::For(h) => h.counter,
            _ => self.f.fresh("k", Ty::Int(Some("usize".into()))),
        };
        let mut plan = Plan::Counted(counter);
        if let Head::For(h) = &l.head {
            self.definitions.insert(h.counter, Definition::Header);
            match &h.backward {
                Backward::Reversed(i) if through => {
                    self.definitions.insert(*i, Definition::Header);
                    plan = Plan::Reversed(*i);
                }
                Backward::Reversed(i) => {
                    if let Some(start) = counting_from(&self.f, h) {
                        self.definitions
                            .insert(*i, Definition::Offset(start, h.counter));
                    }
                }
                Backward::Counter(i) => {
                    let zero = Operand::Lit(quote!(0));
                    self.definitions
                        .insert(*i, Definition::Offset(zero, h.counter));
                }
                Backward::Offset(i, start) => {
                    self.definitions
                        .insert(*i, Definition::Offset(start.clone(), h.counter));
                }
                Backward::Saved => {}
            }
        }
        let length = match &l.head {
            Head::For(h) if through && matches!(plan, Plan::Counted(_)) => self.length(h),
            _ => None,
        };
        if let (Head::For(h), true, false) = (&l.head, through, self.f.plain) {
            self.count(l.id, h, &mut plan, length.as_ref(), in_loop);
        }
        // The count is kept on every path out of the loop.
        let trips = self.f.fresh("trips", Ty::Int(Some("usize".into())));
        let ident = self.f.vars[trips].ident.clone();
        let lane = in_loop.then(|| self.f.fresh("trips_lane", Ty::Constant));
        let note = lane.map(|lane| {
            let lane = &self.f.vars[lane].ident;
            quote!(#lane.push(#ident);)
        });
        let counted = matches!(plan, Plan::Counted(_)) && length.is_none();
        self.scopes.push(l.id);
        let depth = self.scopes.len();
        if let (true, Some(note)) = (counted, &note) {
            self.pending.push(Pending {
                scope_depth: depth - 1,
                note: note.clone(),
            });
        }
        self.innermost.push(l.id);
        let (mut body_f, body_r) = self.block(&l.body, Some(segment), true, false);
        self.innermost.pop();
        if counted && note.is_some() {
            self.pending.pop();
        }
        self.scopes.pop();
        let useful = has_code(&body_r);
        let mut forward = Vec::new();
        let raw = |tokens| Stmt {
            kind: Kind::Raw(tokens),
            span: stmt.span,
        };
        if counted && useful {
            body_f.insert(0, raw(quote!(#ident += 1;)));
        }
        let looped = Loop {
            body: body_f,
            ..l.clone()
        };
        forward.push(Stmt {
            kind: Kind::Loop(looped),
            span: stmt.span,
        });
        if !useful {
            self.unused.extend(note.map(|n| n.to_string()));
            return forward;
        }
        let count = match (&plan, length) {
            (Plan::Reversed(_) | Plan::Ranged(_) | Plan::Zipped(..), _) => quote!(),
            (_, Some(length)) => length,
            _ => match lane {
                Some(lane) => {
                    self.storage
                        .push((lane, quote!(__rt::Lane::<usize>::new())));
                    forward.insert(0, raw(quote!(let mut #ident = 0_usize;)));
                    forward.extend(note.map(raw));
                    let lane = &self.f.vars[lane].ident;
                    quote!(#lane.pop())
                }
                None => {
                    self.storage.push((trips, quote!(0_usize)));
                    quote!(#ident)
                }
            },
        };
        let (pat, iter, direct) = match plan {
            Plan::Ranged(k) => {
                let Head::For(h) = &l.head else {
                    return forward;
                };
                for v in &h.reads {
                    self.need(*v);
                }
                let count = match self.counting.get(&l.id) {
                    Some(c) => c.backward.clone(),
                    None => return forward,
                };
                (
                    self.f.vars[k].ident.to_token_stream(),
                    quote!((0..#count).rev()),
                    quote!(0..#count),
                )
            }
            Plan::Zipped(i, k) => {
                let Head::For(h) = &l.head else {
                    return forward;
                };
                for v in &h.reads {
                    self.need(*v);
                }
                let count = match self.counting.get(&l.id) {
                    Some(c) => c.backward.clone(),
                    None => return forward,
                };
                let (i, k, iter) = (&self.f.vars[i].ident, &self.f.vars[k].ident, &h.iter);
                (
                    quote!((#k, #i)),
                    quote!((0..#count).rev().zip((#iter).rev())),
                    quote!((0..#count).zip(#iter)),
                )
            }
            Plan::Reversed(i) => {
                let Head::For(h) = &l.head else {
                    return forward;
                };
                for v in &h.reads {
                    self.need(*v);
                }
                let iter = &h.iter;
                (
                    self.f.vars[i].ident.to_token_stream(),
                    quote!((#iter).rev()),
                    iter.clone(),
                )
            }
            Plan::Counted(k) => (
                self.f.vars[k].ident.to_token_stream(),
                quote!((0..#count).rev()),
                // A count taken from a lane is taken once.
                if count.to_string().contains("pop") {
                    quote!()
                } else {
                    quote!(0..#count)
                },
            ),
        };
        if !direct.is_empty() && !self.f.plain {
            self.directions.insert(l.id, direct);
        }
        let head = For {
            pat,
            iter,
            reads: vec![],
            counter,
            backward: Backward::Saved,
            length: None,
        };
        let label = l.label.clone();
        self.nest(Kind::Loop(Loop {
            id: l.id,
            label,
            head: Head::For(Box::new(head)),
            body: body_r,
        }));
        forward
    }
}

impl Reverse<'_> {
    /// Finds out whether the number of trips is known before the loop starts.
    fn count(
        &mut self,
        id: ScopeId,
        h: &For,
        plan: &mut Plan,
        length: Option<&proc_macro2::TokenStream>,
        nested: bool,
    ) {
        let k = self.f.vars[h.counter].ident.to_token_stream();
        let counting = match (&*plan, length) {
            (Plan::Reversed(i), _) => {
                let i = *i;
                let Some(start) = counting_from(&self.f, h).filter(|_| half_open(h)) else {
                    // Whatever the integer's type, a range tells how long it is.
                    let iter = &h.iter;
                    let trips = quote!(::core::iter::Iterator::size_hint(&(#iter)).0);
                    *plan = Plan::Zipped(i, h.counter);
                    let counting = loops::Counting {
                        forward: trips.clone(),
                        backward: trips,
                        trip: (k.clone(), true),
                        back_trip: k,
                        nested,
                        windows: Vec::new(),
                    };
                    self.counting.insert(id, counting);
                    return;
                };
                let Ok(range) = syn::parse2::<syn::ExprRange>(h.iter.clone()) else {
                    return;
                };
                let Some(end) = &range.end else { return };
                let from_zero = matches!(&start, Operand::Lit(t) if t.to_string() == "0");
                let name = self.f.vars[i].ident.to_token_stream();
                let trips = if from_zero {
                    end.to_token_stream()
                } else {
                    let start = crate::lower::operand_tokens(&self.f, &start);
                    *plan = Plan::Ranged(h.counter);
                    self.definitions.insert(
                        i,
                        Definition::Offset(start_operand(&self.f, h, &start), h.counter),
                    );
                    quote!(usize::saturating_sub(#end, #start))
                };
                loops::Counting {
                    forward: trips.clone(),
                    backward: trips,
                    trip: if from_zero && h.pat.to_string() != "_" {
                        (name.clone(), false)
                    } else {
                        (k.clone(), true)
                    },
                    back_trip: if from_zero { name } else { k },
                    nested,
                    windows: Vec::new(),
                }
            }
            (Plan::Counted(_), Some(length)) => {
                let Some(forward) = self.forward_length(h) else {
                    return;
                };
                let trip = match &h.backward {
                    Backward::Counter(i) => (self.f.vars[*i].ident.to_token_stream(), false),
                    _ => (k.clone(), true),
                };
                loops::Counting {
                    forward,
                    backward: length.clone(),
                    trip,
                    back_trip: k,
                    nested,
                    windows: Vec::new(),
                }
            }
            _ => return,
        };
        self.counting.insert(id, counting);
    }

    /// The number of trips, from the lengths of what the loop runs through: those of the adjoints, where the
    /// memory itself may be out of reach.
    fn length(&mut self, h: &For) -> Option<proc_macro2::TokenStream> {
        let places = h.length.as_ref()?;
        let known = places.iter().all(|p| {
            let root = self.f.root(p);
            let shared = matches!(self.f.vars[root].ty, Ty::Ref(_, false));
            self.is_active(root) || (shared && self.f.params.iter().any(|p| p.var == root))
        });
        if !known {
            return None;
        }
        let mut out: Option<proc_macro2::TokenStream> = None;
        for place in places {
            let tokens = match self.place_bar(place) {
                Some((bar, _)) => self.spell(&bar),
                None => {
                    let resolved = self.f.resolve(place);
                    self.need_path(&resolved);
                    self.spell(&resolved)
                }
            };
            out = Some(match out {
                None => quote!(#tokens.len()),
                Some(other) => quote!(::core::cmp::min(#other, #tokens.len())),
            });
        }
        out
    }
}

/// How a loop is run backwards.
enum Plan {
    /// Its own header, reversed.
    Reversed(VarId),
    /// By the number of the iteration, from which the range's integer follows.
    Ranged(VarId),
    /// By the number of the iteration, side by side with the header reversed.
    Zipped(VarId, VarId),
    /// By the number of the iteration.
    Counted(VarId),
}

/// Whether the header is `a..b`.
fn half_open(h: &For) -> bool {
    match syn::parse2::<syn::ExprRange>(h.iter.clone()) {
        Ok(range) => range.end.is_some() && matches!(range.limits, syn::RangeLimits::HalfOpen(_)),
        Err(_) => false,
    }
}

fn start_operand(f: &Function, h: &For, start: &proc_macro2::TokenStream) -> Operand {
    let text = start.to_string();
    match h.reads.iter().find(|v| f.vars[**v].ident == text) {
        Some(v) => Operand::Var(*v),
        None => Operand::Lit(start.clone()),
    }
}

/// Where a range of `usize` begins, if it counts upwards by one.
fn counting_from(f: &Function, h: &For) -> Option<Operand> {
    let Backward::Reversed(i) = &h.backward else {
        return None;
    };
    if !matches!(&f.vars[*i].ty, Ty::Int(Some(n)) if n == "usize") {
        return None;
    }
    let range: syn::ExprRange = syn::parse2(h.iter.clone()).ok()?;
    let start = range.start?;
    let reads = h
        .reads
        .iter()
        .find(|v| f.vars[**v].ident == start.to_token_stream().to_string());
    Some(match reads {
        Some(v) => Operand::Var(*v),
        None => Operand::Lit(start.to_token_stream()),
    })
}

/// Whether a reverse block does anything but restore values.
pub(super) fn has_code(block: &Block) -> bool {
    block.iter().any(|s| prologue_of(s).is_none())
}
