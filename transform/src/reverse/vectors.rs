//! Vectors that grow and shrink: their adjoints do the opposite. The adjoint of a local begins in the shape that
//! the variable has when it is left for the last time, on whatever path; so its zero tangent, which waits in the
//! forward sweep, follows each change of shape.

use super::*;
use crate::emit::{self, place_tokens};
use crate::lower::operand_tokens;
use quote::ToTokens;

/// What happens to a zero tangent when its variable gets another shape.
pub(super) enum Reshape {
    /// The variable as a whole has another value.
    New(VarId),
    /// A part of it has another shape.
    Fit(Place),
    /// A vector has one more element, whose zero is given; it is taken before the element is moved.
    Push(Place, TokenStream),
    /// A vector has one element less, if it had one.
    Pop(Place),
    /// Two elements of a sequence change places.
    Swap(Place, TokenStream, TokenStream),
}

/// The variables whose memory, or a part of it, changes its shape other than by assignment.
pub(super) fn reshaped(f: &Function) -> HashSet<VarId> {
    let mut out = HashSet::new();
    walk(f, &f.body, &mut out);
    out
}

fn walk(f: &Function, block: &Block, out: &mut HashSet<VarId>) {
    for stmt in block {
        if let Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) = &stmt.kind {
            match e {
                Expr::Removed(p, _) => drop(out.insert(f.root(p))),
                Expr::Call(_, args) => {
                    for arg in args {
                        if let Some(p) = may_reshape(f, arg) {
                            out.insert(f.root(p));
                        }
                    }
                }
                _ => {}
            }
        }
        match &stmt.kind {
            Kind::Resize(p, how) => {
                out.insert(f.root(p));
                if let Resize::Append(from, ..) = how {
                    out.insert(f.root(from));
                }
            }
            Kind::If { then, els, .. } => {
                walk(f, then, out);
                walk(f, els, out);
            }
            Kind::Match(m) => m.arms.iter().for_each(|a| walk(f, &a.body, out)),
            Kind::Loop(l) => walk(f, &l.body, out),
            Kind::Scope(_, _, b) => walk(f, b, out),
            _ => {}
        }
    }
}

/// The memory that a call may give another shape.
fn may_reshape<'a>(f: &Function, arg: &'a Arg) -> Option<&'a Place> {
    let p = match arg {
        Arg::Exclusive(p, _) => p,
        Arg::Receiver(p) if f.may_be_changed(p) => p,
        _ => return None,
    };
    let is_slice = matches!(p.path.last(), Some(Proj::Range(..) | Proj::Span(..)));
    (!is_slice && !f.place_ty(p).is_fixed()).then_some(p)
}

