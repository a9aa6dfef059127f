//! `if`, `if let` and `match`: each path as a block of its own.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::Code;
use crate::ir::*;
use crate::ty::Ty;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit::Visit;

impl Lower {
    pub(super) fn branch(&mut self, i: &syn::ExprIf, target: Option<VarId>) {
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
        let known = self.matched_with(&l.expr, std::iter::once(&*l.pat));
        let (tokens, reads, subject) = self.scrutinee(known.as_ref().unwrap_or(&l.expr));
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

    pub(super) fn match_(&mut self, m: &syn::ExprMatch, target: Option<VarId>) {
        let pats = m.arms.iter().map(|arm| &arm.pat);
        let known = self
            .matched_with(&m.expr, pats)
            .map(|known| syn::ExprMatch {
                expr: Box::new(known),
                ..m.clone()
            });
        let m = known.as_ref().unwrap_or(m);
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
