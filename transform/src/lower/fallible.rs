//! Methods of `Option` and `Result`, each as the `match` that it stands for.

use super::Lower;
use super::elements::is_range;
use super::infer::peel;
use crate::ir::Expr;
use crate::ty::Ty;
use quote::{format_ident, quote_spanned};
use syn::parse_quote_spanned;
use syn::spanned::Spanned;
use syn::visit::Visit;

/// Which of the two a value is.
#[derive(Clone, Copy, PartialEq)]
enum Fallible {
    Option,
    Result,
}

/// Methods that give what their receiver is.
const SAME: [&str; 9] = [
    "map", "and_then", "or", "or_else", "filter", "copied", "cloned", "map_err", "zip",
];

impl Lower {
    /// Whether an expression is an `Option` or a `Result`, as far as is certain.
    fn fallible(&self, e: &syn::Expr) -> Option<Fallible> {
        let e = peel(e);
        match self.infer(e).peeled() {
            Ty::Option(_) => return Some(Fallible::Option),
            Ty::Result(_) => return Some(Fallible::Result),
            Ty::Unknown => {}
            _ => return None,
        }
        let syn::Expr::MethodCall(m) = e else {
            return None;
        };
        let name = m.method.to_string();
        match name.as_str() {
            "ok_or" | "ok_or_else" | "map_err" => Some(Fallible::Result),
            "ok" if m.args.is_empty() => Some(Fallible::Option),
            "pop" | "first" | "last" if self.infer(&m.receiver).is_sequence() => {
                Some(Fallible::Option)
            }
            "first" | "last" if self.is_end_of_unknown(m) => Some(Fallible::Option),
            "get"
                if self.infer(&m.receiver).is_sequence()
                    && m.args.first().is_some_and(|i| !is_range(i)) =>
            {
                Some(Fallible::Option)
            }
            "as_ref" => self.fallible(&m.receiver),
            name if SAME.contains(&name) => self.method_of(m),
            _ => None,
        }
    }

    /// Whose method is called, by the receiver or by the method's own form.
    fn method_of(&self, m: &syn::ExprMethodCall) -> Option<Fallible> {
        if let Some(known) = self.fallible(&m.receiver) {
            return Some(known);
        }
        if !matches!(self.infer(&m.receiver).peeled(), Ty::Unknown) {
            return None;
        }
        let by_arity = || match m.args.first().map(peel) {
            Some(syn::Expr::Closure(c)) if c.inputs.is_empty() => Some(Fallible::Option),
            Some(syn::Expr::Closure(_)) => Some(Fallible::Result),
            _ => None,
        };
        match m.method.to_string().as_str() {
            "ok_or" | "ok_or_else" | "is_some_and" | "is_none_or" => Some(Fallible::Option),
            "map_err" | "ok" | "is_ok_and" | "is_err_and" => Some(Fallible::Result),
            "unwrap_or_else" | "or_else" | "map_or_else" => by_arity(),
            _ => None,
        }
    }

    /// The type of what a method of an `Option` or a `Result` gives.
    pub(super) fn infer_fallible(&self, receiver: &Ty, m: &syn::ExprMethodCall) -> Ty {
        let payload = receiver.payload();
        match m.method.to_string().as_str() {
            "unwrap" | "expect" | "unwrap_or" | "unwrap_or_else" | "unwrap_or_default" => {
                match payload {
                    Ty::Never => Ty::Unknown,
                    known => known,
                }
            }
            "is_some" | "is_none" | "is_ok" | "is_err" | "is_some_and" | "is_none_or"
            | "is_ok_and" | "is_err_and" => Ty::Bool,
            "clone" | "filter" | "take" => receiver.clone(),
            "copied" | "cloned" => Ty::Option(Box::new(payload.peeled().clone())),
            "ok_or" | "ok_or_else" => Ty::Result(Box::new(payload)),
            "ok" => Ty::Option(Box::new(payload)),
            "map_err" => receiver.clone(),
            _ => Ty::Unknown,
        }
    }

