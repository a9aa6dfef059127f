//! Iterators that are bound to a name and used once: the chain is put where the name is used.

use super::chain::{self, Source};
use super::tainted::Tainted;
use crate::names::Names;
use std::collections::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat, Stmt, parse_quote};

/// Puts the chains in their places. Gives whether there were any.
pub(super) fn put_in_place(
    item: &mut syn::ItemFn,
    tainted: &Tainted,
    mutable: &HashSet<String>,
) -> bool {
    let mut uses = Uses::default();
    uses.visit_block(&item.block);
    uses.bound.retain(|name| {
        uses.count.get(name) == Some(&1) && uses.as_iterator.contains(name) && tainted.has(name)
    });
    if uses.bound.is_empty() {
        return false;
    }
    let mut place = Place {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        uses: &uses,
        mutable,
        chains: HashMap::new(),
    };
    place.visit_block_mut(&mut item.block);
    true
}

/// How names are used.
#[derive(Default)]
struct Uses {
    bound: HashSet<String>,
    count: HashMap<String, usize>,
    as_iterator: HashSet<String>,
    assigned: HashSet<String>,
}

impl Uses {
    fn iterator(&mut self, e: &Expr) {
        if let Expr::Path(p) = chain::peel(e) {
            self.as_iterator
                .extend(p.path.get_ident().map(ToString::to_string));
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some((name, _)) = defined(local) {
            self.bound.insert(name);
        }
        visit::visit_local(self, local);
    }
    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        if let Some(name) = p.path.get_ident() {
            *self.count.entry(name.to_string()).or_default() += 1;
        }
    }
    fn visit_expr_assign(&mut self, e: &'ast syn::ExprAssign) {
        if let Expr::Path(p) = &*e.left {
            self.assigned
                .extend(p.path.get_ident().map(ToString::to_string));
        }
        visit::visit_expr_assign(self, e);
    }
    fn visit_expr_for_loop(&mut self, f: &'ast syn::ExprForLoop) {
        self.iterator(&f.expr);
        visit::visit_expr_for_loop(self, f);
    }
    fn visit_expr_while(&mut self, w: &'ast syn::ExprWhile) {
        if let Some((name, _)) = next_of(&w.cond) {
            self.as_iterator.insert(name);
        }
        visit::visit_expr_while(self, w);
    }
    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        if chain::is_adaptor(m) || super::consumers::is_consumer(m) || chain::selects(m) {
            self.iterator(&m.receiver);
        }
        if m.method == "zip" || m.method == "chain" || m.method == "extend" {
            m.args.iter().for_each(|a| self.iterator(a));
        }
        visit::visit_expr_method_call(self, m);
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for tree in super::closures::flat(mac.tokens.clone()) {
            if let proc_macro2::TokenTree::Ident(i) = tree {
                // More than once, as far as this is concerned.
                *self.count.entry(i.to_string()).or_default() += 2;
            }
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// `let it = chain;`
fn defined(local: &syn::Local) -> Option<(String, &Expr)> {
    let (Pat::Ident(p), Some(init)) = (&local.pat, &local.init) else {
        return None;
    };
    let plain = p.by_ref.is_none() && p.subpat.is_none() && local.attrs.is_empty();
    let chain = chain::parse(&init.expr)?;
    let known = matches!(&chain.source, Source::Header(Expr::MethodCall(m)) if m.method != "drain")
        || matches!(&chain.source, Source::Header(Expr::Range(_))) && !chain.stages.is_empty();
    (plain && known).then(|| (p.ident.to_string(), &*init.expr))
}

/// `let Some(pattern) = it.next()`, where the pattern always matches.
fn next_of(cond: &Expr) -> Option<(String, Pat)> {
    let Expr::Let(l) = cond else { return None };
    let Pat::TupleStruct(some) = &*l.pat else {
        return None;
    };
    let Expr::MethodCall(m) = chain::peel(&l.expr) else {
        return None;
    };
    let (Expr::Path(p), true) = (&*m.receiver, m.method == "next" && m.args.is_empty()) else {
        return None;
    };
    let pat = some.elems.first().filter(|_| some.elems.len() == 1)?;
    (some.path.is_ident("Some") && always(pat))
        .then(|| Some((p.path.get_ident()?.to_string(), pat.clone())))
        .flatten()
}

fn always(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(p) => p.subpat.is_none() && crate::rename::is_binding(p),
        Pat::Wild(_) => true,
        Pat::Tuple(t) => t.elems.iter().all(always),
        Pat::Reference(r) => always(&r.pat),
        Pat::Paren(p) => always(&p.pat),
        _ => false,
    }
}

struct Place<'a> {
    names: Names,
    uses: &'a Uses,
    mutable: &'a HashSet<String>,
    chains: HashMap<String, Expr>,
}

