//! What there is to unfold in a function, and how its closures are used.

use super::tainted::Tainted;
use super::{chain, closures};
use crate::fence::macro_args::{self, MacroArgs};
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{Expr, ExprClosure, Pat, Stmt};

/// The closure that a statement binds to a name.
pub(super) fn defined(stmt: &Stmt) -> Option<(String, &ExprClosure)> {
    let Stmt::Local(local) = stmt else {
        return None;
    };
    let (Pat::Ident(p), Some(init)) = (&local.pat, &local.init) else {
        return None;
    };
    match chain::peel(&init.expr) {
        Expr::Closure(c) if p.by_ref.is_none() && p.subpat.is_none() && local.attrs.is_empty() => {
            Some((p.ident.to_string(), c))
        }
        _ => None,
    }
}

/// What there is to unfold, and how the closures with a name are used.
#[derive(Default)]
pub(super) struct Survey {
    /// Whether there is anything.
    pub(super) wanted: bool,
    defined: HashSet<String>,
    /// Those used in other ways than by a call or as the function of an adaptor.
    escaped: HashSet<String>,
}

impl Survey {
    /// The closures to inline: those that may carry a derivative and are only called.
    pub(super) fn inlined(&self, tainted: &Tainted) -> HashSet<String> {
        self.defined
            .iter()
            .filter(|name| !self.escaped.contains(*name) && tainted.has(name))
            .cloned()
            .collect()
    }

    fn name_of<'e>(&self, e: &'e Expr) -> Option<&'e syn::Ident> {
        closures::named(e)
    }
}

impl<'ast> Visit<'ast> for Survey {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        if let Some((name, closure)) = defined(stmt) {
            self.wanted = true;
            self.defined.insert(name);
            self.visit_expr(&closure.body);
            return;
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_expr_closure(&mut self, c: &'ast ExprClosure) {
        self.wanted = true;
        visit::visit_expr_closure(self, c);
    }

    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        self.wanted |= chain::parse(&m.receiver).is_some();
        self.visit_expr(&m.receiver);
        for arg in &m.args {
            // What is passed to a function or an adaptor is put there.
            if self.name_of(arg).is_none() {
                self.visit_expr(arg);
            }
        }
    }

    fn visit_expr_call(&mut self, c: &'ast syn::ExprCall) {
        if !matches!(chain::peel(&c.func), Expr::Path(_)) {
            self.visit_expr(&c.func);
        }
        for arg in &c.args {
            if self.name_of(arg).is_none() {
                self.visit_expr(arg);
            }
        }
    }

    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        self.escaped
            .extend(p.path.get_ident().map(ToString::to_string));
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let mut inner = Survey::default();
        match macro_args::parse(mac) {
            MacroArgs::List(list) => list.iter().for_each(|e| inner.visit_expr(e)),
            MacroArgs::Repeat { value, len, .. } => {
                inner.visit_expr(&value);
                inner.visit_expr(&len);
            }
            MacroArgs::Matches { value, guard, .. } => {
                inner.visit_expr(&value);
                guard.iter().for_each(|(_, e)| inner.visit_expr(e));
            }
            MacroArgs::Opaque => {
                for tree in closures::flat(mac.tokens.clone()) {
                    if let proc_macro2::TokenTree::Ident(i) = tree {
                        inner.escaped.insert(i.to_string());
                    }
                }
            }
        }
        self.wanted |= inner.wanted;
        self.escaped.extend(inner.escaped);
        self.defined.extend(inner.defined);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
