//! The uses of references that are exchanged, as uses of what they own now.

use super::exchange;
use crate::fence::macro_args::{self, MacroArgs};
use crate::names::Names;
use crate::unfold::chain::peel;
use quote::ToTokens;
use std::collections::HashMap;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, Stmt, parse_quote};

/// The uses of the references, as uses of what they own now.
pub(super) struct Uses<'a> {
    pub(super) own: HashMap<String, (Ident, usize)>,
    pub(super) places: &'a [Ident],
    pub(super) is_slice: bool,
    pub(super) exclusive: bool,
    pub(super) names: &'a mut Names,
    pub(super) understood: bool,
}

impl Uses<'_> {
    fn variable(&self, e: &Expr) -> Option<Ident> {
        let Expr::Path(p) = peel(e) else { return None };
        let name = p.path.get_ident()?.to_string();
        self.own.get(&name).map(|(own, _)| own.clone())
    }

    /// What the reference leads to.
    fn content(&self, own: &Ident) -> Expr {
        match self.is_slice {
            true => parse_quote!(#own[..]),
            false => parse_quote!(#own),
        }
    }

    /// A reference that is handed on.
    fn lent(&mut self, e: &mut Expr) {
        match self.variable(e) {
            Some(own) => {
                let content = self.content(&own);
                *e = match self.exclusive {
                    true => parse_quote!(&mut #content),
                    false => parse_quote!(&#content),
                };
            }
            None => self.visit_expr_mut(e),
        }
    }

    /// A reference among arguments is one that has a name, since whether it is exclusive is the callee's affair.
    fn argument(&mut self, e: &mut Expr, lets: &mut Vec<Stmt>) {
        let own = self.variable(e);
        self.lent(e);
        if let Some(own) = own {
            let lent = self.names.fresh(&format!("{own}_lent"));
            lets.push(parse_quote!(let #lent = #e;));
            *e = parse_quote!(#lent);
        }
    }

    fn base(&mut self, e: &mut Expr) {
        match self.variable(e) {
            Some(own) => *e = parse_quote!(#own),
            None => self.visit_expr_mut(e),
        }
    }

    /// The exchange of what they own, and of the numbers.
    fn exchanged(&mut self, e: &Expr) -> Option<Expr> {
        let (to, from) = exchange(e)?;
        let number = |name: &Ident| self.own.get(&name.to_string()).map(|(_, n)| *n);
        let to: Option<Vec<usize>> = to.iter().map(number).collect();
        let from: Option<Vec<usize>> = from.iter().map(number).collect();
        let (to, mut from) = (to?, from?);
        let names: HashMap<usize, Ident> = self
            .own
            .values()
            .map(|(own, n)| (*n, own.clone()))
            .collect();
        let mut stmts: Vec<Stmt> = Vec::new();
        // One exchange after the other puts each content where it belongs.
        for k in 0..to.len() {
            let (a, b) = (to[k], from[k]);
            if a == b {
                continue;
            }
            let (x, y) = (names.get(&a)?, names.get(&b)?);
            stmts.push(parse_quote!(::core::mem::swap(&mut #x, &mut #y);));
            if let (Some(p), Some(q)) = (self.places.get(a), self.places.get(b)) {
                let t = self.names.fresh("t");
                stmts.push(parse_quote!(let #t: usize = #p;));
                stmts.push(parse_quote!(#p = #q;));
                stmts.push(parse_quote!(#q = #t;));
            }
            // What was in `a` is in `b` now.
            from[k + 1..]
                .iter_mut()
                .filter(|f| **f == a)
                .for_each(|f| *f = b);
        }
        Some(parse_quote!({ #(#stmts)* }))
    }
}

impl VisitMut for Uses<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Some(exchanged) = self.exchanged(e) {
            *e = exchanged;
            return;
        }
        let mut lets = Vec::new();
        match e {
            Expr::Index(i) => {
                self.base(&mut i.expr);
                self.visit_expr_mut(&mut i.index);
            }
            Expr::Field(f) => self.base(&mut f.base),
            Expr::MethodCall(m) => {
                self.base(&mut m.receiver);
                let args = m.args.iter_mut();
                args.for_each(|arg| self.argument(arg, &mut lets));
            }
            Expr::Call(c) => {
                self.visit_expr_mut(&mut c.func);
                let args = c.args.iter_mut();
                args.for_each(|arg| self.argument(arg, &mut lets));
            }
            Expr::ForLoop(f) => {
                self.lent(&mut f.expr);
                self.visit_block_mut(&mut f.body);
            }
            Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => match self.variable(&u.expr) {
                Some(own) => *e = self.content(&own),
                None => self.visit_expr_mut(&mut u.expr),
            },
            Expr::Path(_) => self.understood &= self.variable(e).is_none(),
            _ => visit_mut::visit_expr_mut(self, e),
        }
        if !lets.is_empty() {
            *e = parse_quote!({ #(#lets)* #e });
        }
    }
    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        let mut args = macro_args::parse(mac);
        if let MacroArgs::List(list) = &mut args {
            list.iter_mut().for_each(|e| self.visit_expr_mut(e));
            mac.tokens = args.into_token_stream();
        }
        let text = mac.tokens.to_string();
        let named = |name: &String| text.contains('{') && text.contains(name.as_str());
        self.understood &= !self.own.keys().any(named);
    }
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        self.visit_expr_mut(&mut field.expr);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
