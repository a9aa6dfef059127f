//! Functions as values: `let f = f64::sin;` is another name for the function, and `let f = if c { f64::sin } else {
//! |x| x * k };` a closure that asks which of the two was chosen.

use super::chain::peel;
use crate::names::Names;
use std::collections::{HashMap, HashSet};
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat, Stmt, parse_quote};

/// Gives the functions that are bound to names their places. Gives whether there were any.
pub(super) fn settle(item: &mut syn::ItemFn) -> bool {
    let mut uses = Uses::default();
    uses.visit_signature(&item.sig);
    uses.visit_block(&item.block);
    if !uses.values.iter().any(|name| uses.is_settled(name)) {
        return false;
    }
    let mut place = Place {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        uses: &uses,
        locals: &Locals::of(item),
        paths: HashMap::new(),
        changed: false,
    };
    place.visit_block_mut(&mut item.block);
    place.changed
}

/// What is bound to names, and how these are used.
#[derive(Default)]
struct Uses {
    /// The names of functions as values.
    values: Vec<String>,
    /// With how many arguments a name is called.
    arity: HashMap<String, usize>,
    /// The names that are used in any other way than by a call or as an argument.
    otherwise: HashSet<String>,
}

impl Uses {
    fn is_settled(&self, name: &str) -> bool {
        !self.otherwise.contains(name)
    }

