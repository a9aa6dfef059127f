//! Arguments that are evaluated whether they are used or not: `unwrap_or(y)`, `map_or(y, f)`.

use super::Lower;
use super::infer::peel;
use crate::ty::Ty;
use quote::ToTokens;
use syn::parse_quote_spanned;

impl Lower {
    /// An argument is evaluated before the receiver is looked into, unless that makes no difference.
    pub(super) fn eager(
        &mut self,
        at: proc_macro2::Span,
        receiver: syn::Expr,
        arg: &syn::Expr,
        matched: impl FnOnce(&syn::Expr, &syn::Expr) -> syn::Expr,
    ) -> syn::Expr {
        if is_quiet(arg) {
            return matched(&receiver, arg);
        }
        let (r, a) = (
            self.f.names.fresh("receiver"),
            self.f.names.fresh("argument"),
        );
        // An element is looked at where it stands, and nothing can have changed it by then.
        if self.is_element(&receiver) && self.is_calm(arg) {
            let whole = matched(&receiver, &parse_quote_spanned!(at=> #a));
            return parse_quote_spanned!(at=> { let #a = #arg; #whole });
        }
        // `__rt::full` stands where something is matched, and nowhere else.
        let (receiver, name): (_, syn::Expr) = match receiver {
            syn::Expr::Call(c) if c.func.to_token_stream().to_string() == "__rt :: full" => {
                let inner = c.args.into_iter().next();
                let inner = inner.unwrap_or_else(|| parse_quote_spanned!(at=> ()));
                (inner, parse_quote_spanned!(at=> __rt::full(#r)))
            }
            receiver => (receiver, parse_quote_spanned!(at=> #r)),
        };
        let whole = matched(&name, &parse_quote_spanned!(at=> #a));
        parse_quote_spanned!(at=> { let #r = #receiver; let #a = #arg; #whole })
    }

    /// Evaluating the expression changes nothing, though it may fail.
    fn is_calm(&self, e: &syn::Expr) -> bool {
        match peel(e) {
            syn::Expr::Index(i) => self.is_calm(&i.expr) && self.is_calm(&i.index),
            syn::Expr::Binary(b) => {
                use syn::BinOp::{Add, Div, Mul, Rem, Sub};
                matches!(b.op, Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_))
                    && self.is_calm(&b.left)
                    && self.is_calm(&b.right)
            }
            syn::Expr::Unary(u) => self.is_calm(&u.expr),
            syn::Expr::Cast(c) => self.is_calm(&c.expr),
            syn::Expr::MethodCall(m) => {
                let ty = self.infer(&m.receiver);
                let is_known = match m.method.to_string().as_str() {
                    "len" | "is_empty" => ty.is_sequence(),
                    // A number's methods take it by value.
                    _ => matches!(ty, Ty::Float(_) | Ty::Int(_)),
                };
                is_known && self.is_calm(&m.receiver) && m.args.iter().all(|a| self.is_calm(a))
            }
            e => is_quiet(e),
        }
    }
}

/// Evaluating the expression has no effect and cannot fail.
fn is_quiet(e: &syn::Expr) -> bool {
    match peel(e) {
        syn::Expr::Lit(_) | syn::Expr::Path(_) => true,
        syn::Expr::Field(f) => is_quiet(&f.base),
        syn::Expr::Unary(u) => matches!(u.op, syn::UnOp::Neg(_)) && is_quiet(&u.expr),
        _ => false,
    }
}
