//! A reference to the item that a search chooses, as in `if let Some(v) = x.iter().max_by(…)`: the search gives the
//! item's number, and the item is the memory at that number, so that the reference leads where it did.

use super::chain::{self, Chain, Source, is_place, peel};
use super::replaced::replaced;
use super::selection;
use super::tainted::Tainted;
use crate::names::Names;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Ident, Pat, Stmt, parse_quote};

/// Writes them so. Gives whether there were any.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut chosen = Chosen {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        tainted,
        changed: false,
    };
    chosen.visit_block_mut(&mut item.block);
    chosen.changed
}

struct Chosen<'a> {
    names: Names,
    tainted: &'a Tainted,
    changed: bool,
}

/// A search: what gives the number of the item, and the item of a number.
struct Search {
    /// That what is searched is memory by index, which a user's own `iter` need not be.
    checks: Vec<Stmt>,
    number: Expr,
    at: Ident,
    item: Expr,
    /// Whether the item is a tuple with a reference in it.
    in_tuple: bool,
}

impl Chosen<'_> {
    /// The search that an expression is, if it gives a reference.
    fn search(&mut self, e: &Expr) -> Option<Search> {
        let Expr::MethodCall(m) = peel(e) else {
            return None;
        };
        if !chain::selects(m)
            || matches!(m.method.to_string().as_str(), "min" | "max" | "reduce")
            || !self.tainted.meets(m)
        {
            return None;
        }
        let chain = chain::parse(&m.receiver)?;
        let at = self.names.fresh("at");
        let mut checks = Vec::new();
        let (mut iterator, mut item) = started(&chain, &at, &mut checks)?;
        let mut in_tuple = false;
        let mut stages = chain.stages.iter().peekable();
        while let Some(stage) = stages.next_if(|s| s.method == "zip" || s.method == "enumerate") {
            in_tuple = true;
            if stage.method == "enumerate" {
                item = parse_quote!((#at, #item));
                iterator = parse_quote!(#iterator.enumerate());
            } else {
                let side = chain::iterable(stage.args.first()?);
                let (other, part) = side
                    .stages
                    .is_empty()
                    .then(|| started(&side, &at, &mut checks))
                    .flatten()?;
                item = parse_quote!((#item, #part));
                iterator = parse_quote!(#iterator.zip(#other));
            }
        }
        iterator = parse_quote!(#iterator.enumerate());
        for stage in stages {
            let (method, args) = (&stage.method, &stage.args);
            if !selection::KEPT.iter().any(|kept| method == kept) {
                return None;
            }
            iterator = match chain::asks(method) {
                true => {
                    let asks = self.of_pairs(args.first()?)?;
                    parse_quote!(#iterator.#method(#asks))
                }
                false => parse_quote!(#iterator.#method(#(#args),*)),
            };
        }
        let method = &m.method;
        let found: Expr = match m.args.first() {
            Some(f) if m.method != "nth" => {
                let asks = self.of_pairs(f)?;
                parse_quote!(#iterator.#method(#asks))
            }
            _ => {
                let args = &m.args;
                parse_quote!(#iterator.#method(#args))
            }
        };
        let i = self.names.fresh("i");
        Some(Search {
            checks,
            number: parse_quote!(#found.map(|(#i, _)| #i)),
            at,
            item,
            in_tuple,
        })
    }

    /// The same question about items that have their number in front.
    fn of_pairs(&mut self, f: &Expr) -> Option<Expr> {
        let Expr::Closure(c) = peel(f) else {
            return None;
        };
        let mut c = c.clone();
        let mut stmts: Vec<Stmt> = Vec::new();
        for input in &mut c.inputs {
            let numbered = self.names.fresh("numbered");
            let pat = match &*input {
                Pat::Type(t) => (*t.pat).clone(),
                pat => pat.clone(),
            };
            stmts.push(parse_quote!(let #pat = &#numbered.1;));
            *input = parse_quote!(#numbered);
        }
        let body = &c.body;
        c.body = Box::new(parse_quote!({ #(#stmts)* #body }));
        Some(Expr::Closure(c))
    }

    /// `Some(pattern) => body` and what else there is, where the pattern always matches.
    fn taken_apart(&mut self, e: &Expr, pat: &Pat, body: &Expr, otherwise: &Expr) -> Option<Expr> {
        let Pat::TupleStruct(some) = pat else {
            return None;
        };
        let inner = some.elems.first()?;
        if !some.path.is_ident("Some") || some.elems.len() != 1 || !is_irrefutable(inner) {
            return None;
        }
        let Search {
            checks,
            number,
            at,
            item,
            ..
        } = self.search(e)?;
        let chosen = self.names.fresh("chosen");
        Some(parse_quote!({
            #(#checks)*
            let #chosen: ::core::option::Option<usize> = #number;
            match #chosen {
                Some(#at) => { let #inner = #item; #body }
                None => #otherwise
            }
        }))
    }

    fn written(&mut self, e: &Expr) -> Option<Expr> {
        match e {
            Expr::If(i) => {
                let Expr::Let(l) = &*i.cond else { return None };
                let then = &i.then_branch;
                let otherwise: Expr = match &i.else_branch {
                    Some((_, e)) => (**e).clone(),
                    None => parse_quote!({}),
                };
                self.taken_apart(&l.expr, &l.pat, &parse_quote!(#then), &otherwise)
            }
            Expr::Match(m) => {
                let (some, none) = arms(m)?;
                self.taken_apart(&m.expr, &some.pat, &some.body, &none.body)
            }
            // `x.iter().max_by(…).map(|v| v * v)`
            Expr::MethodCall(m)
                if m.method == "map" && m.args.len() == 1 && selection::number(e).is_none() =>
            {
                let Expr::Closure(c) = m.args.first()? else {
                    return None;
                };
                let [pat] = Vec::from_iter(&c.inputs).try_into().ok()?;
                if !is_irrefutable(pat) || super::elements::leaves(&c.body) {
                    return None;
                }
                let body = &c.body;
                self.taken_apart(
                    &m.receiver,
                    &parse_quote!(Some(#pat)),
                    &parse_quote!(Some(#body)),
                    &parse_quote!(None),
                )
            }
            _ => None,
        }
    }

    /// `let (a, b) = x.iter().zip(y).max_by(…).unwrap();`, `let v = x.iter().find(…)?;`
    fn bound(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let init = local.init.as_ref().filter(|i| i.diverge.is_none())?;
        let (of, opened) = match peel(&init.expr) {
            // What `?` and `let … else` are by now.
            Expr::Match(m) => match arms(m) {
                Some((some, none)) if hands_on(some) => (&*m.expr, Opened::Else(&none.body)),
                _ => return None,
            },
            Expr::MethodCall(m) if m.method == "unwrap" || m.method == "expect" => {
                (&*m.receiver, Opened::By(m))
            }
            _ => return None,
        };
        let Search {
            checks: mut stmts,
            number,
            at,
            item,
            in_tuple,
        } = self.search(of)?;
        let pat = &local.pat;
        match opened {
            // What is opened right away is kept by value elsewhere.
            Opened::By(_) if !in_tuple => return None,
            Opened::By(m) => {
                let (method, args) = (&m.method, &m.args);
                stmts.push(parse_quote!(let #at: usize = #number.#method(#args);));
                stmts.push(parse_quote!(let #pat = #item;));
            }
            Opened::Else(leave) => {
                let (chosen, i) = (self.names.fresh("chosen"), self.names.fresh("i"));
                stmts.push(parse_quote!(let #chosen: ::core::option::Option<usize> = #number;));
                stmts.push(
                    parse_quote!(let #at: usize = match #chosen { Some(#i) => #i, None => #leave };),
                );
                stmts.push(parse_quote!(let #pat = #item;));
            }
        }
        Some(stmts)
    }
}

/// What becomes of an `Option` right away.
enum Opened<'a> {
    By(&'a ExprMethodCall),
    Else(&'a Expr),
}

/// The arm of `Some`, and that of everything else.
fn arms(m: &syn::ExprMatch) -> Option<(&syn::Arm, &syn::Arm)> {
    let [a, b] = m.arms.as_slice() else {
        return None;
    };
    let is_none = |pat: &Pat| match pat {
        Pat::Wild(_) => true,
        Pat::Ident(p) => p.ident == "None",
        Pat::Path(p) => p.path.is_ident("None"),
        _ => false,
    };
    match (is_none(&a.pat), is_none(&b.pat)) {
        (false, true) => Some((a, b)),
        (true, false) if !matches!(a.pat, Pat::Wild(_)) => Some((b, a)),
        _ => None,
    }
}

/// `Some(v) => v`
fn hands_on(arm: &syn::Arm) -> bool {
    let Pat::TupleStruct(some) = &arm.pat else {
        return false;
    };
    let written = |tokens: &dyn quote::ToTokens| tokens.to_token_stream().to_string();
    let body = peel(&arm.body);
    some.path.is_ident("Some")
        && some.elems.len() == 1
        && is_irrefutable(&some.elems[0])
        && written(&some.elems[0]) == written(body)
}

/// The iterator over the elements of memory, and a reference to the element of the number.
fn started(chain: &Chain, at: &Ident, checks: &mut Vec<Stmt>) -> Option<(Expr, Expr)> {
    let Source::Header(source) = &chain.source else {
        return None;
    };
    let of = match peel(source) {
        Expr::MethodCall(m) if m.method == "iter" && m.args.is_empty() => &*m.receiver,
        Expr::Reference(r) if r.mutability.is_none() => &*r.expr,
        e @ Expr::Path(_) => e,
        _ => return None,
    };
    is_place(of).then(|| {
        checks.push(parse_quote!(__rt::assert_sequence(&#of);));
        (parse_quote!(#of.iter()), parse_quote!(&#of[#at]))
    })
}

fn is_irrefutable(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(p) => p.subpat.is_none(),
        Pat::Wild(_) => true,
        Pat::Reference(r) => is_irrefutable(&r.pat),
        Pat::Paren(p) => is_irrefutable(&p.pat),
        Pat::Tuple(t) => t.elems.iter().all(is_irrefutable),
        _ => false,
    }
}

impl VisitMut for Chosen<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        self.changed |= replaced(block, |stmt| self.bound(stmt));
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Some(written) = self.written(e) {
            self.changed = true;
            *e = written;
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
