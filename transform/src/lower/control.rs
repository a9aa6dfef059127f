//! Statements and control flow.

use super::expr::is_structured;
use super::infer::peel;
use super::pattern::{By, Subject};
use super::{Lower, Scope, split_tail};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// Whether a `return` stands anywhere in the block but in closures and inner items.
pub(super) fn returns_early(block: &syn::Block) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut find = Find(false);
    find.visit_block(block);
    find.0
}

impl Lower {
    pub(super) fn stmts(&mut self, stmts: &[syn::Stmt]) {
        for stmt in stmts {
            if let syn::Stmt::Item(syn::Item::Const(c)) = stmt {
                self.constants
                    .insert(c.ident.to_string(), self.f.types.of(&c.ty));
            }
        }
        for stmt in stmts {
            match stmt {
                syn::Stmt::Local(local) => self.local(local),
                syn::Stmt::Item(item) => self.push(Kind::Raw(item.to_token_stream()), item.span()),
                syn::Stmt::Expr(e, _) => self.effect(e),
                syn::Stmt::Macro(m) => {
                    if !self.reading_macro(&m.mac, m.span()) {
                        let tokens = m.to_token_stream();
                        let opaque = self.opaque_macro(&m.mac, tokens, m.span());
                        let name = m.mac.path.to_token_stream().to_string();
                        let detail = format!("`{name}!` sees a value that carries a derivative");
                        let diagnostic = Diagnostic::new(Code::UnknownMacro, &m.mac.path, detail);
                        self.push(Kind::Refused(opaque, Box::new(diagnostic)), m.span());
                    }
                }
            }
        }
    }

