//! `for` loops whose header is a chain with closures: the body is run through by the chain's own loops.

use super::{Unfold, chain, items};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, parse_quote};

impl Unfold<'_> {
    /// `for pattern in chain { … }`
    pub(super) fn for_loop(&mut self, f: &syn::ExprForLoop) -> Option<Expr> {
        let mut chain = chain::parse(&f.expr)?;
        if chain.is_header() && !super::drained::drains(&chain) || !self.tainted.meets(f) {
            return None;
        }
        let result = self.prepare(&mut chain).and_then(|lets| {
            let next = self.label("next");
            let label = f.label.as_ref().map(|l| l.name.clone());
            let stmts = self.drive(chain, &mut |this, item, stop| {
                let mut out = Vec::new();
                this.bind(&f.pat, item, items::Mode::Take, &mut out);
                let mut body = f.body.clone();
                let mut exits = Exits {
                    label: label.as_ref(),
                    next: &next,
                    stop,
                    depth: 0,
                };
                exits.visit_block_mut(&mut body);
                out.push(parse_quote!(#next: #body));
                Ok(out)
            })?;
            Ok(items::block(lets, parse_quote!({ #(#stmts)* })))
        });
        self.reported(result)
    }
}

/// `break` and `continue` of a `for` loop whose body is run through by other loops.
struct Exits<'a> {
    label: Option<&'a syn::Lifetime>,
    next: &'a syn::Lifetime,
    stop: &'a syn::Lifetime,
    depth: usize,
}

impl VisitMut for Exits<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        let ours = |label: &Option<syn::Lifetime>| match (label, self.label) {
            (None, _) => self.depth == 0,
            (Some(l), Some(own)) => l.ident == own.ident,
            _ => false,
        };
        match e {
            Expr::Break(b) if ours(&b.label) => {
                b.label = Some(self.stop.clone());
            }
            Expr::Continue(c) if ours(&c.label) => {
                let next = self.next;
                *e = parse_quote!(break #next);
            }
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                self.depth += 1;
                visit_mut::visit_expr_mut(self, e);
                self.depth -= 1;
                return;
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