    /// A method of `Option` or `Result`, if the receiver is certain to be one; the `match` is the proof where
    /// the method's name alone tells.
    pub(super) fn fallible_method(&mut self, m: &syn::ExprMethodCall) -> Option<Option<Expr>> {
        let written = match self.method_of(m) {
            Some(of) => self.matched(m, of)?,
            None => self.matched_either(m)?,
        };
        Some(self.structured_value(&written))
    }

    /// A method that `Option` and `Result` both have, on something that is one of the two.
    fn matched_either(&mut self, m: &syn::ExprMethodCall) -> Option<syn::Expr> {
        if !matches!(self.infer(&m.receiver).peeled(), Ty::Unknown) {
            return None;
        }
        let at = m.method.span();
        let (name, args) = (m.method.to_string(), m.args.iter().collect::<Vec<_>>());
        let v = self.f.names.fresh("found");
        let receiver = &m.receiver;
        let full: syn::Expr = match self.mapped_either(receiver) {
            Some(mapped) => mapped,
            None => parse_quote_spanned!(at=> __rt::full(#receiver)),
        };
        Some(match (name.as_str(), args.as_slice()) {
            ("unwrap", []) => parse_quote_spanned! {at=>
                match #full { Some(#v) => #v, None => panic!("called `unwrap` on a `None` or `Err`") }
            },
            ("expect", [message]) => parse_quote_spanned! {at=>
                match #full { Some(#v) => #v, None => panic!("{}", #message) }
            },
            ("unwrap_or", [d]) => self.eager(
                at,
                full,
                d,
                |r, d| parse_quote_spanned!(at=> match #r { Some(#v) => #v, None => #d }),
            ),
            ("unwrap_or_default", []) => parse_quote_spanned! {at=>
                match #full { Some(#v) => #v, None => ::core::default::Default::default() }
            },
            ("map_or", [d, c]) => {
                let (p, body) = self.inlined(c)?;
                self.eager(
                    at,
                    full,
                    d,
                    |r, d| parse_quote_spanned!(at=> match #r { Some(#p) => #body, None => #d }),
                )
            }
            _ => return None,
        })
    }

    /// A method that gives what its receiver is, of which is known that it is an `Option` or a `Result`: as an
    /// `Option`.
    fn mapped_either(&mut self, e: &syn::Expr) -> Option<syn::Expr> {
        let syn::Expr::MethodCall(m) = peel(e) else {
            return None;
        };
        let unknown = matches!(self.infer(&m.receiver).peeled(), Ty::Unknown);
        let name = m.method.to_string();
        if !matches!(name.as_str(), "map" | "and_then" | "or")
            || m.args.len() != 1
            || !unknown
            || self.method_of(m).is_some()
        {
            return None;
        }
        let at = m.method.span();
        let receiver = &m.receiver;
        let inner = match self.mapped_either(receiver) {
            Some(mapped) => mapped,
            None => parse_quote_spanned!(at=> __rt::full(#receiver)),
        };
        let arg = &m.args[0];
        let (v, w) = (self.f.names.fresh("found"), self.f.names.fresh("found"));
        let opened = |e: &syn::Expr| -> syn::Expr {
            parse_quote_spanned!(at=> match __rt::full(#e) { Some(#w) => Some(#w), None => None })
        };
        if name == "or" {
            return Some(self.eager(at, inner, arg, |r, other| {
                let other = opened(other);
                parse_quote_spanned!(at=> match #r { Some(#v) => Some(#v), None => #other })
            }));
        }
        let (p, body) = self.inlined(arg)?;
        let body: syn::Expr = match name.as_str() {
            "map" => parse_quote_spanned!(at=> Some(#body)),
            _ => opened(&body),
        };
        Some(parse_quote_spanned!(at=> match #inner { Some(#p) => #body, None => None }))
    }

    /// What is matched with the variants of `Option` or `Result` is one of these, which tells what the methods are
    /// that it ends with.
    pub(super) fn matched_with<'p>(
        &mut self,
        e: &syn::Expr,
        mut pats: impl Iterator<Item = &'p syn::Pat>,
    ) -> Option<syn::Expr> {
        let syn::Expr::MethodCall(call) = peel(e) else {
            return None;
        };
        let of = pats.find_map(variant)?;
        self.method_known(call, of)
    }

    /// So is what goes where such a type is written.
    pub(super) fn of_written_type(&mut self, e: &syn::Expr, ty: &Ty) -> Option<syn::Expr> {
        let syn::Expr::MethodCall(call) = peel(e) else {
            return None;
        };
        let of = match ty {
            Ty::Option(_) => Fallible::Option,
            Ty::Result(_) => Fallible::Result,
            _ => return None,
        };
        self.method_known(call, of)
    }

    fn method_known(&mut self, m: &syn::ExprMethodCall, of: Fallible) -> Option<syn::Expr> {
        let same = SAME.contains(&m.method.to_string().as_str());
        if !same || self.method_of(m).is_some() {
            return None;
        }
        if !matches!(self.infer(&m.receiver).peeled(), Ty::Unknown) {
            return None;
        }
        let mut m = m.clone();
        // These keep what their receiver is.
        if let syn::Expr::MethodCall(inner) = peel(&m.receiver)
            && let Some(known) = self.method_known(inner, of)
        {
            *m.receiver = known;
        }
        self.matched(&m, of)
    }

    /// The `match` that a method stands for.
    fn matched(&mut self, m: &syn::ExprMethodCall, of: Fallible) -> Option<syn::Expr> {
        let at = m.method.span();
        let name = m.method.to_string();
        let (receiver, by_reference) = self.looked_at(&m.receiver);
        let args: Vec<&syn::Expr> = m.args.iter().collect();
        let (v, error) = (self.f.names.fresh("found"), self.f.names.fresh("error"));
        let full = match of {
            Fallible::Option => format_ident!("Some", span = at),
            Fallible::Result => format_ident!("Ok", span = at),
        };
        // The other variant as a pattern, and as a value again.
        let (empty, again) = match of {
            Fallible::Option => (quote_spanned!(at=> None), quote_spanned!(at=> None)),
            Fallible::Result => (
                quote_spanned!(at=> Err(#error)),
                quote_spanned!(at=> Err(#error)),
            ),
        };
        let is_option = of == Fallible::Option;
        if by_reference
            && !matches!(
                name.as_str(),
                "unwrap" | "unwrap_or" | "unwrap_or_else" | "map"
            )
        {
            return self.matched_by_name(m, at);
        }
        // An element that is copied is matched as a reference to it.
        let reference = by_reference.then(|| quote_spanned!(at=> &));
        Some(match (name.as_str(), args.as_slice()) {
            ("unwrap", []) if is_option => parse_quote_spanned! {at=>
                match #receiver {
                    Some(#reference #v) => #v,
                    None => panic!("called `Option::unwrap()` on a `None` value"),
                }
            },
            ("unwrap", []) => parse_quote_spanned! {at=>
                match #receiver {
                    Ok(#v) => #v,
                    Err(#error) => panic!("called `Result::unwrap()` on an `Err` value: {:?}", #error),
                }
            },
            ("expect", [message]) if is_option => parse_quote_spanned! {at=>
                match #receiver { Some(#v) => #v, None => panic!("{}", #message) }
            },
            ("expect", [message]) => parse_quote_spanned! {at=>
                match #receiver { Ok(#v) => #v, Err(#error) => panic!("{}: {:?}", #message, #error) }
            },
            ("unwrap_or", [d]) => self.eager(at, receiver, d, |r, d| {
                parse_quote_spanned!(at=> match #r { #full(#reference #v) => #v, #empty => #d })
            }),
            ("unwrap_or_default", []) => parse_quote_spanned! {at=>
                match #receiver { #full(#v) => #v, #empty => ::core::default::Default::default() }
            },
            ("unwrap_or_else", [c]) => {
                let (pattern, body) = self.otherwise(c, of)?;
                parse_quote_spanned!(at=> match #receiver { #full(#reference #v) => #v, #pattern => #body })
            }
            ("map", [c]) => {
                let (p, body) = self.inlined(c)?;
                parse_quote_spanned!(at=> match #receiver { #full(#reference #p) => #full(#body), #empty => #again })
            }
            ("map_err", [c]) if !is_option => {
                let (p, body) = self.inlined(c)?;
                parse_quote_spanned!(at=> match #receiver { Ok(#v) => Ok(#v), Err(#p) => Err(#body) })
            }
            ("map_or", [d, c]) => {
                let (p, body) = self.inlined(c)?;
                self.eager(at, receiver, d, |r, d| {
                    parse_quote_spanned!(at=> match #r { #full(#p) => #body, #empty => #d })
                })
            }
            ("map_or_else", [d, c]) => {
                let (pattern, otherwise) = self.otherwise(d, of)?;
                let (p, body) = self.inlined(c)?;
                parse_quote_spanned!(at=> match #receiver { #full(#p) => #body, #pattern => #otherwise })
            }
            ("and_then", [c]) => {
                let (p, body) = self.inlined(c)?;
                parse_quote_spanned!(at=> match #receiver { #full(#p) => #body, #empty => #again })
            }
            ("or", [other]) => self.eager(at, receiver, other, |r, other| {
                parse_quote_spanned!(at=> match #r { #full(#v) => #full(#v), #empty => #other })
            }),
            ("or_else", [c]) => {
                let (pattern, body) = self.otherwise(c, of)?;
                parse_quote_spanned!(at=> match #receiver { #full(#v) => #full(#v), #pattern => #body })
            }
            ("ok_or", [e]) if is_option => self.eager(at, receiver, e, |r, e| {
                parse_quote_spanned!(at=> match #r { Some(#v) => Ok(#v), None => Err(#e) })
            }),
            ("ok_or_else", [c]) if is_option => {
                let (_, body) = self.otherwise(c, of)?;
                parse_quote_spanned!(at=> match #receiver { Some(#v) => Ok(#v), None => Err(#body) })
            }
            ("ok", []) if !is_option => parse_quote_spanned! {at=>
                match #receiver { Ok(#v) => Some(#v), Err(_) => None }
            },
            ("filter", [c]) if is_option => {
                let (p, body) = self.inlined(c)?;
                parse_quote_spanned! {at=>
                    match #receiver {
                        Some(#v) => { let #p = &#v; if #body { Some(#v) } else { None } }
                        None => None,
                    }
                }
            }
            ("zip", [other]) if is_option => {
                let w = self.f.names.fresh("found");
                self.eager(at, receiver, other, |r, other| {
                    parse_quote_spanned! {at=>
                        match #r {
                            Some(#v) => match #other { Some(#w) => Some((#v, #w)), None => None },
                            None => None,
                        }
                    }
                })
            }
            ("copied", []) if is_option => parse_quote_spanned! {at=>
                match #receiver { Some(#v) => Some(*#v), None => None }
            },
            ("cloned", []) if is_option => parse_quote_spanned! {at=>
                match #receiver { Some(#v) => Some(#v.clone()), None => None }
            },
            _ => return None,
        })
    }

    /// `value.as_ref()` is looked at as `&value`, and `v.last().copied()` as `v.last()`, by reference.
    fn looked_at(&self, e: &syn::Expr) -> (syn::Expr, bool) {
        let syn::Expr::MethodCall(m) = peel(e) else {
            return (e.clone(), false);
        };
        let inner = &m.receiver;
        if m.method == "as_ref" && m.args.is_empty() && self.fallible(inner).is_some() {
            return (parse_quote_spanned!(e.span()=> &#inner), false);
        }
        if m.method == "copied" && m.args.is_empty() && self.is_element(inner) {
            return ((**inner).clone(), true);
        }
        (e.clone(), false)
    }

    /// The same method on a receiver that got a name.
    fn matched_by_name(
        &mut self,
        m: &syn::ExprMethodCall,
        at: proc_macro2::Span,
    ) -> Option<syn::Expr> {
        let of = self.method_of(m)?;
        let receiver = m.receiver.clone();
        let mut copied = m.clone();
        let syn::Expr::MethodCall(inner) = peel(&receiver) else {
            return None;
        };
        let v = self.f.names.fresh("found");
        let element = &inner.receiver;
        copied.receiver = parse_quote_spanned! {at=>
            (match #element { Some(&#v) => Some(#v), None => None })
        };
        self.matched(&copied, of)
    }

    /// A function of one argument as a pattern and what is computed from what it binds.
    pub(super) fn inlined(&mut self, c: &syn::Expr) -> Option<(syn::Pat, syn::Expr)> {
        let at = c.span();
        match peel(c) {
            syn::Expr::Closure(c) if c.inputs.len() == 1 && c.asyncness.is_none() => {
                let body = self.closure_value(c)?;
                Some(match &c.inputs[0] {
                    syn::Pat::Type(t) => {
                        let v = self.f.names.fresh("found");
                        let pat: syn::Pat = syn::Pat::Type(t.clone());
                        (
                            parse_quote_spanned!(at=> #v),
                            parse_quote_spanned!(at=> { let #pat = #v; #body }),
                        )
                    }
                    pat => (pat.clone(), body),
                })
            }
            syn::Expr::Path(p) if self.lookup(&p.path).is_none() => {
                let v = self.f.names.fresh("found");
                Some((
                    parse_quote_spanned!(at=> #v),
                    parse_quote_spanned!(at=> #p(#v)),
                ))
            }
            _ => None,
        }
    }

    /// What a closure gives, in a block that `return` leaves.
    fn closure_value(&mut self, c: &syn::ExprClosure) -> Option<syn::Expr> {
        match is_plain(c) {
            true => Some((*c.body).clone()),
            false => crate::unfold::closures::body(c, &mut self.f.names).ok(),
        }
    }

    /// The body of a function without arguments.
    pub(super) fn given_body(&mut self, c: &syn::Expr) -> Option<syn::Expr> {
        Some(self.otherwise(c, Fallible::Option)?.1)
    }

    /// What a function gives for the variant without a value.
    fn otherwise(&mut self, c: &syn::Expr, of: Fallible) -> Option<(syn::Pat, syn::Expr)> {
        let at = c.span();
        if of == Fallible::Result {
            let (p, body) = self.inlined(c)?;
            return Some((parse_quote_spanned!(at=> Err(#p)), body));
        }
        let body = match peel(c) {
            syn::Expr::Closure(c) if c.inputs.is_empty() && c.asyncness.is_none() => {
                self.closure_value(c)?
            }
            syn::Expr::Path(p) if self.lookup(&p.path).is_none() => {
                parse_quote_spanned!(at=> #p())
            }
            _ => return None,
        };
        Some((parse_quote_spanned!(at=> None), body))
    }
}

/// Whether a pattern is a variant of `Option` or of `Result`.
fn variant(pat: &syn::Pat) -> Option<Fallible> {
    let path = match pat {
        syn::Pat::TupleStruct(p) => &p.path,
        syn::Pat::Path(p) => &p.path,
        syn::Pat::Paren(p) => return variant(&p.pat),
        syn::Pat::Ident(p) if p.ident == "None" && p.subpat.is_none() => {
            return Some(Fallible::Option);
        }
        syn::Pat::Guard(g) => return variant(&g.pat),
        _ => return None,
    };
    match path.get_ident()?.to_string().as_str() {
        "Some" | "None" => Some(Fallible::Option),
        "Ok" | "Err" => Some(Fallible::Result),
        _ => None,
    }
}

/// A closure whose body can stand in the place of its call: nothing in it leaves it.
pub(super) fn is_plain(c: &syn::ExprClosure) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut find = Find(false);
    find.visit_expr(&c.body);
    !find.0 && c.asyncness.is_none()
}
