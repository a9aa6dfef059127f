//! `let`, assignment and compound assignment.

use super::branches::binds_ref_mut;
use super::infer::peel;
use super::operators::arithmetic;
use super::{Lower, is_marked};
use crate::diagnostics::Code;
use crate::ir::*;
use crate::ty::Ty;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// The parts of a destructuring assignment.
type Parts = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;

/// `last_mut()` and its kin.
fn is_exclusive(e: &syn::Expr) -> bool {
    let of = match peel(e) {
        syn::Expr::MethodCall(m) => &m.receiver,
        syn::Expr::Match(m) => match peel(&m.expr) {
            syn::Expr::MethodCall(c) if c.method.to_string().starts_with("ok_or") => &c.receiver,
            _ => &m.expr,
        },
        _ => return false,
    };
    matches!(peel(of), syn::Expr::MethodCall(m) if m.method.to_string().ends_with("_mut"))
}

impl Lower {
    pub(super) fn local(&mut self, local: &syn::Local) {
        self.unwatched(local);
        let Some(number) = crate::watch::number(&local.attrs) else {
            return;
        };
        // The type of what is asked of a call need not be written.
        let pat = match &local.pat {
            syn::Pat::Type(t) => &*t.pat,
            pat => pat,
        };
        let name = pat.to_token_stream().into_iter().last();
        let var = name.and_then(|name| self.by_name.get(&name.to_string()).copied());
        match var {
            Some(v) if self.f.vars[v].alias.is_some() => {
                let detail = "it is another name for what is there already";
                self.refuse(Code::WatchNoTangent, pat, detail);
            }
            Some(v) => self.push(Kind::Watch(v, number), pat.span()),
            None => {}
        }
    }

    fn unwatched(&mut self, local: &syn::Local) {
        let (pat, written) = match &local.pat {
            syn::Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            if let syn::Pat::Ident(p) = pat {
                let var = self.declare(
                    &p.ident,
                    written.map(|t| self.f.types.of(t)).unwrap_or_default(),
                    true,
                );
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
                .map(|t| self.f.types.of(t))
                .unwrap_or_else(|| self.infer(&init.expr));
            self.define(pat, written, Expr::Opaque(opaque), ty, local.span());
            return;
        }
        self.initialise(pat, written, &init.expr, local.span());
    }

    pub(super) fn initialise(
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
            (syn::Pat::Tuple(p), syn::Expr::MethodCall(m)) if self.is_split(p, m) => {
                self.split(p, m, span);
            }
            (syn::Pat::Ident(p), e)
                if p.subpat.is_none() && p.by_ref.is_none() && self.is_element_unwrapped(e) =>
            {
                if let Some(place) = self.element_unwrapped(e) {
                    self.alias(&p.ident, place, is_exclusive(e), span);
                }
            }
            (syn::Pat::Ident(p), syn::Expr::MethodCall(m))
                if p.subpat.is_none() && p.by_ref.is_none() && self.gives_a_place(m, false) =>
            {
                if let Some(place) = self.place_of_method(m) {
                    self.alias(&p.ident, place, true, span);
                }
            }
            // Parts of a borrowed place are parts of the place.
            (
                syn::Pat::Struct(_)
                | syn::Pat::TupleStruct(_)
                | syn::Pat::Tuple(_)
                | syn::Pat::Slice(_),
                syn::Expr::Reference(r),
            ) if self.is_place(&r.expr) => {
                if let Some(place) = self.place(&r.expr) {
                    let name = self.f.names.fresh("borrowed");
                    self.alias(&name, place, r.mutability.is_some(), span);
                    if let Some(var) = self.by_name.get(&name.to_string()).copied() {
                        self.destructure(pat, var);
                    }
                }
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
                let ty = written.map(|t| self.f.types.of(t)).unwrap_or_default();
                self.f.vars.push(Var {
                    mutable: true,
                    deferred: !mutable,
                    ascription: written.map(ToTokens::to_token_stream),
                    ..Var::new(p.ident.clone(), ty)
                });
                self.push(Kind::Declare(id), span);
                self.structured(e, Some(id));
                self.by_name.insert(p.ident.to_string(), id);
            }
            _ => {
                let known = written.map(|t| self.f.types.of(t));
                let converted = known
                    .as_ref()
                    .and_then(|to| self.conversion_to_written(init, to));
                let Some(expr) = converted.or_else(|| self.rhs(init)) else {
                    return;
                };
                let ty = known.unwrap_or_else(|| self.expr_ty(&expr, init));
                self.define(pat, written, expr, ty, span);
                self.note_maker(pat, written, init);
            }
        }
    }

