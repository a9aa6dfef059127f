//! Statements and control flow.

use super::expr::{arithmetic, is_structured};
use super::infer::peel;
use super::pattern::Subject;
use super::{Lower, Scope, is_marked, split_tail};
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

/// The parts of a destructuring assignment.
type Parts = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;

impl Lower {
    pub(super) fn stmts(&mut self, stmts: &[syn::Stmt]) {
        for stmt in stmts {
            if let syn::Stmt::Item(syn::Item::Const(c)) = stmt {
                self.constants.insert(c.ident.to_string(), Ty::of(&c.ty));
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
    fn effect(&mut self, e: &syn::Expr) {
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
        match self.rhs(e) {
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

    fn local(&mut self, local: &syn::Local) {
        if is_marked(&local.attrs, "watch") {
            self.refuse(Code::UnsupportedStmt, &local.pat, "`#[watch]` on a local");
        }
        let (pat, written) = match &local.pat {
            syn::Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            if let syn::Pat::Ident(p) = pat {
                let var = self.declare(&p.ident, written.map(Ty::of).unwrap_or_default(), true);
                self.f.vars[var].deferred = p.mutability.is_none();
                self.f.vars[var].ascription = written.map(ToTokens::to_token_stream);
                self.push(Kind::Declare(var), local.span());
            } else {
                self.refuse(Code::UnsupportedPattern, pat, "a pattern without a value");
            }
            return;
        };
        if init.diverge.is_some() {
            self.refuse(Code::UnsupportedStmt, pat, "`let … else`");
            return;
        }
        if is_marked(&local.attrs, "constant") {
            let opaque = self.opaque(&init.expr, Cut::ConstantLocal);
            let ty = written
                .map(Ty::of)
                .unwrap_or_else(|| self.infer(&init.expr));
            self.define(pat, written, Expr::Opaque(opaque), ty, local.span());
            return;
        }
        self.initialise(pat, written, &init.expr, local.span());
    }

    fn initialise(
        &mut self,
        pat: &syn::Pat,
        written: Option<&syn::Type>,
        init: &syn::Expr,
        span: proc_macro2::Span,
    ) {
        let init = peel(init);
        match (pat, init) {
            (syn::Pat::Tuple(p), syn::Expr::Tuple(t))
                if written.is_none()
                    && p.elems.len() == t.elems.len()
                    && !p.elems.iter().any(|p| matches!(p, syn::Pat::Rest(_))) =>
            {
                let mut values = Vec::new();
                for (p, e) in p.elems.iter().zip(&t.elems) {
                    if let (syn::Pat::Ident(_), syn::Expr::Reference(_)) = (p, peel(e)) {
                        // A reference has no value of its own; its new name cannot hide another's.
                        self.initialise(p, None, e, p.span());
                        continue;
                    }
                    let Some(expr) = self.rhs(e) else { return };
                    let ty = self.expr_ty(&expr, e);
                    // Each value is computed before any is bound.
                    values.push((p, self.name(expr, ty.clone(), e.span()), ty));
                }
                for (p, value, ty) in values {
                    self.define(p, None, Expr::Use(value), ty, p.span());
                }
            }
            (syn::Pat::Reference(p), syn::Expr::Reference(r)) => {
                self.initialise(&p.pat, None, &r.expr, span);
            }
            (syn::Pat::Ident(p), syn::Expr::Reference(r))
                if p.subpat.is_none() && p.by_ref.is_none() =>
            {
                let Some(place) = self.referent(&r.expr) else {
                    let opaque = self.opaque(init, Cut::None);
                    let ty = self.infer(init);
                    self.define(pat, written, Expr::Opaque(opaque), ty, span);
                    return;
                };
                self.alias(&p.ident, place, r.mutability.is_some(), span);
            }
            (syn::Pat::Ident(p), syn::Expr::Path(path))
                if self.lookup(&path.path).is_some_and(|v| {
                    matches!(self.f.vars[v].ty, Ty::Ref(..)) && !self.f.vars[v].mutable
                }) =>
            {
                if let Some(v) = self.lookup(&path.path) {
                    let exclusive = matches!(self.f.vars[v].ty, Ty::Ref(_, true));
                    self.alias(&p.ident, Place::var(v).then(Proj::Deref), exclusive, span);
                }
            }
            (syn::Pat::Ident(p), e)
                if p.subpat.is_none()
                    && matches!(
                        e,
                        syn::Expr::If(_)
                            | syn::Expr::Match(_)
                            | syn::Expr::Block(_)
                            | syn::Expr::Loop(_)
                    ) =>
            {
                // The variable is declared after its value is lowered: the value does not see it.
                let mutable = p.mutability.is_some();
                let id = self.f.vars.len();
                self.f.vars.push(Var {
                    ident: p.ident.clone(),
                    ty: written.map(Ty::of).unwrap_or_default(),
                    mutable: true,
                    deferred: !mutable,
                    alias: None,
                    temp: false,
                    generated: false,
                    ascription: written.map(ToTokens::to_token_stream),
                });
                self.push(Kind::Declare(id), span);
                self.structured(e, Some(id));
                self.by_name.insert(p.ident.to_string(), id);
            }
            _ => {
                let Some(expr) = self.rhs(init) else { return };
                let ty = match written {
                    Some(written) => Ty::of(written),
                    None => self.expr_ty(&expr, init),
                };
                self.define(pat, written, expr, ty, span);
            }
        }
    }

    fn alias(
        &mut self,
        ident: &syn::Ident,
        place: Place,
        exclusive: bool,
        span: proc_macro2::Span,
    ) {
        let ty = Ty::Ref(Box::new(self.f.place_ty(&place)), exclusive);
        let var = self.declare(ident, ty, false);
        self.f.vars[var].alias = Some(place);
        self.push(Kind::Alias(var, exclusive), span);
    }

    /// `let pat: written = expr;`
    fn define(
        &mut self,
        pat: &syn::Pat,
        written: Option<&syn::Type>,
        expr: Expr,
        ty: Ty,
        span: proc_macro2::Span,
    ) {
        match pat {
            syn::Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() => {
                // A rule that needs its own result must find it after the variable has changed.
                let expr = match p.mutability {
                    Some(_) => self.stored(expr, ty.clone(), span),
                    None => match expr {
                        Expr::Use(Operand::Lit(literal))
                            if matches!(ty, Ty::Int(None))
                                && (self.depth > 0 || self.f.early_return) =>
                        {
                            self.tied_literal(literal, span)
                        }
                        expr => expr,
                    },
                };
                let var = self.declare(&p.ident, ty, p.mutability.is_some());
                self.f.vars[var].ascription = written.map(ToTokens::to_token_stream);
                self.push(Kind::Let(var, expr), span);
            }
            syn::Pat::Type(t) => self.define(&t.pat, Some(&t.ty), expr, Ty::of(&t.ty), span),
            syn::Pat::Paren(p) => self.define(&p.pat, written, expr, ty, span),
            syn::Pat::Wild(_) => {
                let var = self.f.fresh("unused", ty);
                self.push(Kind::Let(var, expr), span);
            }
            pat if binds_ref_mut(pat) => self.refuse(
                Code::UnsupportedPattern,
                pat,
                "`ref mut` in a `let`: take `&mut` of the place instead",
            ),
            pat => {
                if let (Expr::Use(Operand::Var(v)), None) = (&expr, written) {
                    return self.destructure(pat, *v);
                }
                let var = self.f.fresh("t", ty);
                self.f.vars[var].ascription = written.map(ToTokens::to_token_stream);
                self.push(Kind::Let(var, expr), span);
                self.destructure(pat, var);
            }
        }
    }

    /// An integer literal that has the same type when it is written again in the reverse sweep.
    fn tied_literal(&mut self, literal: proc_macro2::TokenStream, span: proc_macro2::Span) -> Expr {
        let same = self.same_integer(span);
        let ident = &self.f.vars[same].ident;
        Expr::Opaque(Opaque {
            tokens: quote!(#ident(#literal)),
            reads: vec![same],
            writes: Vec::new(),
            pure: true,
            cut: Cut::None,
            span,
        })
    }

    pub(super) fn assign(&mut self, a: &syn::ExprAssign) {
        let e = syn::Expr::Assign(a.clone());
        match peel(&a.left) {
            syn::Expr::Infer(_) => drop(self.value(&a.right)),
            syn::Expr::Tuple(t) => self.assign_parts(&t.elems, false, &a.right),
            syn::Expr::Array(t) => self.assign_parts(&t.elems, true, &a.right),
            left if self.infer(left).is_constant()
                && !matches!(
                    peel(&a.right),
                    syn::Expr::If(_)
                        | syn::Expr::Match(_)
                        | syn::Expr::Block(_)
                        | syn::Expr::Loop(_)
                ) =>
            {
                let mut opaque = self.opaque(&e, Cut::None);
                opaque.tokens = quote!(#e;);
                self.push(Kind::Opaque(opaque), a.span());
            }
            left => {
                let Some(expr) = self.rhs(&a.right) else {
                    return;
                };
                let ty = self.expr_ty(&expr, &a.right);
                self.store(left, expr, ty, a.span());
            }
        }
    }

    /// `left = expr;`
    fn store(&mut self, left: &syn::Expr, expr: Expr, ty: Ty, span: proc_macro2::Span) {
        match self.place(left) {
            Some(place)
                if place.path.is_empty() && matches!(self.f.vars[place.base].ty, Ty::Ref(..)) =>
            {
                self.refuse(
                    Code::ActiveReference,
                    &left,
                    "a reference is made to point elsewhere",
                );
            }
            Some(place) => {
                if place.path.is_empty() {
                    self.learn(place.base, ty.clone());
                }
                let expr = self.stored(expr, ty, span);
                self.push(Kind::Assign(place, expr), span);
            }
            None => self.refuse(
                Code::AssignToUnknown,
                &left,
                "it is not clear which memory this is",
            ),
        }
    }

    /// A variable without a written type has the type of anything that is assigned to it.
    fn learn(&mut self, var: VarId, ty: Ty) {
        let v = &mut self.f.vars[var];
        if v.ascription.is_some() {
            return;
        }
        v.ty = match (std::mem::take(&mut v.ty), ty) {
            (Ty::Unknown, known) | (known, Ty::Unknown) => known,
            (a, b) => a.join(&b),
        };
    }

    /// `(a, b) = …` or `[a, b] = …`: every value is computed before any is stored.
    fn assign_parts(&mut self, left: &Parts, array: bool, right: &syn::Expr) {
        let mut values = Vec::new();
        let written = match peel(right) {
            syn::Expr::Tuple(r) if !array => Some(&r.elems),
            syn::Expr::Array(r) if array => Some(&r.elems),
            _ => None,
        };
        if let Some(open) = left.iter().find(|l| matches!(l, syn::Expr::Range(_))) {
            self.refuse(
                Code::UnsupportedExpr,
                open,
                "`..` in a destructuring assignment",
            );
            return;
        }
        if let Some(written) = written.filter(|w| w.len() == left.len()) {
            for e in written {
                match self.value(e) {
                    Some(value) => values.push(Expr::Use(value)),
                    None => return,
                }
            }
        } else {
            let Some(Operand::Var(v)) = self.value(right) else {
                return;
            };
            for n in 0..left.len() {
                let index = proc_macro2::Literal::usize_unsuffixed(n);
                let step = if array {
                    Proj::Index(Operand::Lit(quote!(#index)))
                } else {
                    Proj::Field(syn::Member::Unnamed(syn::Index::from(n)))
                };
                values.push(Expr::Load(Place::var(v).then(step)));
            }
        }
        for (l, value) in left.iter().zip(values) {
            match peel(l) {
                syn::Expr::Infer(_) => {}
                syn::Expr::Tuple(_) | syn::Expr::Array(_) => {
                    self.refuse(
                        Code::UnsupportedExpr,
                        l,
                        "a nested destructuring assignment",
                    );
                }
                left => {
                    let ty = match &value {
                        Expr::Use(o) => self.f.operand_ty(o),
                        Expr::Load(p) => self.f.place_ty(p),
                        _ => Ty::Unknown,
                    };
                    self.store(left, value, ty, l.span());
                }
            }
        }
    }

    pub(super) fn compound(&mut self, b: &syn::ExprBinary) {
        let e = syn::Expr::Binary(b.clone());
        let (Some(op), false) = (arithmetic(&b.op), self.infer(&b.left).is_constant()) else {
            let mut opaque = self.opaque(&e, Cut::None);
            opaque.tokens = quote!(#e;);
            self.push(Kind::Opaque(opaque), b.span());
            return;
        };
        let Some(value) = self.scalar(&b.right) else {
            return;
        };
        let left = match peel(&b.left) {
            syn::Expr::Path(p) => match self.lookup(&p.path) {
                Some(v) if matches!(self.f.vars[v].ty, Ty::Ref(..)) => {
                    Some(Place::var(v).then(Proj::Deref))
                }
                Some(v) => Some(Place::var(v)),
                None => None,
            },
            left => self.place(left),
        };
        let Some(place) = left else {
            self.refuse(
                Code::AssignToUnknown,
                &b.left,
                "it is not clear which memory this is",
            );
            return;
        };
        let value = Expr::Use(value);
        if matches!(op, BinOp::Add | BinOp::Sub) {
            self.push(Kind::Update(place, op, value), b.span());
            return;
        }
        // The old value is an operand of the rule.
        let ty = self.f.place_ty(&place);
        let old = self.name(Expr::Load(place.clone()), ty, b.span());
        let expr = Expr::Binary(op, Box::new(Expr::Use(old)), Box::new(value));
        let ty = self.f.place_ty(&place);
        let expr = self.stored(expr, ty, b.span());
        self.push(Kind::Assign(place, expr), b.span());
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
        let (tokens, reads, subject) = self.scrutinee(&m.expr);
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

    /// What is matched: a place that a derivative may flow from, or tokens without one.
    fn scrutinee(&mut self, e: &syn::Expr) -> (proc_macro2::TokenStream, Vec<VarId>, Subject) {
        let e = peel(e);
        let ty = self.infer(e);
        if ty.is_constant() && !is_structured(e) {
            let opaque = self.opaque(e, Cut::NoDerivative("a `match`".into()));
            self.changes(&opaque);
            return (
                opaque.tokens,
                opaque.reads,
                Subject {
                    place: None,
                    ty,
                    by_ref: false,
                    refutable: true,
                },
            );
        }
        let (tokens, var, by_ref, place) = match e {
            syn::Expr::Reference(r) => {
                if let Some(place) = self.place(&r.expr) {
                    let base = place.base;
                    (e.to_token_stream(), base, true, place)
                } else {
                    return self.scrutinee(&r.expr);
                }
            }
            syn::Expr::Path(p) if self.lookup(&p.path).is_some() => {
                let v = self.lookup(&p.path).unwrap_or_default();
                let by_ref = matches!(self.f.vars[v].ty, Ty::Ref(..));
                let place = Place::var(v);
                let place = if by_ref {
                    place.then(Proj::Deref)
                } else {
                    place
                };
                (e.to_token_stream(), v, by_ref, place)
            }
            e => match self.value(e) {
                Some(Operand::Var(v)) => (
                    self.f.vars[v].ident.to_token_stream(),
                    v,
                    false,
                    Place::var(v),
                ),
                Some(Operand::Lit(tokens)) => {
                    return (
                        tokens,
                        Vec::new(),
                        Subject {
                            place: None,
                            ty,
                            by_ref: false,
                            refutable: true,
                        },
                    );
                }
                None => {
                    return (
                        quote!(()),
                        Vec::new(),
                        Subject {
                            place: None,
                            ty,
                            by_ref: false,
                            refutable: true,
                        },
                    );
                }
            },
        };
        let ty = self.f.place_ty(&place);
        (
            tokens,
            vec![var],
            Subject {
                place: Some(place),
                ty: ty.peeled().clone(),
                by_ref,
                refutable: true,
            },
        )
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

pub(super) fn contains_let(e: &syn::Expr) -> bool {
    match peel(e) {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(b) => contains_let(&b.left) || contains_let(&b.right),
        _ => false,
    }
}

/// Whether a variable in the pattern is an exclusive reference by `ref mut`.
fn binds_ref_mut(pat: &syn::Pat) -> bool {
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
