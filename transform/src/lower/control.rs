//! Statements and control flow.

use super::expr::{is_control_flow, is_structured};
use super::infer::peel;
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
        if is_control_flow(e) {
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

    pub(super) fn value_into(&mut self, e: &syn::Expr, target: Option<VarId>) {
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
        let ty = self.f.vars[var].ty.clone();
        if let Some(known) = self.of_written_type(e, &ty) {
            return self.structured(&known, target);
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
