//! Vectors that grow and shrink, and what is moved out of a place: their adjoints do the opposite.

use super::*;
use crate::emit::{self, place_tokens};
use crate::lower::operand_tokens;
use quote::ToTokens;

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
            Kind::Assign(p, e) if !f.resolve(p).path.is_empty() && assigns_shape(f, p, e) => {
                out.insert(f.root(p));
            }
            Kind::Update(p, _, e @ Expr::Binary(..)) if assigns_shape(f, p, e) => {
                out.insert(f.root(p));
            }
            Kind::Resize(p, how) => {
                out.insert(f.root(p));
                if let Resize::Append(from, ..) = how {
                    out.insert(f.root(from));
                }
            }
            _ => stmt.blocks().into_iter().for_each(|b| walk(f, b, out)),
        }
    }
}

/// Whether what is assigned to a place may have another shape than what was there.
fn assigns_shape(f: &Function, place: &Place, e: &Expr) -> bool {
    !f.place_ty(place).is_fixed() && !value_ty(f, e).is_fixed()
}

/// What is known of the type of a value that is assigned.
fn value_ty(f: &Function, e: &Expr) -> Ty {
    match e {
        Expr::Use(o) => f.operand_ty(o),
        Expr::Load(p) => f.place_ty(p),
        Expr::Neg(a) => value_ty(f, a),
        Expr::Cast(..) => Ty::Float(crate::ty::Scalar::Literal),
        Expr::Binary(_, a, b) => match (value_ty(f, a), value_ty(f, b)) {
            (a, b) if a.is_float() && b.is_float() => a,
            _ => Ty::Unknown,
        },
        _ => Ty::Unknown,
    }
}

/// The memory that a call may give another shape.
pub(super) fn may_reshape<'a>(f: &Function, arg: &'a Arg) -> Option<&'a Place> {
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
        self.need(kept);
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

    /// Whether an assignment to a part of a variable may give the part another shape.
    pub(super) fn reshapes(&self, place: &Place, e: &Expr) -> bool {
        assigns_shape(&self.f, place, e)
    }
}
