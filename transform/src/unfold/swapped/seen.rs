//! What must go back at the end, and whether the end is reached.

use crate::names;
use crate::unfold::chain::peel;
use syn::visit::{self, Visit};
use syn::{Expr, Ident, Pat};

/// Whether a variable is memory that is made here, and how often it is used.
pub(super) struct Seen<'a> {
    pub(super) name: &'a Ident,
    pub(super) made_here: bool,
    pub(super) uses: usize,
}

impl<'ast> Visit<'ast> for Seen<'_> {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let pat = match &local.pat {
            Pat::Type(t) => &*t.pat,
            pat => pat,
        };
        if let (Pat::Ident(p), Some(init)) = (pat, &local.init)
            && p.ident == *self.name
        {
            self.made_here = match peel(&init.expr) {
                Expr::Repeat(_) | Expr::Array(_) => true,
                Expr::Macro(m) => m.mac.path.is_ident("vec"),
                Expr::MethodCall(m) => ["to_vec", "clone", "collect"].iter().any(|n| m.method == n),
                _ => false,
            };
        }
        visit::visit_local(self, local);
    }
    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        self.uses += usize::from(p.path.is_ident(self.name));
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.uses += 2 * usize::from(names::mentions(&mac.tokens, self.name));
    }
}

/// Whether anything leaves the statements before their end.
#[derive(Default)]
pub(super) struct Leaves {
    pub(super) any: bool,
    loops: usize,
}

impl<'ast> Visit<'ast> for Leaves {
    fn visit_expr(&mut self, e: &'ast Expr) {
        match e {
            Expr::Return(_) | Expr::Try(_) => self.any = true,
            Expr::Break(b) => self.any |= b.label.is_some() || self.loops == 0,
            Expr::Continue(c) => self.any |= c.label.is_some() || self.loops == 0,
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                self.loops += 1;
                visit::visit_expr(self, e);
                self.loops -= 1;
                return;
            }
            Expr::Closure(_) => return,
            _ => {}
        }
        visit::visit_expr(self, e);
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
