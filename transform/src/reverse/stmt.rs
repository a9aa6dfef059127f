//! The adjoint of each kind of statement, and the statement as the forward sweep has it.

use super::segments::prologue_of;
use super::*;
use crate::analysis::activity::is_active_call;
use crate::checks::{Observation, Operation};
use crate::emit::exchange;
use crate::rules;
use crate::watch::Told;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

impl Reverse<'_> {
    /// Appends the reverse of a statement to the segment being built; returns its forward form.
    pub(super) fn stmt(&mut self, stmt: &Stmt) -> Block {
        let mut forward = vec![stmt.clone()];
        self.statement = match &stmt.kind {
            Kind::Let(v, _) => *v,
            // What is assigned has no place in the order of definitions.
            _ => NOBODY,
        };
        match &stmt.kind {
            Kind::Let(v, e) => self.reverse_let(*v, e, &mut forward),
            Kind::Bind(v, Some(place)) => {
                if self.is_active(*v) && self.declared.contains(v) {
                    let seed = Place::var(self.bar(*v));
                    self.contribute_place(place, Expr::Load(seed));
                }
            }
            Kind::Assign(place, e) => self.reverse_assign(place, e, &mut forward),
            Kind::Update(place, BinOp::Mul | BinOp::Div | BinOp::Rem, e) => {
                self.reverse_assign(place, e, &mut forward);
            }
            Kind::Update(place, op, e) => {
                if matches!(self.f.place_ty(place), Ty::Unknown)
                    && self.is_active(self.f.root(place))
                {
                    let kind = crate::lower::assert_plain(*op, &self.f, place, e);
                    let span = self.span;
                    forward.insert(0, Stmt { kind, span });
                }
                self.reverse_update(place, *op, e);
            }
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
            Kind::Resize(place, how) => self.reverse_resize(place, how, &mut forward),
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
            Kind::Watch(v, n) => self.reverse_watch(*v, *n),
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
            | Kind::Check(..)
            | Kind::Accumulate(..)
            | Kind::Observe(_)
            | Kind::Save(..) => {}
        }
        self.observe(stmt);
        let mut first = std::mem::take(&mut self.first);
        first.append(&mut forward);
        first
    }

    /// Tells the cotangent of a watched local: all that follows its definition has contributed.
    fn reverse_watch(&mut self, v: VarId, n: usize) {
        let Some(watched) = self.f.watched.get(n).cloned() else {
            return;
        };
        // A call that is asked tells when it is reversed.
        let Told::Value(ty) = watched.told else {
            return;
        };
        if !self.f.masked || !self.is_active(v) {
            return;
        }
        let bar = self.bar_here(v);
        let (bar, all) = (&self.f.vars[bar].ident, watched.all);
        let n = proc_macro2::Literal::usize_unsuffixed(n);
        let tell = quote!(__rt::watch::<#ty, _>(__tape, #n, #all, &#bar););
        self.emit(Kind::Raw(quote!(if __own { #tell })));
    }

    /// Looks at the adjoints that the statement's reverse contributed to.
    fn observe(&mut self, stmt: &Stmt) {
        let touched = std::mem::take(&mut self.touched);
        if !self.f.masked || touched.is_empty() {
            return;
        }
        let Some(operation) = Operation::of(&self.f, stmt) else {
            return;
        };
        let (mut seed, mut result) = (None, None);
        if let Kind::Let(v, _) = &stmt.kind
            && self.f.vars[*v].ty.is_float()
        {
            result = Some(*v);
            seed = self
                .bars
                .get(v)
                .filter(|_| self.declared.contains(v))
                .copied();
        }
        let observation = Observation::new(operation, touched, seed, result);
        self.emit(Kind::Observe(Box::new(observation)));
    }

    fn reverse_let(&mut self, v: VarId, e: &Expr, forward: &mut Block) {
        self.assert_scalars(e, forward);
        if let Expr::Call(path, args) = e
            && is_active_call(&self.f, self.activity, v, args)
        {
            return self.reverse_call(v, path, args, forward);
        }
        if let Expr::Removed(place, how) = e {
            return self.reverse_removed(v, place, how, forward);
        }
        if !self.is_active(v) || !self.declared.contains(&v) {
            return;
        }
        let seed = Place::var(self.bar(v));
        self.adjoint_of(e, &seed, &Operand::Var(v));
    }

    /// A rule for real numbers was chosen by a method's name: the type must bear it out.
    fn assert_scalars(&mut self, e: &Expr, forward: &mut Block) {
        if let Expr::Cast(a, Conversion::Alias(ty)) = e
            && let Expr::Use(Operand::Var(v)) = &**a
            && self.activity.varied[*v]
        {
            let kind = Kind::Raw(real_alias(ty));
            let span = self.span;
            forward.insert(0, Stmt { kind, span });
        }
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
            let kind = Kind::Raw(rules::assertion(&self.f, *v, name));
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
        if whole
            && self.home.get(&root) == Some(&self.segment)
            && !self.declared.contains(&root)
            && !self.reshaped.contains(&root)
        {
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
        // Parts may be moved out of it.
        self.f.vars[t].mutable = true;
        self.f.vars[t].generated = true;
        if is_float {
            self.emit(Kind::Let(t, Expr::Load(bar.clone())));
            let zero =
                super::adjoint::zero_tokens(&self.f.place_ty(place)).unwrap_or_else(|| quote!(0.0));
            self.emit(Kind::Assign(bar, Expr::Use(Operand::Lit(zero))));
        } else if (whole && !self.unset.contains(&root) && !self.f.vars[root].ty.is_fixed())
            || (!whole && self.reshapes(place, e))
        {
            // The shape before may differ from the shape after.
            let taken = self.exchanged(place, &bar, forward);
            let taken = match self.f.may_be_constant_field(place) {
                true => self.of_type(&self.stored_ty(e), taken),
                false => taken,
            };
            self.emit(Kind::Let(t, taken));
        } else {
            let mut taken = self.take(&bar);
            if self.f.may_be_constant_field(place) {
                taken = self.of_type(&self.stored_ty(e), taken);
            }
            self.emit(Kind::Let(t, taken));
        }
        self.adjoint_of(e, &Place::var(t), &Operand::Lit(quote!(())));
    }

    /// The adjoint of a place, moved out; what stays is a zero in the shape that the place has before it is assigned.
    fn exchanged(&mut self, place: &Place, bar: &Place, forward: &mut Block) -> Expr {
        let tokens = crate::emit::place_tokens(&self.f, place, false).unwrap_or_default();
        let bar = self.spell(bar);
        let resolved = self.f.resolve(place);
        let root = resolved.base;
        // What was there may have been moved away, but not from behind a reference or an index.
        let lent = matches!(self.f.vars[root].ty, Ty::Ref(..))
            || !resolved
                .path
                .iter()
                .all(|step| matches!(step, Proj::Field(_) | Proj::Deref));
        let moved = !lent && self.writes.is_moved(root) && self.home.contains_key(&root);
        let taken = if moved && resolved.path.is_empty() {
            let before = self.shape_kept(root, Vec::new(), forward);
            quote!(::core::mem::replace(&mut #bar, #before))
        } else if moved {
            let before = self.shape_kept(root, resolved.path, forward);
            quote!(__rt::exchange(&mut #bar, #before))
        } else if matches!(self.f.place_ty(place), Ty::Unknown) {
            // Of a type that is not known it may be nothing that has to be kept.
            let before = self.kept_before(root, quote!(__rt::shape!(#tokens)), forward);
            quote!(__rt::exchange(&mut #bar, #before))
        } else {
            let before = self.kept_before(root, quote!(__rt::zero(&#tokens)), forward);
            quote!(::core::mem::replace(&mut #bar, #before))
        };
        Expr::Raw(taken, vec![])
    }

    fn reverse_update(&mut self, place: &Place, op: BinOp, e: &Expr) {
        let Expr::Use(o) = e else { return };
        if !self.carries(o) {
            return;
        }
        let Some((bar, is_float)) = self.place_bar(place) else {
            return;
        };
        let contribution = match op {
            BinOp::Sub if is_float => Expr::Neg(Box::new(Expr::Load(bar))),
            _ if is_float => Expr::Load(bar),
            op => {
                // What is added may be of another type or shape than what it is added to.
                let (tokens, like) = (self.spell(&bar), self.like(o));
                let added = quote!(__rt::added(#like, &#tokens));
                let negate = matches!(op, BinOp::Sub);
                let added = if negate {
                    quote!(__rt::negated(&#added))
                } else {
                    added
                };
                Expr::Raw(added, vec![])
            }
        };
        let contribution = if self.f.may_be_constant_field(place) {
            self.of_type(&self.f.operand_ty(o), contribution)
        } else {
            contribution
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
                self.emit(Kind::Raw(exchange(&self.f, place, other, a, b)));
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
                    let moved = __rt::take_part(&mut #to_tokens);
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
            body_f.insert(0, Stmt::raw(note, self.span));
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
            self.storage.push(Storage::lane(var, Some(quote!(u32))));
            quote!(#ident.pop())
        } else {
            self.storage.push(Storage::own(var, quote!(0_u32)));
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
}

/// Whether a reverse block does anything but restore values.
pub(super) fn has_code(block: &Block) -> bool {
    block.iter().any(|s| prologue_of(s).is_none())
}

/// Asks the type checker whether the type that a value is cast to is a real number.
pub fn real_alias(ty: &TokenStream) -> TokenStream {
    let at = Span::call_site().located_at(ty.span());
    quote_spanned!(at=> __rt::assert_cast_to_real::<#ty>();)
}