    fn argument(&mut self, e: &Expr) {
        let inner = match peel(e) {
            Expr::Reference(r) if r.mutability.is_none() => peel(&r.expr),
            e => e,
        };
        if !matches!(inner, Expr::Path(p) if p.path.get_ident().is_some()) {
            self.visit_expr(e);
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some((name, value)) = bound(local)
            && (is_choice(value) || is_function(value))
        {
            self.values.push(name);
        }
        self.visit_pat(&local.pat);
        if let Some(init) = &local.init {
            // Another name for a function.
            if !bound(local).is_some_and(|(_, value)| is_function(value)) {
                self.visit_expr(&init.expr);
            }
            init.diverge.iter().for_each(|(_, e)| self.visit_expr(e));
        }
    }
    fn visit_expr_call(&mut self, c: &'ast syn::ExprCall) {
        match peel(&c.func) {
            Expr::Path(p) => {
                if let Some(name) = p.path.get_ident() {
                    self.arity.insert(name.to_string(), c.args.len());
                }
            }
            f => self.visit_expr(f),
        }
        c.args.iter().for_each(|arg| self.argument(arg));
    }
    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        self.visit_expr(&m.receiver);
        m.args.iter().for_each(|arg| self.argument(arg));
    }
    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        self.otherwise
            .extend(p.path.get_ident().map(ToString::to_string));
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for tree in super::closures::flat(mac.tokens.clone()) {
            if let proc_macro2::TokenTree::Ident(i) = tree {
                self.otherwise.insert(i.to_string());
            }
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// The names that patterns bind, and those among them that are functions for good.
#[derive(Default)]
pub(super) struct Locals {
    bound: HashSet<String>,
    functions: HashSet<String>,
    /// What is bound to a path, or to a choice among these and closures.
    others: Vec<(String, Vec<Expr>)>,
}

impl Locals {
    pub(super) fn of(item: &syn::ItemFn) -> Locals {
        let mut locals = Locals::default();
        for input in &item.sig.inputs {
            if let syn::FnArg::Typed(p) = input
                && let Pat::Ident(name) = &*p.pat
                && crate::functions::takes(&item.sig, &p.ty)
            {
                locals.functions.insert(name.ident.to_string());
            }
        }
        locals.visit_signature(&item.sig);
        locals.visit_block(&item.block);
        // Another name for a function is one as well. Names are bound before they are used.
        for (name, values) in std::mem::take(&mut locals.others) {
            let is_closure = |e: &Expr| matches!(peel(e), Expr::Closure(_));
            if values
                .iter()
                .all(|e| is_closure(e) || locals.is_function(e))
            {
                locals.functions.insert(name);
            }
        }
        locals
    }

    /// Whether the name of something that may be a function is not that of a local which is none.
    pub(super) fn is_function(&self, e: &Expr) -> bool {
        let Expr::Path(p) = peel(e) else { return false };
        let name = p.path.get_ident().map(ToString::to_string);
        name.is_none_or(|name| !self.bound.contains(&name) || self.functions.contains(&name))
    }
}

impl<'ast> Visit<'ast> for Locals {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        // What cannot be called twice alike is bound as `mut`.
        match bound(local) {
            Some((name, Expr::Closure(_))) => drop(self.functions.insert(name)),
            Some((name, value)) => self
                .others
                .extend(alternatives(value).map(|all| (name, all))),
            None => {}
        }
        visit::visit_local(self, local);
    }
    fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
        self.bound.insert(p.ident.to_string());
        visit::visit_pat_ident(self, p);
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// How many arguments a function takes, if it is a closure or a method of numbers.
pub(super) fn arity_of(f: &Expr) -> Option<usize> {
    match peel(f) {
        Expr::Closure(c) => Some(c.inputs.len()),
        Expr::Path(p) => {
            let [ty, method] = Vec::from_iter(&p.path.segments).try_into().ok()?;
            let of_number = ty.ident == "f64" || ty.ident == "f32";
            let rule = crate::rules::find(&method.ident.to_string())?;
            of_number.then_some(rule.args.len())
        }
        _ => None,
    }
}

/// `let f = value;` or `let f: fn(…) -> … = value;`
fn bound(local: &syn::Local) -> Option<(String, &Expr)> {
    let (pat, ty) = match &local.pat {
        Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
        pat => (pat, None),
    };
    let (Pat::Ident(p), Some(init)) = (pat, &local.init) else {
        return None;
    };
    let plain = p.by_ref.is_none()
        && p.mutability.is_none()
        && p.subpat.is_none()
        && local.attrs.is_empty()
        && init.diverge.is_none()
        && ty.is_none_or(|ty| matches!(ty, syn::Type::FnPtr(_)));
    plain.then(|| (p.ident.to_string(), peel(&init.expr)))
}

/// The path of something that may be a function: they begin with a small letter.
pub(super) fn is_function(e: &Expr) -> bool {
    let Expr::Path(p) = peel(e) else { return false };
    let last = p.path.segments.last();
    last.is_some_and(|s| {
        s.ident
            .unraw()
            .to_string()
            .starts_with(|c: char| c.is_lowercase())
    })
}

/// A choice among functions, at least one of which is a closure or has the path of a function.
fn is_choice(e: &Expr) -> bool {
    matches!(e, Expr::If(_) | Expr::Match(_)) && alternatives(e).is_some()
}

/// The functions that a choice is among, in the order of their text.
fn alternatives(e: &Expr) -> Option<Vec<Expr>> {
    match peel(e) {
        Expr::Closure(_) => Some(vec![e.clone()]),
        Expr::Path(_) if is_function(e) => Some(vec![e.clone()]),
        Expr::Cast(c) if matches!(&*c.ty, syn::Type::FnPtr(_)) => alternatives(&c.expr),
        Expr::Block(b) if b.label.is_none() && b.attrs.is_empty() => in_block(&b.block),
        Expr::If(i) => {
            let mut all = in_block(&i.then_branch)?;
            all.extend(alternatives(&i.else_branch.as_ref()?.1)?);
            Some(all)
        }
        Expr::Match(m) => {
            let arms = m.arms.iter().map(|arm| alternatives(&arm.body));
            Some(arms.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => None,
    }
}

fn in_block(block: &syn::Block) -> Option<Vec<Expr>> {
    match block.stmts.as_slice() {
        [Stmt::Expr(value, None)] => alternatives(value),
        _ => None,
    }
}

/// Writes the number of each alternative in its place.
fn number(e: &mut Expr, next: &mut usize) {
    match e {
        Expr::Paren(p) => number(&mut p.expr, next),
        Expr::Group(g) => number(&mut g.expr, next),
        Expr::Block(b) => number_block(&mut b.block, next),
        Expr::If(i) => {
            number_block(&mut i.then_branch, next);
            if let Some((_, els)) = &mut i.else_branch {
                number(els, next);
            }
        }
        Expr::Match(m) => m
            .arms
            .iter_mut()
            .for_each(|arm| number(&mut arm.body, next)),
        e => {
            let n = syn::Index::from(*next);
            *e = parse_quote!(#n);
            *next += 1;
        }
    }
}

fn number_block(block: &mut syn::Block, next: &mut usize) {
    if let [Stmt::Expr(value, None)] = block.stmts.as_mut_slice() {
        number(value, next);
    }
}

struct Place<'a> {
    names: Names,
    uses: &'a Uses,
    locals: &'a Locals,
    /// The functions that have another name.
    paths: HashMap<String, Expr>,
    changed: bool,
}

impl Place<'_> {
    /// What stands for the definition of a function as a value.
    fn definition(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let (name, value) = bound(local)?;
        if !self.uses.is_settled(&name) {
            return None;
        }
        if is_function(value) {
            if !self.locals.is_function(value) {
                return None;
            }
            let mut value = value.clone();
            self.visit_expr_mut(&mut value);
            self.paths.insert(name, value);
            return Some(Vec::new());
        }
        if !is_choice(value) {
            return None;
        }
        let functions = alternatives(value)?;
        let written = match &local.pat {
            Pat::Type(t) => super::tables::arity_in(&t.ty),
            _ => None,
        };
        let arity = written.or_else(|| self.arity(&name, &functions))?;
        let which = self.names.fresh("which");
        let mut choice = value.clone();
        number(&mut choice, &mut 0);
        let args: Vec<syn::Ident> = (0..arity)
            .map(|n| self.names.fresh(&format!("x{n}")))
            .collect();
        let count = functions.len();
        let arms = functions.iter().enumerate().map(|(n, f)| -> syn::Arm {
            let f = super::closures::paren(f.clone());
            match n + 1 == count {
                true => parse_quote!(_ => #f(#(#args),*)),
                false => {
                    let n = syn::Index::from(n);
                    parse_quote!(#n => #f(#(#args),*),)
                }
            }
        });
        let pat = match &local.pat {
            Pat::Type(t) => &t.pat,
            pat => pat,
        };
        Some(vec![
            parse_quote!(let #which: usize = #choice;),
            parse_quote!(let #pat = |#(#args),*| match #which { #(#arms)* };),
        ])
    }

    /// How many arguments the functions take, as far as anything tells.
    fn arity(&self, name: &str, functions: &[Expr]) -> Option<usize> {
        let told = functions.iter().find_map(arity_of);
        told.or_else(|| self.uses.arity.get(name).copied())
    }
}

impl VisitMut for Place<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            match self.definition(&stmt) {
                Some(mut stmts) => {
                    self.changed = true;
                    stmts.iter_mut().for_each(|s| self.visit_stmt_mut(s));
                    block.stmts.extend(stmts);
                }
                None => {
                    self.visit_stmt_mut(&mut stmt);
                    block.stmts.push(stmt);
                }
            }
        }
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        if let Expr::Path(p) = e
            && let Some(name) = p.path.get_ident()
            && let Some(path) = self.paths.get(&name.to_string())
        {
            *e = path.clone();
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
