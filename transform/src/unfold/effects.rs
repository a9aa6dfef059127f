//! Whether code changes something outside of itself, by its syntax.

use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt};

/// Whether the statements, or the value that follows, may change what they did not declare.
pub(super) fn has_effects(stmts: &[Stmt], value: Option<&Expr>) -> bool {
    let mut find = Find::default();
    stmts.iter().for_each(|s| find.visit_stmt(s));
    value.into_iter().for_each(|e| find.visit_expr(e));
    find.found
}

#[derive(Default)]
struct Find {
    own: HashSet<String>,
    found: bool,
}

impl Find {
    fn write(&mut self, e: &Expr) {
        match e {
            Expr::Path(p) => {
                self.found |= p
                    .path
                    .get_ident()
                    .is_none_or(|i| !self.own.contains(&i.to_string()));
            }
            Expr::Field(f) => self.write(&f.base),
            Expr::Index(i) => self.write(&i.expr),
            Expr::Paren(p) => self.write(&p.expr),
            _ => self.found = true,
        }
    }
}

impl<'ast> Visit<'ast> for Find {
    fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
        self.own.insert(p.ident.to_string());
        visit::visit_pat_ident(self, p);
    }
    fn visit_expr_assign(&mut self, e: &'ast syn::ExprAssign) {
        self.write(&e.left);
        visit::visit_expr_assign(self, e);
    }
    fn visit_expr_binary(&mut self, e: &'ast syn::ExprBinary) {
        if crate::lower::is_compound(&e.op) {
            self.write(&e.left);
        }
        visit::visit_expr_binary(self, e);
    }
    fn visit_expr_reference(&mut self, e: &'ast syn::ExprReference) {
        if e.mutability.is_some() {
            self.write(&e.expr);
        }
        visit::visit_expr_reference(self, e);
    }
    fn visit_expr_break(&mut self, _: &'ast syn::ExprBreak) {
        self.found = true;
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let name = crate::fence::macro_args::name(mac);
        self.found |= !matches!(name.as_str(), "vec" | "matches" | "assert" | "debug_assert");
    }
}