impl Reverse<'_> {
    /// Whether the variable itself is still there when the reverse sweep runs.
    pub(super) fn outlives(&self, v: VarId) -> bool {
        let top = self.home.get(&v).is_some_and(|h| self.segments[*h].top);
        top && !self.writes.is_moved(v)
            && self.f.vars[v].alias.is_none()
            && !self.unset.contains(&v)
    }

    /// What generated code checks before it takes a method or a path for that of the standard library.
    fn asserted(&self, assertion: Option<TokenStream>, forward: &mut Block) {
        if let Some(tokens) = assertion {
            let kind = Kind::Raw(tokens);
            let span = self.span;
            forward.insert(0, Stmt { kind, span });
        }
    }

    /// The adjoint of a place that changes its shape.
    fn changed_bar(&mut self, place: &Place) -> Option<TokenStream> {
        if self.f.place_ty(place).is_constant() {
            return None;
        }
        let (bar, _) = self.place_bar(place)?;
        Some(self.spell(&bar))
    }

    pub(super) fn reverse_resize(&mut self, place: &Place, how: &Resize, forward: &mut Block) {
        let Some(bar) = self.changed_bar(place) else {
            // What another vector took over from this one is lost; its adjoint has its length again.
            if let Resize::Append(from, _, before) = how
                && let Some(bar) = self.changed_bar(from)
            {
                self.lengthen(from, &bar, None, *before, forward);
            }
            return;
        };
        self.asserted(emit::vector_assertion(&self.f, place, self.span), forward);
        match how {
            Resize::Push(x) => self.give_back(x, quote!(__rt::pop(&mut #bar))),
            Resize::Insert(i, x) => {
                self.need_operand(i);
                let i = operand_tokens(&self.f, i);
                self.give_back(x, quote!(#bar.remove(#i)));
            }
            Resize::Truncate(n, before) => {
                let n = n.as_ref().map(|n| operand_tokens(&self.f, n));
                self.lengthen(place, &bar, n, *before, forward);
            }
            Resize::Extend(from, before) => {
                self.need(*before);
                let before = self.f.vars[*before].ident.clone();
                match self.changed_bar(from) {
                    Some(from) => self.emit(Kind::Raw(
                        quote!(__rt::accumulate(&mut #from[..], #bar.split_off(#before));),
                    )),
                    None => self.emit(Kind::Raw(quote!(#bar.truncate(#before);))),
                }
            }
            Resize::Append(from, before, _) => {
                self.need(*before);
                let before = self.f.vars[*before].ident.clone();
                match self.changed_bar(from) {
                    Some(from) => {
                        self.emit(Kind::Raw(quote!(#from = #bar.split_off(#before);)));
                    }
                    None => self.emit(Kind::Raw(quote!(#bar.truncate(#before);))),
                }
            }
            Resize::Resize(n, x, before) => {
                self.need(*before);
                let length = self.f.vars[*before].ident.clone();
                if self.carries(x) {
                    let zero = self.zero_of(x);
                    let sum = quote!(__rt::sum_added(&mut #bar, #length, #zero));
                    self.contribute(x, Expr::Raw(sum, vec![]));
                } else {
                    self.emit(Kind::Raw(quote!(#bar.truncate(#length);)));
                }
                let n = operand_tokens(&self.f, n);
                self.lengthen(place, &bar, Some(n), *before, forward);
            }
        }
    }

    /// The zero of an operand's shape.
    fn zero_of(&mut self, o: &Operand) -> TokenStream {
        match o {
            Operand::Var(v) => {
                let zero = self.zero(*v);
                emit::expr_tokens(&self.f, &zero)
            }
            Operand::Lit(_) => quote!(0.0),
        }
    }

    /// The adjoint of an element goes back to the value that became it.
    fn give_back(&mut self, x: &Operand, adjoint: TokenStream) {
        if self.carries(x) {
            self.contribute(x, Expr::Raw(adjoint, vec![]));
        } else {
            self.emit(Kind::Raw(quote!(#adjoint;)));
        }
    }

    /// Elements that were dropped from position `n` on have zeros for adjoints.
    fn lengthen(
        &mut self,
        place: &Place,
        bar: &TokenStream,
        n: Option<TokenStream>,
        before: VarId,
        forward: &mut Block,
    ) {
        if let Some(zero) = super::zero_tokens(&self.f.place_ty(place).element()) {
            self.need(before);
            let before = self.f.vars[before].ident.clone();
            self.emit(Kind::Raw(
                quote!(__rt::lengthen(&mut #bar, #before, #zero);),
            ));
            return;
        }
        let tokens = place_tokens(&self.f, place, false).unwrap_or_default();
        let n = n.unwrap_or_else(|| quote!(0));
        let root = self.f.root(place);
        let dropped = self.kept_before(root, quote!(__rt::dropped(&#tokens[..], #n)), forward);
        self.emit(Kind::Raw(quote!(#bar.extend(#dropped);)));
    }

    /// The shape of a variable that may have been moved away, as its zero tangent has it.
    pub(super) fn shape_kept(&mut self, root: VarId, forward: &mut Block) -> TokenStream {
        let zero = self.zero_variable(root);
        self.needed.insert(zero);
        let kept = self.kept_before(root, TokenStream::new(), forward);
        if let Some(Stmt {
            kind: Kind::Let(v, _),
            ..
        }) = forward.first()
        {
            self.old_shapes.insert(*v, zero);
        }
        kept
    }

    /// The shape that a zero tangent has at this point of the forward sweep.
    pub(super) fn old_shape(&self, zero: VarId) -> Expr {
        let tokens = match self.saved.get(&zero) {
            Some(storage) => {
                let storage = &self.f.vars[*storage].ident;
                quote!(::core::clone::Clone::clone(#storage.top()))
            }
            None => {
                let zero = &self.f.vars[zero].ident;
                quote!(::core::clone::Clone::clone(&#zero))
            }
        };
        Expr::Raw(tokens, Vec::new())
    }

    /// A value that is made right before a statement of the forward sweep and moved to the reverse sweep.
    pub(super) fn kept_before(
        &mut self,
        root: VarId,
        tokens: TokenStream,
        forward: &mut Block,
    ) -> TokenStream {
        let name = self.f.vars[root].ident.to_string();
        let name = name.trim_start_matches("r#");
        let kept = self.f.fresh(&format!("{name}_before"), Ty::Unknown);
        let stmt = Stmt {
            kind: Kind::Let(kept, Expr::Raw(tokens, vec![root])),
            span: self.span,
        };
        self.settle(&stmt, self.segment);
        self.f.vars[kept].role = Role::Moved;
        forward.insert(0, stmt);
        self.needed.insert(kept);
        self.f.vars[kept].ident.to_token_stream()
    }

    /// `let v = place.pop()` and its kin, whether the value is used or not.
    pub(super) fn reverse_removed(
        &mut self,
        v: VarId,
        place: &Place,
        how: &Removal,
        forward: &mut Block,
    ) {
        let Some(bar) = self.changed_bar(place) else {
            return;
        };
        self.asserted(
            emit::removal_assertion(&self.f, place, how, self.span),
            forward,
        );
        let declared = self.declared.contains(&v);
        if matches!(how, Removal::Pop(_)) && !self.f.place_ty(place).element().is_float() {
            // Whether there was an element, and of which shape.
            let tokens = place_tokens(&self.f, place, false).unwrap_or_default();
            let root = self.f.root(place);
            let last = self.kept_before(root, quote!(__rt::zero_of_last(&#tokens)), forward);
            let code = if declared {
                let given = self.f.vars[self.bars[&v]].ident.clone();
                quote!(__rt::push_back(&mut #bar, #last, #given);)
            } else {
                quote!(#bar.extend(#last.into_inner());)
            };
            return self.emit(Kind::Raw(code));
        }
        let given = if declared {
            self.f.vars[self.bars[&v]].ident.to_token_stream()
        } else {
            let zero = self.zero(v);
            emit::expr_tokens(&self.f, &zero)
        };
        let code = match how {
            Removal::Pop(some) => {
                self.need(*some);
                let some = self.f.vars[*some].ident.clone();
                let element = if declared {
                    quote!(__rt::payload(#given))
                } else {
                    quote!(0.0)
                };
                quote!(if #some { #bar.push(#element); })
            }
            Removal::At(i) => {
                self.need_operand(i);
                let i = operand_tokens(&self.f, i);
                quote!(#bar.insert(#i, #given);)
            }
            Removal::SwapAt(i) => {
                self.need_operand(i);
                let i = operand_tokens(&self.f, i);
                quote!(__rt::swap_insert(&mut #bar, #i, #given);)
            }
            Removal::SplitOff(_) => quote!(#bar.extend(#given);),
            Removal::Take(_) => quote!(#bar = #given;),
            Removal::Replace(_, x) => {
                let t = self.f.fresh("replaced", Ty::Unknown);
                self.f.vars[t].temp = false;
                let taken = quote!(::core::mem::replace(&mut #bar, #given));
                self.emit(Kind::Let(t, Expr::Raw(taken, vec![])));
                self.contribute(x, Expr::Load(Place::var(t)));
                return;
            }
        };
        self.emit(Kind::Raw(code));
    }

    /// The changes of shape in a statement, of variables whose zero tangent was asked for.
    pub(super) fn changes_of_shape(&self, stmt: &Stmt) -> Vec<Reshape> {
        let mut out = Vec::new();
        if let Kind::Swap(p, SwapKind::Elements(i, j)) = &stmt.kind
            && self.zeros.contains_key(&self.f.root(p))
            && !self.f.place_ty(p).element().is_fixed()
        {
            let [i, j] = [i, j].map(|o| operand_tokens(&self.f, o));
            out.push(Reshape::Swap(p.clone(), i, j));
        }
        let mut changed = |p: &Place, how: Option<&Resize>| {
            let resolved = self.f.resolve(p);
            let root = resolved.base;
            if !self.zeros.contains_key(&root) {
                return;
            }
            let whole = resolved.path.is_empty();
            let late = self.unset.contains(&root) && !self.reshaped.contains(&root);
            out.push(match how {
                Some(Resize::Push(x)) => {
                    let ty = self.f.operand_ty(x);
                    let zero = super::zero_tokens(&ty).unwrap_or_else(|| {
                        let x = operand_tokens(&self.f, x);
                        quote!(__rt::zero(&#x))
                    });
                    Reshape::Push(resolved, zero)
                }
                Some(_) => Reshape::Fit(p.clone()),
                None if self.f.place_ty(p).is_fixed() || late => return,
                None if whole => Reshape::New(root),
                None => Reshape::Fit(p.clone()),
            });
        };
        match &stmt.kind {
            Kind::Assign(p, e) if self.f.resolve(p).path.is_empty() || self.reshapes(p, e) => {
                changed(p, None);
            }
            Kind::Swap(p, SwapKind::With(q, _)) => {
                changed(p, None);
                changed(q, None);
            }
            Kind::CopySlice { to, .. } => changed(to, None),
            Kind::Resize(p, how) => {
                changed(p, Some(how));
                if let Resize::Append(from, ..) = how {
                    changed(from, Some(how));
                }
            }
            _ => {}
        }
        if let Kind::Let(_, e) | Kind::Assign(_, e) = &stmt.kind {
            match e {
                Expr::Removed(p, Removal::Pop(_)) => {
                    let resolved = self.f.resolve(p);
                    if self.zeros.contains_key(&resolved.base) {
                        out.push(Reshape::Pop(resolved));
                    }
                }
                Expr::Removed(p, Removal::Take(_) | Removal::Replace(..)) => changed(p, None),
                Expr::Removed(p, how) => {
                    let resolved = self.f.resolve(p);
                    let _ = how;
                    if self.zeros.contains_key(&resolved.base) {
                        out.push(Reshape::Fit(p.clone()));
                    }
                }
                Expr::Call(_, args) => {
                    for arg in args {
                        if let Some(p) = may_reshape(&self.f, arg) {
                            changed(p, None);
                        }
                    }
                }
                _ => {}
            }
        }
        out
    }

    /// Whether an assignment to a part of a variable may give the part another shape.
    pub(super) fn reshapes(&self, place: &Place, e: &Expr) -> bool {
        let (to, from) = (self.f.place_ty(place), self.value_ty(e));
        if to.is_fixed() || from.is_fixed() {
            return false;
        }
        let is_vector = |ty: &Ty| matches!(ty, Ty::Vec(_));
        is_vector(&to) || is_vector(&from) || self.reshaped.contains(&self.f.root(place))
    }

    fn value_ty(&self, e: &Expr) -> Ty {
        match e {
            Expr::Use(o) => self.f.operand_ty(o),
            Expr::Load(p) => self.f.place_ty(p),
            Expr::Neg(a) | Expr::Cast(a, _) => self.value_ty(a),
            Expr::Binary(_, a, b) => match (self.value_ty(a), self.value_ty(b)) {
                (a, b) if a.is_float() && b.is_float() => a,
                _ => Ty::Unknown,
            },
            Expr::Array(_, true) | Expr::Repeat(_, _, _, true) => Ty::Vec(Box::default()),
            _ => Ty::Unknown,
        }
    }

    /// Statements of the forward sweep that keep zero tangents in their variables' shape: before the
    /// statement that changes them, and after it.
    pub(super) fn follow_shape(
        &mut self,
        change: Reshape,
        span: Span,
    ) -> (Option<Stmt>, Option<Stmt>) {
        let raw = |tokens| Some(Stmt::raw(tokens, span));
        let place = match change {
            Reshape::New(v) => return (None, self.new_shape(v, span)),
            Reshape::Fit(ref p) => p.clone(),
            Reshape::Push(ref p, _) | Reshape::Pop(ref p) | Reshape::Swap(ref p, ..) => p.clone(),
        };
        let resolved = self.f.resolve(&place);
        let is_slice = matches!(resolved.path.last(), Some(Proj::Range(..)));
        let Some(zero) = self.zeros.get(&resolved.base).copied() else {
            return (None, None);
        };
        let (base, lent) = match self.saved.get(&zero) {
            Some(storage) => {
                let storage = self.f.vars[*storage].ident.clone();
                let lent = self.f.fresh("shape", Ty::Unknown);
                let name = &self.f.vars[lent].ident;
                (lent, quote!(let #name = #storage.top();))
            }
            None => {
                self.f.vars[zero].mutable = true;
                (zero, quote!())
            }
        };
        // Where the storage lends the zero, a variable as a whole is behind a reference.
        let mut path = resolved.path;
        if path.is_empty() && base != zero {
            path.push(Proj::Deref);
        }
        let part = place_tokens(&self.f, &Place { base, path }, true).unwrap_or_default();
        let code = match &change {
            Reshape::Push(_, x) => quote!(#part.push(#x);),
            Reshape::Pop(_) => quote!(#part.pop();),
            Reshape::Swap(_, i, j) => quote!(#part.swap(#i, #j);),
            _ => {
                let value = place_tokens(&self.f, &place, false).unwrap_or_default();
                if is_slice {
                    quote!(__rt::fit_elements(&#value[..], &mut #part);)
                } else {
                    quote!(__rt::fit(&#value, &mut #part);)
                }
            }
        };
        let code = if lent.is_empty() {
            code
        } else {
            quote!({ #lent #code })
        };
        match change {
            Reshape::Push(..) => (raw(code), None),
            _ => (None, raw(code)),
        }
    }
}