impl Place<'_> {
    /// The chain of a definition, with what can change until it is used evaluated before.
    fn definition(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let (name, chain) = defined(local)?;
        if !self.uses.bound.contains(&name) {
            return None;
        }
        let mut chain = chain.clone();
        self.visit_expr_mut(&mut chain);
        let mut fix = Fix {
            place: self,
            lets: Vec::new(),
            ok: true,
        };
        fix.chain(&mut chain);
        let (mut lets, ok) = (fix.lets, fix.ok);
        if !ok {
            let pat = &local.pat;
            lets.push(parse_quote!(let #pat = #chain;));
            return Some(lets);
        }
        self.chains.insert(name, chain);
        Some(lets)
    }
}

/// Evaluates what a chain is given where it is made.
struct Fix<'a, 'b> {
    place: &'a mut Place<'b>,
    lets: Vec<Stmt>,
    ok: bool,
}

impl Fix<'_, '_> {
    fn chain(&mut self, e: &mut Expr) {
        match e {
            Expr::Paren(p) => self.chain(&mut p.expr),
            Expr::Range(r) => {
                r.start.iter_mut().for_each(|e| self.value(e));
                r.end.iter_mut().for_each(|e| self.value(e));
            }
            Expr::MethodCall(m) if chain::is_source(m) => {
                self.root(&m.receiver);
                m.args.iter_mut().for_each(|e| self.value(e));
            }
            Expr::MethodCall(m) => {
                self.chain(&mut m.receiver);
                let sequence = m.method == "zip" || m.method == "chain";
                for arg in &mut m.args {
                    match arg {
                        Expr::Closure(c) => self.ok &= c.capture.is_none(),
                        arg if sequence => self.chain(arg),
                        arg => self.value(arg),
                    }
                }
            }
            Expr::Reference(r) => self.root(&r.expr),
            e => self.root(e),
        }
    }

    /// What is borrowed cannot change, but a reference may be made to refer to something else.
    fn root(&mut self, e: &Expr) {
        match e {
            Expr::Path(p) => {
                self.ok &= p
                    .path
                    .get_ident()
                    .is_some_and(|i| !self.place.uses.assigned.contains(&i.to_string()));
            }
            Expr::Field(f) => self.root(&f.base),
            Expr::Paren(p) => self.root(&p.expr),
            Expr::Reference(r) => self.root(&r.expr),
            _ => self.ok = false,
        }
    }

    fn value(&mut self, e: &mut Expr) {
        match e {
            Expr::Lit(_) => {}
            Expr::Path(p)
                if p.path
                    .get_ident()
                    .is_none_or(|i| !self.place.mutable.contains(&i.to_string())) => {}
            e => {
                let name = self.place.names.fresh("bound");
                self.lets.push(parse_quote!(let #name = #e;));
                *e = parse_quote!(#name);
            }
        }
    }
}

impl VisitMut for Place<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            match self.definition(&stmt) {
                Some(lets) => block.stmts.extend(lets),
                None => {
                    self.visit_stmt_mut(&mut stmt);
                    block.stmts.push(stmt);
                }
            }
        }
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Expr::While(w) = e
            && let Some((name, pat)) = next_of(&w.cond)
            && let Some(chain) = self.chains.remove(&name)
        {
            self.visit_block_mut(&mut w.body);
            let (label, body) = (&w.label, &w.body);
            *e = parse_quote!(#label for #pat in #chain #body);
            return;
        }
        visit_mut::visit_expr_mut(self, e);
        if let Expr::Path(p) = e
            && let Some(name) = p.path.get_ident()
            && let Some(chain) = self.chains.remove(&name.to_string())
        {
            *e = chain;
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
