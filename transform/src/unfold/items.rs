//! What a chain hands from one stage to the next, and how patterns take it apart without making tuples.

use super::Unfold;
use super::closures::{self, named};
use crate::diagnostics::{Code, Diagnostic};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, Ident, Pat, Stmt, parse_quote};

/// An item on its way.
#[derive(Clone)]
pub(super) enum Item {
    /// A part of what the loop's header gives, whose pattern is not chosen yet: an index into the leaves.
    Leaf(usize),
    /// A variable.
    Name(Ident),
    /// A tuple that is not made.
    Tuple(Vec<Item>),
    /// A value that is not computed yet, and has to be, once.
    Value(Expr),
}

/// Whether a stage takes the item or looks at it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    Take,
    Look,
}

impl Unfold<'_> {
    /// A variable of ours.
    pub(super) fn fresh(&mut self, name: &str) -> Ident {
        self.names.fresh(name)
    }

    pub(super) fn leaf(&mut self) -> usize {
        self.leaves.push(None);
        self.leaves.len() - 1
    }

    /// Gives the item names, so that it can be used more than once.
    pub(super) fn hold(&mut self, item: Item, out: &mut Vec<Stmt>) -> Item {
        match item {
            Item::Leaf(at) => {
                let name = self.fresh("item");
                self.leaves[at] = Some(parse_quote!(#name));
                Item::Name(name)
            }
            Item::Value(Expr::Path(p)) if p.path.get_ident().is_some() => {
                let name = p.path.get_ident().cloned();
                name.map_or_else(|| Item::Value(Expr::Path(p.clone())), Item::Name)
            }
            Item::Value(Expr::Tuple(t)) if !t.elems.is_empty() => {
                let parts = t.elems.into_iter().map(Item::Value);
                Item::Tuple(parts.map(|p| self.hold(p, out)).collect())
            }
            Item::Value(value) => {
                let name = self.fresh("item");
                out.push(parse_quote!(let #name = #value;));
                Item::Name(name)
            }
            Item::Tuple(parts) => {
                Item::Tuple(parts.into_iter().map(|p| self.hold(p, out)).collect())
            }
            item => item,
        }
    }

    /// The item as an expression.
    pub(super) fn value(&mut self, item: Item, out: &mut Vec<Stmt>) -> Expr {
        match item {
            Item::Value(value) => value,
            item => {
                let held = self.hold(item, out);
                written(&held)
            }
        }
    }

    /// `let pattern = item;`
    pub(super) fn bind(&mut self, pat: &Pat, item: Item, mode: Mode, out: &mut Vec<Stmt>) {
        let item = match (item, mode) {
            (Item::Leaf(at), Mode::Take) => {
                self.leaves[at] = Some(untyped(pat).clone());
                return;
            }
            (Item::Value(Expr::Tuple(t)), _) if !t.elems.is_empty() => {
                Item::Tuple(t.elems.into_iter().map(Item::Value).collect())
            }
            (item, _) => item,
        };
        match (pat, item, mode) {
            (Pat::Paren(p), item, mode) => self.bind(&p.pat, item, mode, out),
            (Pat::Type(t), item @ Item::Tuple(_), mode) => self.bind(&t.pat, item, mode, out),
            (Pat::Tuple(p), Item::Tuple(parts), mode)
                if p.elems.len() == parts.len()
                    && !p.elems.iter().any(|p| matches!(p, Pat::Rest(_))) =>
            {
                for (p, part) in p.elems.iter().zip(parts) {
                    self.bind(p, part, mode, out);
                }
            }
            (Pat::Reference(p), item, Mode::Look) => {
                let held = self.hold(item, out);
                self.bind(&p.pat, held, Mode::Take, out);
            }
            (Pat::Wild(_), item, Mode::Look) => drop(self.hold(item, out)),
            (pat, Item::Value(value), Mode::Take) => out.push(bound(pat, value)),
            (Pat::Wild(_), item, Mode::Take) => drop(self.hold(item, out)),
            (pat, item, mode) => {
                let held = self.hold(item, out);
                let value = written(&held);
                out.push(match mode {
                    Mode::Take => bound(pat, value),
                    Mode::Look => bound(pat, parse_quote!(&#value)),
                });
            }
        }
    }

    /// The closure or function that a stage was given.
    fn function(&self, f: &Expr) -> Function {
        match super::chain::peel(f) {
            Expr::Closure(c) => return Function::Closure(Box::new(c.clone())),
            Expr::Reference(r) => {
                if let Expr::Closure(c) = &*r.expr {
                    return Function::Closure(Box::new(c.clone()));
                }
            }
            _ => {}
        }
        match named(f).and_then(|name| self.closures.get(&name.to_string())) {
            Some(closure) => Function::Closure(Box::new(closure.clone())),
            // A function that is lent is called like any other.
            None => Function::Path(Box::new(match super::chain::peel(f) {
                Expr::Reference(r) => super::chain::peel(&r.expr).clone(),
                f => f.clone(),
            })),
        }
    }

    /// What the function gives for the items: statements that go before, and the value.
    pub(super) fn apply(
        &mut self,
        f: &Expr,
        items: Vec<(Item, Mode)>,
        out: &mut Vec<Stmt>,
    ) -> Result<Expr, Diagnostic> {
        let mut closure = match self.function(f) {
            Function::Closure(closure) => closure,
            Function::Path(path) => {
                let mut args: Vec<Expr> = Vec::new();
                for (item, mode) in items {
                    let value = self.value(item, out);
                    args.push(match mode {
                        Mode::Take => value,
                        Mode::Look => {
                            let value = closures::paren(value);
                            parse_quote!(&#value)
                        }
                    });
                }
                if let (Expr::Path(p), [receiver, rest @ ..]) = (&*path, args.as_slice())
                    && let Some(method) = of_std(p)
                {
                    let receiver = closures::paren(receiver.clone());
                    return Ok(parse_quote!(#receiver.#method(#(#rest),*)));
                }
                return Ok(Expr::Call(syn::ExprCall {
                    attrs: Vec::new(),
                    func: path,
                    paren_token: Default::default(),
                    args: args.into_iter().collect(),
                }));
            }
        };
        if closure.inputs.len() != items.len() {
            let detail = "it takes another number of arguments here";
            return Err(Diagnostic::new(Code::ClosureNotYet, f, detail));
        }
        let inputs: Vec<Pat> = closure.inputs.iter().cloned().collect();
        for (pat, (item, mode)) in inputs.iter().zip(items) {
            match (untyped(pat), item) {
                // `|p| p.0 * p.1`: the parts are used where they are.
                (Pat::Ident(p), Item::Tuple(parts))
                    if p.mutability.is_none() && p.subpat.is_none() =>
                {
                    let held = self.hold(Item::Tuple(parts), out);
                    if !in_parts(&mut closure, &p.ident, &held) {
                        self.bind(pat, held, mode, out);
                    }
                }
                (_, item) => self.bind(pat, item, mode, out),
            }
        }
        let body = closures::body(&closure, &mut self.names)?;
        let (stmts, tail) = closures::split(body);
        out.extend(stmts);
        Ok(tail.unwrap_or_else(|| parse_quote!(())))
    }

    /// The answer of a function that looks at the item, as one expression.
    pub(super) fn ask(&mut self, f: &Expr, item: &Item, mode: Mode) -> Result<Expr, Diagnostic> {
        let mut stmts = Vec::new();
        let value = self.apply(f, vec![(item.clone(), mode)], &mut stmts)?;
        Ok(block(stmts, value))
    }
}

/// `<[f64]>::to_vec`, `Vec::len`, `Clone::clone`: methods of std by their paths.
fn of_std(path: &syn::ExprPath) -> Option<&Ident> {
    let method = &path.path.segments.last()?.ident;
    if let Some(of) = &path.qself {
        let slice = matches!(&*of.ty, syn::Type::Slice(_)) && path.path.segments.len() == 1;
        return slice.then_some(method);
    }
    let names: Vec<String> = path
        .path
        .segments
        .iter()
        .map(|s| s.ident.to_string())
        .collect();
    let [of, _] = names.as_slice() else {
        return None;
    };
    matches!(of.as_str(), "Vec" | "Clone" | "ToOwned").then_some(method)
}

/// Statements and a value as one expression.
pub(super) fn block(stmts: Vec<Stmt>, value: Expr) -> Expr {
    match stmts.is_empty() {
        true => value,
        false => closures::block(stmts, Some(value)),
    }
}

enum Function {
    Closure(Box<ExprClosure>),
    Path(Box<Expr>),
}

/// `let pat = value;` of a pattern of any kind, also one that does not parse there.
fn bound(pat: &Pat, value: Expr) -> Stmt {
    let mut stmt: Stmt = parse_quote!(let _ = (););
    if let Stmt::Local(local) = &mut stmt {
        // Alternatives stand in parentheses, so that what holds the statement can be parsed.
        local.pat = match pat {
            Pat::Or(_) => Pat::Paren(syn::PatParen {
                attrs: Vec::new(),
                paren_token: Default::default(),
                pat: Box::new(pat.clone()),
            }),
            pat => pat.clone(),
        };
        if let Some(init) = &mut local.init {
            *init.expr = value;
        }
    }
    stmt
}

/// The item as it is written once it has names.
pub(super) fn written(item: &Item) -> Expr {
    match item {
        Item::Name(name) => parse_quote!(#name),
        Item::Tuple(parts) => {
            let parts = parts.iter().map(written);
            parse_quote!((#(#parts),*))
        }
        Item::Value(value) => value.clone(),
        // Only what has no name yet.
        Item::Leaf(_) => parse_quote!(()),
    }
}

fn untyped(pat: &Pat) -> &Pat {
    match pat {
        Pat::Type(t) => untyped(&t.pat),
        Pat::Paren(p) => untyped(&p.pat),
        pat => pat,
    }
}

/// Writes the parts of a tuple for the fields of the parameter; `false` if the parameter is used otherwise.
fn in_parts(closure: &mut ExprClosure, parameter: &Ident, item: &Item) -> bool {
    struct Parts<'a> {
        parameter: &'a Ident,
        item: &'a Item,
    }
    impl VisitMut for Parts<'_> {
        fn visit_expr_mut(&mut self, e: &mut Expr) {
            if let Some(part) = self.part(e) {
                *e = part;
                return;
            }
            visit_mut::visit_expr_mut(self, e);
        }
    }
    impl Parts<'_> {
        fn find(&self, e: &Expr) -> Option<&Item> {
            match e {
                Expr::Path(p) if p.path.is_ident(self.parameter) => Some(self.item),
                Expr::Paren(p) => self.find(&p.expr),
                Expr::Field(f) => match (self.find(&f.base)?, &f.member) {
                    (Item::Tuple(parts), syn::Member::Unnamed(n)) => parts.get(n.index as usize),
                    _ => None,
                },
                _ => None,
            }
        }
        fn part(&self, e: &Expr) -> Option<Expr> {
            matches!(e, Expr::Field(_))
                .then(|| self.find(e))
                .flatten()
                .filter(|item| matches!(item, Item::Name(_)))
                .map(written)
        }
    }
    let mut body = closure.body.clone();
    Parts { parameter, item }.visit_expr_mut(&mut body);
    let left = closures::flat(body.to_token_stream())
        .iter()
        .any(|t| matches!(t, proc_macro2::TokenTree::Ident(i) if i == parameter));
    if !left {
        closure.body = body;
    }
    !left
}
