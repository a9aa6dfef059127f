//! Functions of `std::iter` and `Vec::from_iter` as the methods that they stand for.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, parse_quote_spanned};

/// Writes the functions as methods.
pub(super) struct AsMethods;

impl VisitMut for AsMethods {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        let Expr::Call(c) = e else { return };
        let Expr::Path(p) = &*c.func else { return };
        if p.qself.is_some() {
            return;
        }
        let names: Vec<String> = p
            .path
            .segments
            .iter()
            .map(|s| s.ident.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let args: Vec<&Expr> = c.args.iter().collect();
        let at = syn::spanned::Spanned::span(&c.func);
        let given = |e: &Expr| -> Expr {
            match crate::unfold::chain::is_chain(e) {
                true => e.clone(),
                false => parse_quote_spanned!(at=> (#e).into_iter()),
            }
        };
        let written: Expr = match (names.as_slice(), args.as_slice()) {
            (["std" | "core", "iter", "zip"] | ["iter", "zip"], [a, b]) => {
                let a = given(a);
                parse_quote_spanned!(at=> #a.zip(#b))
            }
            (["std" | "core", "iter", "repeat_n"] | ["iter", "repeat_n"], [value, n]) => {
                parse_quote_spanned!(at=> ::core::iter::repeat(#value).take(#n))
            }
            (["Vec", "from_iter"], [items]) => {
                let items = given(items);
                parse_quote_spanned!(at=> #items.collect::<Vec<_>>())
            }
            _ => return,
        };
        *e = written;
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