    /// An expression for its effect.
    pub(super) fn effect(&mut self, e: &syn::Expr) {
        let e = peel(e);
        if matches!(
            e,
            syn::Expr::If(_)
                | syn::Expr::Match(_)
                | syn::Expr::Block(_)
                | syn::Expr::Loop(_)
                | syn::Expr::While(_)
                | syn::Expr::ForLoop(_)
        ) {
            self.structured(e, None);
            return;
        }
        let aside = match e {
            syn::Expr::MethodCall(m) => self.changes_constants_only(m),
            _ => false,
        };
        if !is_structured(e) && (aside || self.infer(e).is_constant()) {
            let opaque = self.opaque(e, Cut::None);
            let tokens = &opaque.tokens;
            let opaque = Opaque {
                tokens: quote!(#tokens;),
                ..opaque
            };
            self.push(Kind::Opaque(opaque), e.span());
            return;
        }
        self.for_effect = matches!(e, syn::Expr::MethodCall(_));
        let lowered = self.rhs(e);
        self.for_effect = false;
        match lowered {
            None | Some(Expr::Use(Operand::Lit(_))) => {}
            Some(Expr::Refused(opaque, diagnostic)) => {
                let tokens = &opaque.tokens;
                let opaque = Opaque {
                    tokens: quote!(#tokens;),
                    ..opaque
                };
                self.push(Kind::Refused(opaque, diagnostic), e.span());
            }
            Some(expr) => {
                let ty = self.expr_ty(&expr, e);
                self.name(expr, ty, e.span());
            }
        }
    }

    /// Control flow as a value: a variable that each path assigns.
    pub(super) fn structured_value(&mut self, e: &syn::Expr) -> Option<Expr> {
        let var = self.f.fresh("t", Ty::Unknown);
        self.f.vars[var].deferred = true;
        self.f.vars[var].mutable = true;
        self.push(Kind::Declare(var), e.span());
        self.structured(e, Some(var));
        Some(Expr::Load(Place::var(var)))
    }

    /// Lowers control flow, its value going to `target`.
    pub(super) fn structured(&mut self, e: &syn::Expr, target: Option<VarId>) {
        match e {
            syn::Expr::If(i) => self.branch(i, target),
            syn::Expr::Match(m) => self.match_(m, target),
            syn::Expr::Block(b) => {
                let label = b.label.as_ref().map(|l| l.name.ident.to_string());
                let id = self.enter(label, false, target);
                let body = self.block(|l| l.block_into(&b.block, target));
                self.scopes.pop();
                let label = b.label.as_ref().map(|l| l.name.ident.clone());
                self.push(Kind::Scope(id, label, body), b.span());
            }
            syn::Expr::Loop(l) => self.forever(l, target),
            syn::Expr::While(w) => self.while_(w),
            syn::Expr::ForLoop(f) => self.for_(f),
            other => self.value_into(other, target),
        }
    }

    pub(super) fn enter(
        &mut self,
        label: Option<String>,
        is_loop: bool,
        value: Option<VarId>,
    ) -> ScopeId {
        let id = self.next_scope;
        self.next_scope += 1;
        self.scopes.push(Scope {
            id,
            label,
            is_loop,
            value,
        });
        id
    }

    pub(super) fn block_into(&mut self, block: &syn::Block, target: Option<VarId>) {
        let outside = self.constants.clone();
        match split_tail(block) {
            Some((tail, stmts)) => {
                self.stmts(stmts);
                self.value_into(tail, target);
            }
            None => self.stmts(&block.stmts),
        }
        self.constants = outside;
    }

    fn value_into(&mut self, e: &syn::Expr, target: Option<VarId>) {
        let e = peel(e);
        let Some(var) = target else {
            return self.effect(e);
        };
        if matches!(
            e,
            syn::Expr::If(_) | syn::Expr::Match(_) | syn::Expr::Block(_) | syn::Expr::Loop(_)
        ) {
            return self.structured(e, target);
        }
        if let Some(expr) = self.rhs(e) {
            if let Expr::Use(operand) = &expr {
                self.no_reference(operand, e);
            }
            let ty = self.expr_ty(&expr, e);
            self.learn(var, ty.clone());
            let expr = self.stored(expr, ty, e.span());
            self.push(Kind::Assign(Place::var(var), expr), e.span());
        }
    }

    fn branch(&mut self, i: &syn::ExprIf, target: Option<VarId>) {
        if let syn::Expr::Let(l) = peel(&i.cond) {
            return self.if_let(i, l, target);
        }
        if contains_let(&i.cond) {
            self.refuse(
                Code::UnsupportedExpr,
                &i.cond,
                "a chain of `let` conditions",
            );
            return;
        }
        let cond = self.condition(&i.cond);
        let then = self.block(|l| l.block_into(&i.then_branch, target));
        let els = match &i.else_branch {
            Some((_, e)) => self.block(|l| match &**e {
                syn::Expr::Block(b) if b.label.is_none() => l.block_into(&b.block, target),
                e => l.structured(e, target),
            }),
            None => Block::new(),
        };
        self.push(Kind::If { cond, then, els }, i.span());
    }

    fn condition(&mut self, e: &syn::Expr) -> Operand {
        let e = peel(e);
        if let syn::Expr::Path(p) = e
            && let Some(v) = self.lookup(&p.path)
            && !self.f.vars[v].mutable
        {
            return Operand::Var(v);
        }
        let opaque = self.opaque(e, Cut::NoDerivative("a condition".into()));
        self.name(Expr::Opaque(opaque), Ty::Bool, e.span())
    }

    fn if_let(&mut self, i: &syn::ExprIf, l: &syn::ExprLet, target: Option<VarId>) {
        let (tokens, reads, subject) = self.scrutinee(&l.expr);
        let pat = &l.pat;
        self.ref_mut(pat, &l.expr);
        let then = self.block(|lower| {
            lower.bind(pat, &subject);
            lower.block_into(&i.then_branch, target);
        });
        let els = match &i.else_branch {
            Some((_, e)) => self.block(|l| match &**e {
                syn::Expr::Block(b) if b.label.is_none() => l.block_into(&b.block, target),
                e => l.structured(e, target),
            }),
            None => Block::new(),
        };
        let arms = vec![
            Arm {
                pat: pat.to_token_stream(),
                body: then,
            },
            Arm {
                pat: quote!(_),
                body: els,
            },
        ];
        self.push(
            Kind::Match(Match {
                tokens,
                reads,
                arms,
            }),
            i.span(),
        );
    }

    fn match_(&mut self, m: &syn::ExprMatch, target: Option<VarId>) {
        let discrete = m.arms.iter().any(|arm| is_discrete(&arm.pat));
        let (tokens, reads, subject) = match discrete && self.only_gives(&m.expr) {
            true => self.constant_scrutinee(peel(&m.expr), Ty::Constant),
            false => self.scrutinee(&m.expr),
        };
        let mut arms = Vec::new();
        for arm in &m.arms {
            self.ref_mut(&arm.pat, &m.expr);
            if let syn::Pat::Guard(g) = &arm.pat {
                let guard = self.opaque(&g.guard, Cut::None);
                self.changes(&guard);
            }
            let body = self.block(|l| {
                l.bind(&arm.pat, &subject);
                l.value_into(&arm.body, target);
            });
            arms.push(Arm {
                pat: arm.pat.to_token_stream(),
                body,
            });
        }
        self.push(
            Kind::Match(Match {
                tokens,
                reads,
                arms,
            }),
            m.span(),
        );
    }

    /// `ref mut` in a pattern: what is matched may be changed through it.
    fn ref_mut(&mut self, pat: &syn::Pat, matched: &syn::Expr) {
        if binds_ref_mut(pat) && self.infer(matched).is_constant() {
            let reference: syn::Expr = syn::parse_quote!(&mut #matched);
            let opaque = self.opaque(&reference, Cut::None);
            self.changes(&opaque);
        }
    }

    /// What an expression may change that is evaluated as part of the statement that follows.
    fn changes(&mut self, opaque: &Opaque) {
        if !opaque.writes.is_empty() {
            let opaque = Opaque {
                tokens: proc_macro2::TokenStream::new(),
                reads: Vec::new(),
                ..opaque.clone()
            };
            self.push(Kind::Opaque(opaque.clone()), opaque.span);
        }
    }

    /// Whether an expression gives a value and changes nothing that may carry a derivative.
    fn only_gives(&mut self, e: &syn::Expr) -> bool {
        match peel(e) {
            e @ syn::Expr::Call(_) => self.opaque(e, Cut::None).writes.is_empty(),
            e => !is_structured(e),
        }
    }

    /// What is matched carries no derivative.
    fn constant_scrutinee(
        &mut self,
        e: &syn::Expr,
        ty: Ty,
    ) -> (proc_macro2::TokenStream, Vec<VarId>, Subject) {
        let opaque = self.opaque(e, Cut::NoDerivative("a `match`".into()));
        self.changes(&opaque);
        (opaque.tokens, opaque.reads, Subject::constant(ty))
    }

    /// What is matched: a place that a derivative may flow from, or tokens without one.
    fn scrutinee(&mut self, e: &syn::Expr) -> (proc_macro2::TokenStream, Vec<VarId>, Subject) {
        let e = peel(e);
        let ty = self.infer(e);
        if ty.is_constant() && !is_structured(e) {
            return self.constant_scrutinee(e, ty);
        }
        if let Some(found) = self.found_element(e) {
            return found;
        }
        if let Some(found) = self.found_full(e) {
            return found;
        }
        let (tokens, by, place) = match e {
            syn::Expr::Reference(r) => match self.place(&r.expr) {
                Some(place) => {
                    let exclusive = r.mutability.is_some();
                    let tokens = crate::emit::place_tokens(&self.f, &place, exclusive);
                    let mutability = &r.mutability;
                    (quote!(&#mutability #tokens), By::of(exclusive), place)
                }
                None => return self.scrutinee(&r.expr),
            },
            syn::Expr::Path(p) if self.lookup(&p.path).is_some() => {
                let v = self.lookup(&p.path).unwrap_or_default();
                let by = By::behind(&self.f.vars[v].ty);
                let place = match by {
                    By::Value => Place::var(v),
                    _ => Place::var(v).then(Proj::Deref),
                };
                (e.to_token_stream(), by, place)
            }
            // A part of memory is matched where it is.
            syn::Expr::Field(_) | syn::Expr::Index(_) | syn::Expr::Unary(_)
                if let Some(mut place) = self.place(e) =>
            {
                let tokens = crate::emit::place_tokens(&self.f, &place, false);
                let by = By::behind(&self.f.place_ty(&place));
                if by != By::Value {
                    place = place.then(Proj::Deref);
                }
                (tokens.unwrap_or_default(), by, place)
            }
            syn::Expr::MethodCall(m)
                if (m.method == "as_slice" || m.method == "as_mut_slice")
                    && let Some(place) = self.place(e) =>
            {
                let by = By::of(m.method == "as_mut_slice");
                (e.to_token_stream(), by, place)
            }
            e => match self.value(e) {
                Some(Operand::Var(v)) => {
                    let by = By::behind(&self.f.vars[v].ty);
                    let mut place = Place::var(v);
                    if by != By::Value {
                        place = place.then(Proj::Deref);
                    }
                    (self.f.vars[v].ident.to_token_stream(), by, place)
                }
                Some(Operand::Lit(tokens)) => return (tokens, Vec::new(), Subject::constant(ty)),
                None => return (quote!(()), Vec::new(), Subject::constant(ty)),
            },
        };
        let reads = vec![place.base];
        let ty = self.f.place_ty(&place).peeled().clone();
        let subject = Subject {
            place: Some(place),
            ty,
            by,
            refutable: true,
        };
        (tokens, reads, subject)
    }

    /// `__rt::full(value)`, which stands for what is in an `Option` or a `Result`.
    fn found_full(
        &mut self,
        e: &syn::Expr,
    ) -> Option<(proc_macro2::TokenStream, Vec<VarId>, Subject)> {
        let syn::Expr::Call(c) = e else { return None };
        let syn::Expr::Path(p) = &*c.func else {
            return None;
        };
        let ours = p.path.segments.len() == 2
            && p.path.segments[0].ident == "__rt"
            && p.path.segments[1].ident == "full";
        if !ours {
            return None;
        }
        let operand = self.value(c.args.first()?)?;
        let tokens = crate::emit::operand_tokens(&self.f, &operand);
        let name = syn::Ident::new(super::pattern::FULL, proc_macro2::Span::call_site());
        let part = Proj::Part(name, syn::Member::Unnamed(syn::Index::from(0)));
        let (place, reads) = match operand {
            Operand::Var(v) => (Some(Place::var(v).then(part)), vec![v]),
            Operand::Lit(_) => (None, Vec::new()),
        };
        let subject = Subject {
            place,
            ty: Ty::Unknown,
            by: By::Value,
            refutable: true,
        };
        Some((quote!(__rt::full(#tokens)), reads, subject))
    }

    /// `v.last()` and its kin, which are looked into where they stand.
    fn found_element(
        &mut self,
        e: &syn::Expr,
    ) -> Option<(proc_macro2::TokenStream, Vec<VarId>, Subject)> {
        let syn::Expr::MethodCall(m) = e else {
            return None;
        };
        let place = self.element_of(e)?;
        let ty = Ty::Option(Box::new(self.f.place_ty(&place)));
        let of = Place {
            base: place.base,
            path: place.path[..place.path.len() - 1].to_vec(),
        };
        let of = crate::emit::place_tokens(&self.f, &of, false)?;
        let index = match place.path.last() {
            Some(Proj::Index(i)) if m.method.to_string().starts_with("get") => {
                Some(crate::emit::operand_tokens(&self.f, i))
            }
            _ => None,
        };
        let method = &m.method;
        let name = syn::Ident::new(super::pattern::ELEMENT, proc_macro2::Span::call_site());
        let marked = Proj::Part(name, syn::Member::Unnamed(syn::Index::from(0)));
        let subject = Subject {
            place: Some(place.then(marked)),
            ty,
            by: By::of(m.method.to_string().ends_with("_mut")),
            refutable: true,
        };
        Some((quote!(#of.#method(#index)), Vec::new(), subject))
    }

    /// `return`, `break` and `continue`.
    pub(super) fn exit(&mut self, e: &syn::Expr) {
        let (value, label, again) = match e {
            syn::Expr::Return(r) => {
                let ret = self.f.ret;
                match &r.expr {
                    Some(v) => self.value_into(v, Some(ret)),
                    None => self.push(
                        Kind::Assign(Place::var(ret), Expr::Use(Operand::Lit(quote!(())))),
                        r.span(),
                    ),
                }
                self.push(
                    Kind::Exit {
                        target: FUNCTION,
                        again: false,
                    },
                    e.span(),
                );
                return;
            }
            syn::Expr::Break(b) => (b.expr.as_deref(), &b.label, false),
            syn::Expr::Continue(c) => (None, &c.label, true),
            _ => return,
        };
        let label = label.as_ref().map(|l| l.ident.to_string());
        let scope = self.scopes.iter().rev().find(|s| match &label {
            Some(label) => s.label.as_ref() == Some(label),
            None => s.is_loop,
        });
        let Some((id, target)) = scope.map(|s| (s.id, s.value)) else {
            self.refuse(
                Code::UnsupportedStmt,
                e,
                "a jump whose target is not in this function",
            );
            return;
        };
        if let Some(value) = value {
            match target {
                Some(_) => self.value_into(value, target),
                None => self.effect(value),
            }
        }
        self.push(Kind::Exit { target: id, again }, e.span());
    }
}

fn contains_let(e: &syn::Expr) -> bool {
    match peel(e) {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(b) => contains_let(&b.left) || contains_let(&b.right),
        _ => false,
    }
}

/// Whether a variable in the pattern is an exclusive reference by `ref mut`.
pub(super) fn binds_ref_mut(pat: &syn::Pat) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
            self.0 |= p.by_ref.is_some() && p.mutability.is_some();
            syn::visit::visit_pat_ident(self, p);
        }
    }
    let mut find = Find(false);
    find.visit_pat(pat);
    find.0
}

/// Whether a pattern is one for a value without a derivative: an integer, a truth value, a character, a text.
fn is_discrete(pat: &syn::Pat) -> bool {
    let literal = |e: &syn::Expr| match peel(e) {
        syn::Expr::Lit(l) => is_discrete_literal(&l.lit),
        syn::Expr::Unary(u) => {
            matches!(peel(&u.expr), syn::Expr::Lit(l) if is_discrete_literal(&l.lit))
        }
        _ => false,
    };
    match pat {
        syn::Pat::Lit(l) => is_discrete_literal(&l.lit),
        syn::Pat::Range(r) => r.start.iter().chain(&r.end).any(|e| literal(e)),
        syn::Pat::Or(or) => or.cases.iter().any(is_discrete),
        syn::Pat::Paren(p) => is_discrete(&p.pat),
        syn::Pat::Guard(g) => is_discrete(&g.pat),
        syn::Pat::Ident(i) => i.subpat.as_ref().is_some_and(|(_, pat)| is_discrete(pat)),
        _ => false,
    }
}

fn is_discrete_literal(lit: &syn::Lit) -> bool {
    matches!(
        lit,
        syn::Lit::Int(_)
            | syn::Lit::Bool(_)
            | syn::Lit::Char(_)
            | syn::Lit::Byte(_)
            | syn::Lit::Str(_)
    )
}
