//! Chains of `let` conditions, `while let`, and alternatives that bind a variable to different parts of a value.

use crate::names::Names;
use syn::visit_mut::{self, VisitMut};

/// Rewrites what stands in conditions and patterns for something longer.
pub(super) struct Conditions {
    pub(super) names: Names,
}

impl VisitMut for Conditions {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        visit_mut::visit_expr_mut(self, e);
        match e {
            syn::Expr::While(w) if contains_let(&w.cond) && !is_next(&w.cond) => {
                *e = self.while_let(w);
            }
            syn::Expr::If(i) if contains_let(&i.cond) => {
                if let Some(longer) = self.if_let(i) {
                    *e = longer;
                }
            }
            syn::Expr::Match(m) => {
                m.arms = std::mem::take(&mut m.arms)
                    .into_iter()
                    .flat_map(split)
                    .collect();
            }
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Conditions {
    /// `while cond { … }` is `loop { if cond { … } else { break } }`.
    fn while_let(&mut self, w: &syn::ExprWhile) -> syn::Expr {
        let (attrs, label, cond, body) = (&w.attrs, &w.label, &w.cond, &w.body);
        let mut choice: syn::Expr = syn::parse_quote!(if #cond #body else { break });
        if let syn::Expr::If(i) = &choice
            && let Some(longer) = self.if_let(i)
        {
            choice = longer;
        }
        syn::parse_quote!(#(#attrs)* #label loop { #choice })
    }

    /// A chain is nested, with an exit past the `else` where everything holds. Alternatives become arms.
    fn if_let(&mut self, i: &syn::ExprIf) -> Option<syn::Expr> {
        let mut conditions = Vec::new();
        flatten(&i.cond, &mut conditions);
        let then = &i.then_branch;
        if let [syn::Expr::Let(l)] = conditions.as_slice() {
            if !differ(&l.pat) {
                return None;
            }
            let (pat, of) = (&l.pat, &l.expr);
            let otherwise: syn::Expr = match &i.else_branch {
                Some((_, e)) => (**e).clone(),
                None => syn::parse_quote!({}),
            };
            let mut whole: syn::ExprMatch = syn::parse_quote!(match #of {
                #pat => #then
                _ => #otherwise
            });
            whole.arms = whole.arms.into_iter().flat_map(split).collect();
            return Some(syn::Expr::Match(whole));
        }
        let Some((_, otherwise)) = &i.else_branch else {
            return Some(self.nested(&conditions, syn::parse_quote!(#then)));
        };
        let ident = self.names.fresh("chain");
        let label = syn::Lifetime {
            apostrophe: ident.span(),
            ident,
        };
        let all = self.nested(&conditions, syn::parse_quote!({ break #label #then; }));
        Some(syn::parse_quote!(#label: { #all #otherwise }))
    }

    /// `if a { if let p = b { … } }`.
    fn nested(&mut self, conditions: &[syn::Expr], inner: syn::Expr) -> syn::Expr {
        conditions.iter().rev().fold(inner, |inner, condition| {
            let body: syn::Block = match inner {
                syn::Expr::Block(b) if b.label.is_none() && b.attrs.is_empty() => b.block,
                inner => syn::parse_quote!({ #inner }),
            };
            let one: syn::ExprIf = syn::parse_quote!(if #condition #body);
            match contains_let(condition).then(|| self.if_let(&one)) {
                Some(Some(longer)) => longer,
                _ => syn::Expr::If(one),
            }
        })
    }
}

/// `let p = items.next()`, which is a `for` loop over what is left of a named iterator.
fn is_next(e: &syn::Expr) -> bool {
    let syn::Expr::Let(l) = e else { return false };
    matches!(&*l.expr, syn::Expr::MethodCall(m) if m.method == "next"
        && m.args.is_empty()
        && matches!(&*m.receiver, syn::Expr::Path(_)))
}

/// Whether a condition is a chain with a `let`. Below other operators a `let` is no Rust, and not followed.
fn contains_let(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(b) if !matches!(b.op, syn::BinOp::And(_)) => false,
        syn::Expr::Binary(b) => contains_let(&b.left) || contains_let(&b.right),
        syn::Expr::Paren(p) => contains_let(&p.expr),
        syn::Expr::Group(g) => contains_let(&g.expr),
        _ => false,
    }
}

/// The conditions of a chain. Those without a `let` stay together.
fn flatten(e: &syn::Expr, out: &mut Vec<syn::Expr>) {
    match e {
        syn::Expr::Binary(b) if matches!(b.op, syn::BinOp::And(_)) && contains_let(e) => {
            flatten(&b.left, out);
            flatten(&b.right, out);
        }
        syn::Expr::Paren(p) if contains_let(e) => flatten(&p.expr, out),
        syn::Expr::Group(g) if contains_let(e) => flatten(&g.expr, out),
        e => out.push(e.clone()),
    }
}

/// An arm for each alternative, where a variable is another part of the value in each.
fn split(arm: syn::Arm) -> Vec<syn::Arm> {
    if !differ(&arm.pat) {
        return vec![arm];
    }
    let guard = match &arm.pat {
        syn::Pat::Guard(g) => Some(g.clone()),
        _ => None,
    };
    let cases = alternatives(&arm.pat).cloned().unwrap_or_default();
    cases
        .into_iter()
        .map(|case| {
            let pat = match &guard {
                Some(guard) => syn::Pat::Guard(syn::PatGuard {
                    pat: Box::new(case),
                    ..guard.clone()
                }),
                None => case,
            };
            syn::Arm { pat, ..arm.clone() }
        })
        .collect()
}

/// The alternatives that a pattern consists of.
fn alternatives(pat: &syn::Pat) -> Option<&syn::punctuated::Punctuated<syn::Pat, syn::Token![|]>> {
    match pat {
        syn::Pat::Or(o) => Some(&o.cases),
        syn::Pat::Paren(p) => alternatives(&p.pat),
        syn::Pat::Guard(g) => alternatives(&g.pat),
        _ => None,
    }
}

/// Whether a pattern's alternatives bind a variable to different parts.
fn differ(pat: &syn::Pat) -> bool {
    let Some(cases) = alternatives(pat) else {
        return false;
    };
    let mut all = cases.iter().map(|case| {
        let mut parts = Vec::new();
        bindings(case, String::new(), &mut parts);
        parts.sort();
        parts
    });
    let first = all.next();
    all.any(|parts| Some(parts) != first)
}

/// Where each variable of a pattern is found.
fn bindings(pat: &syn::Pat, path: String, out: &mut Vec<(String, String)>) {
    let name = |path: &syn::Path| quote::ToTokens::to_token_stream(path).to_string();
    match pat {
        syn::Pat::Ident(p) => {
            if crate::rename::is_binding(p) {
                out.push((p.ident.to_string(), path.clone()));
            }
            if let Some((_, sub)) = &p.subpat {
                bindings(sub, path, out);
            }
        }
        syn::Pat::TupleStruct(t) => {
            for (n, p) in t.elems.iter().enumerate() {
                bindings(p, format!("{path}.{}.{n}", name(&t.path)), out);
            }
        }
        syn::Pat::Struct(s) => {
            for f in &s.fields {
                let member = quote::ToTokens::to_token_stream(&f.member).to_string();
                bindings(&f.pat, format!("{path}.{}.{member}", name(&s.path)), out);
            }
        }
        syn::Pat::Tuple(t) => {
            for (n, p) in t.elems.iter().enumerate() {
                bindings(p, format!("{path}.{n}"), out);
            }
        }
        syn::Pat::Slice(s) => {
            let rest = s.elems.iter().position(|p| match p {
                syn::Pat::Rest(_) => true,
                syn::Pat::Ident(i) => i.subpat.is_some(),
                _ => false,
            });
            for (n, p) in s.elems.iter().enumerate() {
                let place = match rest {
                    Some(r) if n > r => format!("{path}[-{}]", s.elems.len() - n),
                    Some(r) if n == r => format!("{path}[{n}..{}]", s.elems.len() - n),
                    _ => format!("{path}[{n}]"),
                };
                bindings(p, place, out);
            }
        }
        syn::Pat::Reference(r) => bindings(&r.pat, path, out),
        syn::Pat::Paren(p) => bindings(&p.pat, path, out),
        syn::Pat::Type(t) => bindings(&t.pat, path, out),
        syn::Pat::Or(o) => {
            if let Some(first) = o.cases.first() {
                bindings(first, path, out);
            }
        }
        _ => {}
    }
}
