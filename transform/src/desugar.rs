//! Forms of the language that are short for others, rewritten before names are resolved.

use syn::visit_mut::VisitMut;

/// `let pattern = value else { … };` becomes a `match` whose first arm gives the bound variables.
pub fn desugar(item: &mut syn::ItemFn) {
    LetElse.visit_block_mut(&mut item.block);
}

struct LetElse;

impl VisitMut for LetElse {
    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        syn::visit_mut::visit_local_mut(self, local);
        let Some(init) = &mut local.init else { return };
        let Some((_, diverge)) = init.diverge.take() else {
            return;
        };
        let pat = match &local.pat {
            syn::Pat::Type(t) => (*t.pat).clone(),
            pat => pat.clone(),
        };
        let mut names = Names(Vec::new());
        syn::visit::Visit::visit_pat(&mut names, &pat);
        let value = &init.expr;
        let vars: Vec<&syn::Ident> = names.0.iter().map(|(ident, _)| ident).collect();
        let muts = names.0.iter().map(|(_, mutability)| mutability);
        // The pattern inside binds by plain names; `mut` moves to the variables outside.
        let mut inner = pat.clone();
        Plain.visit_pat_mut(&mut inner);
        let (tuple, outer): (syn::Expr, syn::Pat) = match vars.as_slice() {
            [one] => {
                let mutability = &names.0[0].1;
                let ident = syn::PatIdent {
                    attrs: Vec::new(),
                    by_ref: None,
                    mutability: *mutability,
                    ident: (*one).clone(),
                    subpat: None,
                };
                (syn::parse_quote!(#one), syn::Pat::Ident(ident))
            }
            vars => {
                let outer: syn::Stmt = syn::parse_quote!(let (#(#muts #vars,)*) = (););
                let syn::Stmt::Local(outer) = outer else {
                    return;
                };
                (syn::parse_quote!((#(#vars,)*)), outer.pat)
            }
        };
        let matched: syn::Expr =
            syn::parse_quote!(match #value { #inner => #tuple, _ => #diverge });
        *init.expr = matched;
        local.pat = outer;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The variables that a pattern binds, with their `mut`.
struct Names(Vec<(syn::Ident, Option<syn::Token![mut]>)>);

impl<'ast> syn::visit::Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
        if crate::rename::is_binding(p) && !self.0.iter().any(|(i, _)| *i == p.ident) {
            self.0.push((p.ident.clone(), p.mutability));
        }
        syn::visit::visit_pat_ident(self, p);
    }
}

struct Plain;

impl VisitMut for Plain {
    fn visit_pat_ident_mut(&mut self, p: &mut syn::PatIdent) {
        p.mutability = None;
        syn::visit_mut::visit_pat_ident_mut(self, p);
    }
}