    pub(super) fn alias(
        &mut self,
        ident: &syn::Ident,
        place: Place,
        exclusive: bool,
        span: proc_macro2::Span,
    ) {
        let ty = Ty::Ref(Box::new(self.f.place_ty(&place)), exclusive);
        let var = self.declare(ident, ty, false);
        if place.path.is_empty() && self.named.contains(&place.base) {
            self.named.insert(var);
        }
        self.f.vars[var].alias = Some(place);
        self.push(Kind::Alias(var, exclusive), span);
    }

    /// `let pat: written = expr;`
    pub(super) fn define(
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
            syn::Pat::Type(t) => {
                self.define(&t.pat, Some(&t.ty), expr, self.f.types.of(&t.ty), span)
            }
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
    pub(super) fn tied_literal(
        &mut self,
        literal: proc_macro2::TokenStream,
        span: proc_macro2::Span,
    ) -> Expr {
        let same = self.same_integer(span);
        let ident = &self.f.vars[same].ident;
        Expr::Opaque(Opaque::reading(quote!(#ident(#literal)), vec![same], span))
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
    pub(super) fn store(&mut self, left: &syn::Expr, expr: Expr, ty: Ty, span: proc_macro2::Span) {
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
                self.learn_component(&place, &ty);
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

    /// A component of a tuple that was `None` at first has the type of what is assigned to it.
    fn learn_component(&mut self, place: &Place, ty: &Ty) {
        let v = &mut self.f.vars[place.base];
        if let ([Proj::Field(syn::Member::Unnamed(i))], Ty::Tuple(parts), None) =
            (place.path.as_slice(), &mut v.ty, &v.ascription)
            && let Some(part @ Ty::Option(_)) = parts.get_mut(i.index as usize)
        {
            *part = part.join(ty);
        }
    }

    /// A variable without a written type has the type of anything that is assigned to it.
    pub(super) fn learn(&mut self, var: VarId, ty: Ty) {
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
    pub(super) fn assign_parts(&mut self, left: &Parts, array: bool, right: &syn::Expr) {
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
        if matches!(ty, Ty::Unknown) {
            return self.compound_of_unknown(place, op, value, b.span());
        }
        let old = self.name(Expr::Load(place.clone()), ty, b.span());
        let expr = Expr::Binary(op, Box::new(Expr::Use(old)), Box::new(value));
        let ty = self.f.place_ty(&place);
        let expr = self.stored(expr, ty, b.span());
        self.push(Kind::Assign(place, expr), b.span());
    }
}

impl Lower {
    /// `place op= value` where the type is not known: the statement stays the user's own, and its rule looks at a
    /// copy of what was there.
    fn compound_of_unknown(
        &mut self,
        place: Place,
        op: BinOp,
        value: Expr,
        span: proc_macro2::Span,
    ) {
        let clone = syn::Ident::new("clone", proc_macro2::Span::call_site());
        let old = self.name(Expr::Copy(place.clone(), clone), Ty::Unknown, span);
        let rule = Expr::Binary(op.assigning(), Box::new(Expr::Use(old)), Box::new(value));
        self.push(Kind::Update(place, op, rule), span);
    }
}

/// Code that type-checks only if `+=` or `-=` is to its operands what it is to numbers.
pub fn assert_plain(op: BinOp, f: &Function, place: &Place, value: &Expr) -> Kind {
    let check = match op {
        BinOp::Sub => "assert_subtracts",
        _ => "assert_adds",
    };
    let check = proc_macro2::Ident::new(check, proc_macro2::Span::call_site());
    let place = crate::emit::place_tokens(f, place, false);
    let value = crate::emit::expr_tokens(f, value);
    Kind::Raw(quote!(__rt::#check(&#place, &#value);))
}
