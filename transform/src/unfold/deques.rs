//! `VecDeque`s that are locals: a queue of values that carry a derivative is a vector whose elements go at the front, so
//! that what is known of vectors is known of it.
//!
//! A queue that is used in any way that is not understood here stays what it is.

use super::chain::peel;
use super::replaced::replaced;
use super::tainted::Tainted;
use crate::fence::macro_args::{self, MacroArgs};
use crate::names::{self, Names};
use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Ident, Pat, Stmt, Type, parse_quote};

/// Writes them so. Gives whether there were any. Names are unique here.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut find = Find::default();
    find.visit_block(&item.block);
    let mut changed = false;
    for name in find.queues {
        if !tainted.has(&name.to_string()) {
            continue;
        }
        let mut block = item.block.clone();
        let mut write = Write {
            name: &name,
            names: Names::of(item.to_token_stream()),
            understood: true,
        };
        write.visit_block_mut(&mut block);
        if write.understood {
            item.block = block;
            changed = true;
        }
    }
    changed
}

#[derive(Default)]
struct Find {
    queues: Vec<Ident>,
}

impl<'ast> Visit<'ast> for Find {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some((name, ..)) = queue(local) {
            self.queues.push(name);
        }
        visit::visit_local(self, local);
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// A type as it is written: its path, and what is in it.
type Written = (syn::Path, Option<Type>);

/// The path of the type `VecDeque`, and what is in it.
fn deque(path: &syn::Path) -> Option<Written> {
    let last = path.segments.last()?;
    if last.ident != "VecDeque" {
        return None;
    }
    let inner = match &last.arguments {
        syn::PathArguments::AngleBracketed(a) => a.args.iter().find_map(|a| match a {
            syn::GenericArgument::Type(Type::Infer(_)) => None,
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => None,
    };
    let mut plain = path.clone();
    if let Some(last) = plain.segments.last_mut() {
        last.arguments = syn::PathArguments::None;
    }
    Some((plain, inner))
}

/// A local that is a queue: its name, the path of the type, what is in it, and its value as a vector.
fn queue(local: &syn::Local) -> Option<(Ident, syn::Path, Option<Type>, Expr)> {
    let init = local.init.as_ref().filter(|i| i.diverge.is_none())?;
    let (pat, written) = match &local.pat {
        Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
        pat => (pat, None),
    };
    let Pat::Ident(p) = pat else { return None };
    if p.by_ref.is_some() || p.subpat.is_some() || !local.attrs.is_empty() {
        return None;
    }
    let written = match written {
        Some(Type::Path(p)) => Some(deque(&p.path)?),
        Some(_) => return None,
        None => None,
    };
    let (made, value) = vector(peel(&init.expr), written.is_some())?;
    let (path, inner) = match (written, made) {
        (Some((path, inner)), made) => (path, inner.or(made.and_then(|(_, inner)| inner))),
        (None, made) => made?,
    };
    Some((p.ident.clone(), path, inner, value))
}

/// What makes a queue, as what makes a vector; with the type, where it is to be seen there.
fn vector(e: &Expr, typed: bool) -> Option<(Option<Written>, Expr)> {
    match e {
        Expr::Call(c) => {
            let Expr::Path(p) = peel(&c.func) else {
                return None;
            };
            let mut path = p.path.clone();
            let method = path.segments.pop()?.ident;
            path.segments.pop_punct();
            let made = deque(&path)?;
            let value = match (method.to_string().as_str(), c.args.first()) {
                ("new", None) => parse_quote!(__rt::Vec::new()),
                ("with_capacity", Some(n)) => parse_quote!(__rt::Vec::with_capacity(#n)),
                ("from", Some(of)) => copied(of),
                _ => return None,
            };
            Some((Some(made), value))
        }
        Expr::MethodCall(m) if m.args.is_empty() && m.method == "into" && typed => {
            Some((None, copied(&m.receiver)))
        }
        Expr::MethodCall(m) if m.args.is_empty() && m.method == "collect" => {
            let mut value = m.clone();
            let made = match value.turbofish.take() {
                Some(turbofish) => match turbofish.args.first() {
                    Some(syn::GenericArgument::Type(Type::Path(p))) => Some(deque(&p.path)?),
                    _ => return None,
                },
                None if typed => None,
                None => return None,
            };
            value.turbofish = Some(parse_quote!(::<__rt::Vec<_>>));
            Some((made, Expr::MethodCall(value)))
        }
        _ => None,
    }
}

/// A vector of the elements of an array or a vector.
fn copied(of: &Expr) -> Expr {
    match of {
        Expr::Path(_) | Expr::MethodCall(_) => parse_quote!(#of.to_vec()),
        of => parse_quote!({ let queued = #of; queued.to_vec() }),
    }
}

/// Methods that a vector has as well, and what those of a queue are called there.
const METHODS: [(&str, &str); 21] = [
    ("push_back", "push"),
    ("pop_back", "pop"),
    ("front", "first"),
    ("back", "last"),
    ("front_mut", "first_mut"),
    ("back_mut", "last_mut"),
    ("len", "len"),
    ("is_empty", "is_empty"),
    ("clear", "clear"),
    ("truncate", "truncate"),
    ("iter", "iter"),
    ("iter_mut", "iter_mut"),
    ("get", "get"),
    ("get_mut", "get_mut"),
    ("swap", "swap"),
    ("extend", "extend"),
    ("insert", "insert"),
    ("resize", "resize"),
    ("retain", "retain"),
    ("rotate_left", "rotate_left"),
    ("rotate_right", "rotate_right"),
];

struct Write<'a> {
    name: &'a Ident,
    names: Names,
    understood: bool,
}

impl Write<'_> {
    fn is(&self, e: &Expr) -> bool {
        matches!(peel(e), Expr::Path(p) if p.path.is_ident(self.name))
    }

    fn definition(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let (name, path, inner, value) = queue(local).filter(|(name, ..)| name == self.name)?;
        let check = self.names.fresh("of_std");
        let inner: Type = inner.unwrap_or_else(|| parse_quote!(_));
        Some(vec![
            // A type of the user's own with that name makes no queue of std's.
            parse_quote!(let #check: fn() -> __rt::VecDeque<u8> = #path::<u8>::new;),
            parse_quote!(let _ = #check;),
            parse_quote!(let mut #name: __rt::Vec<#inner> = #value;),
        ])
    }

    /// A call of one of the queue's methods.
    fn method(&mut self, m: &mut ExprMethodCall) -> Option<Expr> {
        let (of, method) = (&m.receiver, m.method.to_string());
        match (method.as_str(), m.args.first()) {
            ("pop_front", None) => {
                let taken = self.names.fresh("taken");
                return Some(parse_quote!(if #of.is_empty() { None } else {
                    let #taken = #of.remove(0);
                    Some(#taken)
                }));
            }
            ("push_front", Some(value)) => return Some(parse_quote!(#of.insert(0, #value))),
            _ => {}
        }
        let known = METHODS.iter().find(|(of_queue, _)| *of_queue == method);
        match known {
            Some((_, of_vector)) => m.method = Ident::new(of_vector, m.method.span()),
            None => self.understood = false,
        }
        None
    }
}

impl VisitMut for Write<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        replaced(block, |stmt| self.definition(stmt));
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        // What is popped is dropped.
        if let Stmt::Expr(Expr::MethodCall(m), Some(_)) = stmt
            && m.method == "pop_front"
            && m.args.is_empty()
            && self.is(&m.receiver)
        {
            let of = &m.receiver;
            *stmt = parse_quote!(if !#of.is_empty() { #of.remove(0); });
            return;
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        match e {
            Expr::MethodCall(m)
                if (m.method == "unwrap" || m.method == "expect")
                    && matches!(peel(&m.receiver), Expr::MethodCall(pop) if pop.method == "pop_front" && self.is(&pop.receiver)) =>
            {
                if let Expr::MethodCall(pop) = peel(&m.receiver) {
                    let of = &pop.receiver;
                    *e = parse_quote!(#of.remove(0));
                }
            }
            Expr::MethodCall(m) if self.is(&m.receiver) => {
                m.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
                if let Some(written) = self.method(m) {
                    *e = written;
                }
            }
            Expr::Index(i) if self.is(&i.expr) => self.visit_expr_mut(&mut i.index),
            Expr::ForLoop(f) if matches!(peel(&f.expr), Expr::Reference(r) if self.is(&r.expr)) => {
                self.visit_block_mut(&mut f.body);
            }
            Expr::Path(p) => self.understood &= !p.path.is_ident(self.name),
            _ => visit_mut::visit_expr_mut(self, e),
        }
    }
    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        let mut args = macro_args::parse(mac);
        match &mut args {
            MacroArgs::List(list) => {
                list.iter_mut().for_each(|e| self.visit_expr_mut(e));
                mac.tokens = args.into_token_stream();
            }
            _ => self.understood &= !names::mentions(&mac.tokens, self.name),
        }
        // A format string may name it.
        let name = self.name.to_string();
        let names = |tree: &TokenTree| {
            let text = tree.to_string();
            matches!(tree, TokenTree::Literal(_)) && text.contains('{') && text.contains(&name)
        };
        let tokens = super::closures::flat(mac.tokens.clone());
        self.understood &= !tokens.iter().any(names);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
