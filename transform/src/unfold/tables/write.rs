//! The numbers in the place of the functions, and the closures that call a function by its number.

use super::{Find, function};
use crate::fence::macro_args::{self, MacroArgs};
use crate::names::Names;
use crate::unfold::chain::peel;
use crate::unfold::replaced::replaced;
use crate::unfold::values::Locals;
use quote::ToTokens;
use std::collections::HashMap;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, Pat, Stmt, parse_quote};

pub(super) struct Write<'a, 'b> {
    pub(super) find: &'a Find<'b>,
    pub(super) names: Names,
    /// The closures that call an element by its number.
    pub(super) calls: HashMap<String, Ident>,
}

impl Write<'_, '_> {
    /// The table's functions by names, the numbers, and what calls the function of a number.
    fn definition(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let pat = match &local.pat {
            Pat::Type(t) => &*t.pat,
            pat => pat,
        };
        let Pat::Ident(p) = pat else { return None };
        let name = p.ident.to_string();
        let (table, call) = (self.find.tables.get(&name)?, self.calls.get(&name)?.clone());
        let args: Vec<Ident> = (0..table.arity?)
            .map(|n| self.names.fresh(&format!("x{n}")))
            .collect();
        let mut stmts = Vec::new();
        let mut arms: Vec<syn::Arm> = Vec::new();
        let count = table.functions.len();
        for (n, f) in table.functions.iter().enumerate() {
            let f = match f {
                Expr::Closure(_) => {
                    let part = self.names.fresh(&format!("{name}_{n}"));
                    stmts.push(parse_quote!(let #part = #f;));
                    parse_quote!(#part)
                }
                f => f.clone(),
            };
            let n = syn::Index::from(n);
            arms.push(match n.index as usize + 1 == count {
                true => parse_quote!(_ => #f(#(#args),*)),
                false => parse_quote!(#n => #f(#(#args),*),),
            });
        }
        let mut numbers = (*local.init.as_ref()?.expr).clone();
        Number {
            locals: &self.find.locals,
            next: 0,
        }
        .list(&mut numbers);
        let which = self.names.fresh("which");
        stmts.push(parse_quote!(let #pat = #numbers;));
        stmts.push(
            parse_quote!(let #call = |#which: usize, #(#args),*| match #which { #(#arms)* };),
        );
        Some(stmts)
    }

    /// The number that an element is: by value, however many references there are around it.
    fn number(&self, e: &Expr) -> Expr {
        match peel(e) {
            Expr::Reference(r) => self.number(&r.expr),
            Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => self.number(&u.expr),
            e => parse_quote!(#e.wrapping_add(0)),
        }
    }

    /// An element that is passed on is a closure.
    fn passed(&mut self, arg: &mut Expr) {
        let Some(name) = self.find.table_of(arg) else {
            return;
        };
        let (Some(call), Some(table)) = (self.calls.get(&name), self.find.tables.get(&name)) else {
            return;
        };
        let count = table.arity.unwrap_or(0);
        let args: Vec<Ident> = (0..count)
            .map(|n| self.names.fresh(&format!("x{n}")))
            .collect();
        let number = self.number(arg);
        let closure: Expr = parse_quote!(|#(#args),*| #call(#number, #(#args),*));
        match arg {
            Expr::Reference(r) => *r.expr = closure,
            arg => *arg = closure,
        }
    }
}

impl VisitMut for Write<'_, '_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        replaced(block, |stmt| self.definition(stmt));
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        match e {
            Expr::Call(c) => {
                c.args.iter_mut().for_each(|arg| self.passed(arg));
                if let Some(name) = self.find.table_of(&c.func)
                    && let Some(call) = self.calls.get(&name)
                {
                    let (number, args) = (self.number(&c.func), c.args.iter());
                    *e = parse_quote!(#call(#number, #(#args),*));
                }
            }
            Expr::MethodCall(m) if m.method != "zip" => {
                m.args.iter_mut().for_each(|arg| self.passed(arg));
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        let mut args = macro_args::parse(mac);
        if let MacroArgs::List(list) = &mut args {
            list.iter_mut().for_each(|e| self.visit_expr_mut(e));
            mac.tokens = args.into_token_stream();
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Writes the number of each function in its place.
struct Number<'a> {
    locals: &'a Locals,
    next: usize,
}

impl Number<'_> {
    fn list(&mut self, e: &mut Expr) {
        match e {
            Expr::Paren(p) => self.list(&mut p.expr),
            Expr::Group(g) => self.list(&mut g.expr),
            Expr::Reference(r) => self.list(&mut r.expr),
            Expr::Array(a) => a.elems.iter_mut().for_each(|e| self.element(e)),
            Expr::Macro(m) => {
                let mut args = macro_args::parse(&m.mac);
                if let MacroArgs::List(list) = &mut args {
                    list.iter_mut().for_each(|e| self.element(e));
                    m.mac.tokens = args.into_token_stream();
                }
            }
            _ => {}
        }
    }

    fn element(&mut self, e: &mut Expr) {
        if function(e, self.locals).is_some() {
            let n = proc_macro2::Literal::usize_suffixed(self.next);
            *e = parse_quote!(#n);
            self.next += 1;
            return;
        }
        match e {
            Expr::Paren(p) => self.element(&mut p.expr),
            Expr::Group(g) => self.element(&mut g.expr),
            Expr::Tuple(t) => t.elems.iter_mut().for_each(|e| self.element(e)),
            _ => {}
        }
    }
}
