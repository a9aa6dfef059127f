//! Iterators that are held in a variable and asked for items now and then: `next`, `next_back`, `peek`, `by_ref`. What
//! they run through stands still while they are held, so each is two numbers, of the item that comes next and of the
//! end; `next` is an element that is there or not.

use super::chain::{self, Chain, Source};
use super::tainted::Tainted;
use crate::names::Names;
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Ident, Pat, Stmt, parse_quote, parse_quote_spanned};

/// Writes them so. Gives whether there were any.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut uses = Uses::default();
    uses.visit_block(&item.block);
    let asked = |name: &String| {
        tainted.has(name)
            && uses.asked.contains(name)
            && !uses.otherwise.contains(name)
            && (!uses.in_while.contains(name) || uses.count.get(name) != Some(&1))
    };
    let wanted: HashSet<String> = uses.bound.iter().filter(|n| asked(n)).cloned().collect();
    if wanted.is_empty() {
        return false;
    }
    let mut held = Held {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        wanted,
        from_behind: uses.from_behind,
        iterators: HashMap::new(),
    };
    held.visit_block_mut(&mut item.block);
    !held.iterators.is_empty()
}

/// How the names of iterators are used.
#[derive(Default)]
struct Uses {
    bound: HashSet<String>,
    /// By `next` and its kin.
    asked: HashSet<String>,
    from_behind: HashSet<String>,
    otherwise: HashSet<String>,
    /// By `while let Some(…) = it.next()`, which is a loop over the iterator if that is all.
    in_while: HashSet<String>,
    count: HashMap<String, usize>,
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        self.bound
            .extend(defined(local).map(|(name, _)| name.to_string()));
        visit::visit_local(self, local);
    }
    fn visit_expr_method_call(&mut self, m: &'ast ExprMethodCall) {
        if let Some((name, method)) = of_name(m) {
            match method.as_str() {
                "next" | "by_ref" | "clone" | "peek" => _ = self.asked.insert(name),
                "next_back" => {
                    self.asked.insert(name.clone());
                    self.from_behind.insert(name);
                }
                "len" => {}
                _ if chain::is_adaptor(m) || super::consumers::is_consumer(m) => {}
                _ if chain::answer_of(m) => {}
                _ => _ = self.otherwise.insert(name),
            }
        }
        visit::visit_expr_method_call(self, m);
    }
    fn visit_expr_while(&mut self, w: &'ast syn::ExprWhile) {
        if let Expr::Let(l) = &*w.cond
            && let Expr::MethodCall(m) = chain::peel(&l.expr)
        {
            self.in_while.extend(of_name(m).map(|(name, _)| name));
        }
        visit::visit_expr_while(self, w);
    }
    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        if let Some(name) = p.path.get_ident() {
            *self.count.entry(name.to_string()).or_default() += 1;
        }
    }
    fn visit_expr_assign(&mut self, e: &'ast syn::ExprAssign) {
        if let Expr::Path(p) = &*e.left {
            self.otherwise
                .extend(p.path.get_ident().map(ToString::to_string));
        }
        visit::visit_expr_assign(self, e);
    }
    /// Two that are matched together are not followed.
    fn visit_expr_tuple(&mut self, t: &'ast syn::ExprTuple) {
        for e in &t.elems {
            if let Expr::MethodCall(m) = chain::peel(e) {
                self.otherwise.extend(of_name(m).map(|(name, _)| name));
            }
        }
        visit::visit_expr_tuple(self, t);
    }
    fn visit_expr_reference(&mut self, r: &'ast syn::ExprReference) {
        if let Expr::Path(p) = chain::peel(&r.expr) {
            self.otherwise
                .extend(p.path.get_ident().map(ToString::to_string));
        }
        visit::visit_expr_reference(self, r);
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

/// A method without arguments that matter, called on a name.
fn of_name(m: &ExprMethodCall) -> Option<(String, String)> {
    let Expr::Path(p) = chain::peel(&m.receiver) else {
        return None;
    };
    Some((p.path.get_ident()?.to_string(), m.method.to_string()))
}

/// `let mut it = chain;`, perhaps with `.peekable()` behind it.
fn defined(local: &syn::Local) -> Option<(&Ident, &Expr)> {
    let (Pat::Ident(p), Some(init)) = (&local.pat, &local.init) else {
        return None;
    };
    let plain = p.by_ref.is_none() && p.subpat.is_none() && local.attrs.is_empty();
    let of = match chain::peel(&init.expr) {
        Expr::MethodCall(m) if m.method == "peekable" && m.args.is_empty() => &*m.receiver,
        e => e,
    };
    (plain && chain::parse(of).is_some()).then_some((&p.ident, of))
}

/// What stands for an iterator.
#[derive(Clone)]
struct Iterator {
    /// What it runs through.
    base: Expr,
    next: Ident,
    end: Ident,
    /// Whether its items are references to the elements.
    lends: bool,
}

struct Held {
    names: Names,
    wanted: HashSet<String>,
    from_behind: HashSet<String>,
    iterators: HashMap<String, Iterator>,
}

impl Held {
    fn definition(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let (name, of) = defined(local)?;
        let name = name.to_string();
        if !self.wanted.contains(&name) {
            return None;
        }
        let (base, lends, collected) = self.base(of)?;
        let mut stmts: Vec<Stmt> = collected.into_iter().collect();
        let (next, end) = (self.names.fresh("next"), self.names.fresh("end"));
        stmts.push(parse_quote!(let mut #next: usize = 0;));
        stmts.push(match self.from_behind.contains(&name) {
            true => parse_quote!(let mut #end: usize = #base.len();),
            false => parse_quote!(let #end: usize = #base.len();),
        });
        let iterator = Iterator {
            base,
            next,
            end,
            lends,
        };
        self.iterators.insert(name, iterator);
        Some(stmts)
    }

    /// The memory that a chain runs through, whether it lends its elements, and the statement that makes it.
    fn base(&mut self, of: &Expr) -> Option<(Expr, bool, Option<Stmt>)> {
        let mut chain = chain::parse(of)?;
        let copied = |s: &chain::Stage| s.method == "copied" || s.method == "cloned";
        if let Source::Header(Expr::MethodCall(m)) = &chain.source
            && m.method == "iter"
            && matches!(*m.receiver, Expr::Path(_))
            && chain.stages.iter().all(copied)
        {
            return Some(((*m.receiver).clone(), chain.stages.is_empty(), None));
        }
        // The items are made before the first is asked for, which nobody can tell.
        if !is_quiet(&chain) {
            return None;
        }
        let held = self.names.fresh("held");
        let slices = chain.stages.is_empty() && gives_slices(&chain.source);
        let lends = chain.gives_references() && !slices;
        let more: Expr = match (slices, lends) {
            (true, _) => {
                let part = self.names.fresh("part");
                parse_quote!(#of.map(|#part| #part.to_vec()))
            }
            (_, true) => parse_quote!(#of.copied()),
            _ => parse_quote!((#of)),
        };
        chain.stages.clear();
        let all: Stmt = parse_quote!(let #held: __rt::Vec<_> = #more.collect::<__rt::Vec<_>>(););
        Some((parse_quote!(#held), lends || slices, Some(all)))
    }

    /// What a method of the iterator stands for.
    fn method(&self, m: &ExprMethodCall) -> Option<Expr> {
        if m.method == "copied" || m.method == "cloned" {
            // Of what is peeked at among references, which is a reference to one.
            let Expr::MethodCall(inner) = chain::peel(&m.receiver) else {
                return None;
            };
            let iterator = self.peeked(inner)?;
            return iterator.lends.then(|| iterator.peek());
        }
        if (m.method == "is_some" || m.method == "is_none") && m.args.is_empty() {
            let Expr::MethodCall(inner) = chain::peel(&m.receiver) else {
                return None;
            };
            let Iterator { next, end, .. } = self.peeked(inner)?;
            return Some(match m.method == "is_some" {
                true => parse_quote!((#next < #end)),
                false => parse_quote!((#next >= #end)),
            });
        }
        let (name, method) = of_name(m)?;
        let iterator = self.iterators.get(&name)?;
        let Iterator { next, end, .. } = iterator;
        let at = m.method.span();
        Some(match method.as_str() {
            "next" => iterator.item(parse_quote!(__rt::next_of(&mut #next, #end)), at),
            "next_back" => iterator.item(parse_quote!(__rt::last_of(#next, &mut #end)), at),
            "peek" if !iterator.lends => iterator.peek(),
            "by_ref" => {
                let item = iterator.item(parse_quote!(__rt::next_of(&mut #next, #end)), at);
                parse_quote!(::core::iter::from_fn(|| #item))
            }
            "len" => parse_quote!((#end - #next)),
            "clone" => iterator.rest(),
            _ => return None,
        })
    }

    /// `it.next();`
    fn passed_over(&self, m: &ExprMethodCall) -> Option<&Iterator> {
        let (name, method) = of_name(m)?;
        (method == "next")
            .then(|| self.iterators.get(&name))
            .flatten()
    }

    fn peeked(&self, m: &ExprMethodCall) -> Option<&Iterator> {
        let (name, method) = of_name(m)?;
        (method == "peek")
            .then(|| self.iterators.get(&name))
            .flatten()
    }

    /// Of references, `peek` gives a reference to one: the pattern is that of the element.
    fn peeked_reference(&self, e: &Expr) -> Option<Expr> {
        let Expr::MethodCall(m) = chain::peel(e) else {
            return None;
        };
        let iterator = self.peeked(m)?;
        iterator.lends.then(|| iterator.peek())
    }

    /// Makes a pattern one of the element. Gives the name that was a reference to a reference and is one now.
    fn looked_through(pat: &mut Pat) -> Option<Option<Ident>> {
        match pat {
            Pat::Paren(p) => Self::looked_through(&mut p.pat),
            Pat::Guard(g) => Self::looked_through(&mut g.pat),
            Pat::TupleStruct(some) if some.elems.len() == 1 => {
                let inner = some.elems.first_mut()?;
                match inner {
                    Pat::Reference(r) => {
                        *inner = (*r.pat).clone();
                        Some(None)
                    }
                    Pat::Wild(_) => Some(None),
                    Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {
                        Some(Some(p.ident.clone()))
                    }
                    _ => None,
                }
            }
            _ => Some(None),
        }
    }
}

impl Iterator {
    /// The item of the number, or none.
    fn item(&self, number: Expr, at: Span) -> Expr {
        let base = &self.base;
        match self.lends {
            true => parse_quote_spanned!(at=> #base.get(#number)),
            false => parse_quote_spanned!(at=> #base.get(#number).copied()),
        }
    }

    fn peek(&self) -> Expr {
        let Iterator {
            base, next, end, ..
        } = self;
        parse_quote!(#base.get(__rt::first_of(#next, #end)))
    }

    /// The iterator from here on.
    fn rest(&self) -> Expr {
        let Iterator {
            base,
            next,
            end,
            lends,
        } = self;
        match lends {
            true => parse_quote!(#base[#next..#end].iter()),
            false => parse_quote!(#base[#next..#end].iter().copied()),
        }
    }
}

impl VisitMut for Held {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            if let Some(stmts) = self.definition(&stmt) {
                block.stmts.extend(stmts);
            } else if let Stmt::Expr(Expr::MethodCall(m), Some(_)) = &stmt
                && let Some(Iterator { next, end, .. }) = self.passed_over(m)
            {
                block
                    .stmts
                    .push(parse_quote!(__rt::next_of(&mut #next, #end);));
            } else {
                self.visit_stmt_mut(&mut stmt);
                block.stmts.push(stmt);
            }
        }
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Expr::While(w) = e
            && let Expr::Let(l) = &*w.cond
            && let Expr::MethodCall(m) = chain::peel(&l.expr)
            && of_name(m).is_some_and(|(name, _)| self.iterators.contains_key(&name))
        {
            let (label, pat, of, body) = (&w.label, &l.pat, &l.expr, &w.body);
            *e = parse_quote!(#label loop { match #of { #pat => #body _ => break } });
        }
        match e {
            Expr::If(i) => {
                if let Expr::Let(l) = &mut *i.cond
                    && let Some(peek) = self.peeked_reference(&l.expr)
                    && let Some(bound) = Self::looked_through(&mut l.pat)
                {
                    *l.expr = peek;
                    if let Some(name) = bound {
                        Shorter(name).visit_block_mut(&mut i.then_branch);
                    }
                }
            }
            Expr::Match(m) => {
                if let Some(peek) = self.peeked_reference(&m.expr) {
                    *m.expr = peek;
                    for arm in &mut m.arms {
                        if let Some(Some(name)) = Self::looked_through(&mut arm.pat) {
                            let mut shorter = Shorter(name);
                            shorter.visit_expr_mut(&mut arm.body);
                            if let Pat::Guard(g) = &mut arm.pat {
                                shorter.visit_expr_mut(&mut g.guard);
                            }
                        }
                    }
                }
            }
            Expr::MethodCall(m) => {
                if let Some(written) = self.method(m) {
                    *e = written;
                    return;
                }
            }
            Expr::Path(p) => {
                if let Some(name) = p.path.get_ident()
                    && let Some(iterator) = self.iterators.get(&name.to_string())
                {
                    *e = iterator.rest();
                    return;
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Takes one `*` from each use of a name.
struct Shorter(Ident);

impl VisitMut for Shorter {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Expr::Unary(u) = e
            && matches!(u.op, syn::UnOp::Deref(_))
            && matches!(&*u.expr, Expr::Path(p) if p.path.is_ident(&self.0))
        {
            *e = (*u.expr).clone();
            return;
        }
        visit_mut::visit_expr_mut(self, e);
    }
}

/// `chunks`, `windows` and their kin.
fn gives_slices(source: &Source) -> bool {
    let Source::Header(Expr::MethodCall(m)) = source else {
        return false;
    };
    ["windows", "chunks", "chunks_exact", "rchunks"].contains(&m.method.to_string().as_str())
}

/// Whether a chain ends, and nobody can tell when its items are made.
fn is_quiet(chain: &Chain) -> bool {
    struct Fails(bool);
    impl<'ast> Visit<'ast> for Fails {
        fn visit_expr_index(&mut self, _: &'ast syn::ExprIndex) {
            self.0 = true;
        }
        fn visit_expr_method_call(&mut self, m: &'ast ExprMethodCall) {
            self.0 |= ["unwrap", "expect", "next"].contains(&m.method.to_string().as_str());
            visit::visit_expr_method_call(self, m);
        }
        fn visit_macro(&mut self, _: &'ast syn::Macro) {
            self.0 = true;
        }
    }
    let source = match &chain.source {
        Source::Header(Expr::Range(r)) => r.end.is_some(),
        Source::Header(Expr::MethodCall(m)) => {
            m.method != "drain" && !m.method.to_string().ends_with("_mut")
        }
        Source::Both(a, b) => is_quiet(a) && is_quiet(b),
        Source::Once(_) | Source::Empty => true,
        _ => false,
    };
    let quiet = |e: &Expr| {
        let e = match e {
            Expr::Closure(c) => &*c.body,
            e => e,
        };
        let mut fails = Fails(false);
        fails.visit_expr(e);
        !fails.0 && !super::effects::has_effects(&[], Some(e))
    };
    let kept = |s: &chain::Stage| s.method != "cycle" && s.method != "inspect";
    source
        && chain
            .stages
            .iter()
            .all(|s| kept(s) && s.args.iter().all(quiet))
}
