//! Arrays that are made element by element: `x.map(|v| …)` and `array::from_fn(|i| …)`, as the loop that each is.

use super::Lower;
use super::infer::peel;
use crate::ir::*;
use crate::ty::Ty;
use crate::unfold::chain;
use proc_macro2::Span;
use quote::{ToTokens, quote_spanned};
use syn::parse_quote_spanned;
use syn::spanned::Spanned;

impl Lower {
    /// `map` of an array, or of something that rustc is asked to agree is one.
    pub(super) fn array_map(&mut self, m: &syn::ExprMethodCall) -> Option<Option<Expr>> {
        let known = self.infer(&m.receiver);
        if m.method != "map"
            || m.args.len() != 1
            || !matches!(known.peeled(), Ty::Array(..) | Ty::Unknown)
            || chain::is_chain(&m.receiver)
        {
            return None;
        }
        let (pattern, body) = self.inlined(&m.args[0])?;
        let at = m.method.span();
        let source = self.f.names.fresh("source");
        let length = self.f.names.fresh("length");
        let name: syn::Pat = parse_quote_spanned!(at=> #source);
        self.initialise(&name, None, &m.receiver, m.span());
        let told = quote_spanned!(m.receiver.span()=> let #length = __rt::length_of(&#source););
        self.push(Kind::Raw(told), at);
        let pattern = match known {
            Ty::Ref(..) => parse_quote_spanned!(at=> &#pattern),
            _ => pattern,
        };
        let items = parse_quote_spanned!(at=> #source);
        let made = self.array_of(&pattern, &items, &body, at)?;
        let check = quote_spanned!(at=> __rt::same_length(#length, &#made););
        Some(Some(self.checked_array(&made, check, at)))
    }

    /// `array::from_fn`, which rustc is asked to agree is std's. What sees nothing that varies stays as it is.
    pub(super) fn array_from_fn(
        &mut self,
        path: &syn::ExprPath,
        f: &syn::Expr,
    ) -> Option<Option<Expr>> {
        let reads = self.opaque(f, Cut::None).reads;
        if reads.iter().all(|v| self.f.vars[*v].ty.is_constant()) {
            return None;
        }
        let (pattern, body) = self.inlined(f)?;
        let at = path.span();
        let length = self.f.names.fresh("length");
        self.push(
            Kind::Raw(quote_spanned!(at=> let #length = __rt::any_length();)),
            at,
        );
        let count = self.f.names.fresh("count");
        let n = self.declare(&count, Ty::Int(Some("usize".into())), false);
        let number = Opaque {
            pure: false,
            ..Opaque::reading(quote_spanned!(at=> __rt::number(#length)), Vec::new(), at)
        };
        self.push(Kind::Let(n, Expr::Opaque(number)), at);
        let items = parse_quote_spanned!(at=> 0..#count);
        let made = self.array_of(&pattern, &items, &body, at)?;
        let check = quote_spanned! {at=>
            __rt::same_length(#length, &#made);
            __rt::same_from_fn(#path, ::core::array::from_fn, &#made);
        };
        Some(Some(self.checked_array(&made, check, at)))
    }

    /// The name of an array with an element for each item.
    fn array_of(
        &mut self,
        pattern: &syn::Pat,
        items: &syn::Expr,
        body: &syn::Expr,
        at: Span,
    ) -> Option<syn::Ident> {
        let made = self.f.names.fresh("made");
        let name: syn::Pat = parse_quote_spanned!(at=> mut #made);
        let empty: syn::Expr = parse_quote_spanned!(at=> __rt::vec![]);
        self.initialise(&name, None, &empty, at);
        let each: syn::Expr =
            parse_quote_spanned!(at=> for #pattern in #items { #made.push(#body); });
        self.structured(&each, None);
        let vector = self.arg(&parse_quote_spanned!(at=> #made))?;
        let array = Callee::Function(parse_quote_spanned!(at=> __rt::array));
        match self.name(Expr::Call(array, vec![vector]), Ty::Unknown, at) {
            Operand::Var(v) => Some(self.f.vars[v].ident.clone()),
            Operand::Lit(_) => None,
        }
    }

    /// The array, once rustc was asked what it has to agree to.
    fn checked_array(
        &mut self,
        made: &syn::Ident,
        check: proc_macro2::TokenStream,
        at: Span,
    ) -> Expr {
        self.push(Kind::Raw(check), at);
        let made = self.f.vars.iter().position(|v| v.ident == *made);
        match made {
            Some(v) => Expr::Use(Operand::Var(v)),
            None => Expr::Use(Operand::Lit(made.into_token_stream())),
        }
    }
}

/// Whether a path may be that of `array::from_fn`.
pub(super) fn is_from_fn(path: &syn::Path) -> bool {
    let mut names = path.segments.iter().rev();
    names.next().is_some_and(|s| s.ident == "from_fn")
        && names.next().is_some_and(|s| s.ident == "array")
}

/// A method of `bool` that gives an `Option`: its receiver's part is the condition.
impl Lower {
    /// `condition.then(|| value)` and `condition.then_some(value)`; that the condition is one is said by its type.
    pub(super) fn option_of_bool(&mut self, m: &syn::ExprMethodCall) -> Option<Option<Expr>> {
        if !matches!(self.infer(&m.receiver).peeled(), Ty::Bool | Ty::Unknown) || m.args.len() != 1
        {
            return None;
        }
        let at = m.method.span();
        let (condition, value) = (&m.receiver, &m.args[0]);
        let holds = self.f.names.fresh("holds");
        let written: syn::Expr = match (m.method.to_string().as_str(), peel(value)) {
            ("then", syn::Expr::Closure(c)) if c.inputs.is_empty() => {
                let body = self.given_body(value)?;
                parse_quote_spanned! {at=>
                    { let #holds: bool = #condition; if #holds { Some(#body) } else { None } }
                }
            }
            ("then_some", _) => {
                let found = self.f.names.fresh("found");
                parse_quote_spanned! {at=>
                    { let #holds: bool = #condition; let #found = #value; if #holds { Some(#found) } else { None } }
                }
            }
            _ => return None,
        };
        Some(self.structured_value(&written))
    }
}
