//! Iterators that carry no derivative and are not over memory by index, as in `text.bytes().map(|b| x[…]).sum()`: the
//! part of the chain in front that nothing active meets is an iterator of its own, which a loop asks for its items.

use super::chain::{self, peel};
use super::consumers;
use super::tainted::Tainted;
use quote::ToTokens;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, parse_quote};

/// Marks these parts. Gives whether there were any.
pub(super) fn marked(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut collections = Collections::default();
    collections.visit_signature(&item.sig);
    collections.visit_block(&item.block);
    let mut foreign = Foreign {
        tainted,
        collections: collections.names,
        changed: false,
    };
    foreign.visit_block_mut(&mut item.block);
    foreign.changed
}

struct Foreign<'a> {
    tainted: &'a Tainted,
    /// The variables whose type is a collection without indices.
    collections: HashSet<String>,
    changed: bool,
}

/// What ends a chain of an iterator and is no method of an `Option`.
const ENDS: [&str; 9] = [
    "sum",
    "product",
    "fold",
    "for_each",
    "collect",
    "unzip",
    "partition",
    "try_fold",
    "try_for_each",
];

/// Adaptors that an `Option`, an array or a number has as well.
const SHARED: [&str; 6] = ["map", "filter", "flatten", "copied", "cloned", "inspect"];

impl Foreign<'_> {
    /// Marks the longest part in front that nothing active meets.
    fn mark(&mut self, e: &mut Expr) {
        let known = chain::parse(e).is_some() && !self.is_of_collection(e);
        if known || !self.is_foreign(e) {
            return;
        }
        let mut at = e;
        loop {
            if !self.tainted.meets(at) {
                let whole = &at;
                *at = parse_quote!(__rt::items(#whole));
                self.changed = true;
                return;
            }
            at = match at {
                Expr::MethodCall(m) if chain::is_adaptor(m) => &mut m.receiver,
                Expr::Paren(p) => &mut p.expr,
                Expr::Group(g) => &mut g.expr,
                _ => return,
            };
        }
    }

    /// Whether adaptors follow on something that nothing active meets: a call, or a value that has an adaptor which
    /// only iterators have.
    fn is_foreign(&self, e: &Expr) -> bool {
        let mut first = None;
        let mut root = peel(e);
        while let Expr::MethodCall(m) = root
            && chain::is_adaptor(m)
        {
            first = Some(&m.method);
            root = peel(&m.receiver);
        }
        if self.is_of_collection(e) {
            return !self.tainted.meets(&root);
        }
        let certain = match root {
            Expr::MethodCall(_) | Expr::Call(_) => true,
            Expr::Path(_) | Expr::Field(_) | Expr::Struct(_) => {
                first.is_some_and(|first| !SHARED.iter().any(|name| first == name))
            }
            _ => false,
        };
        certain && first.is_some() && !self.tainted.meets(&root)
    }

    /// Whether a chain begins with a collection whose type is to be seen.
    fn is_of_collection(&self, e: &Expr) -> bool {
        match peel(e) {
            Expr::MethodCall(m) if chain::is_adaptor(m) || chain::is_source(m) => {
                self.is_of_collection(&m.receiver)
            }
            Expr::Reference(r) => self.is_of_collection(&r.expr),
            Expr::Path(p) => {
                let name = p.path.get_ident().map(ToString::to_string);
                name.is_some_and(|name| self.collections.contains(&name))
            }
            _ => false,
        }
    }

    fn ends(&self, m: &ExprMethodCall) -> bool {
        consumers::is_consumer(m) && ENDS.iter().any(|name| m.method == name)
    }
}

/// The variables with one of std's collections in their type, or in the path of what makes them.
#[derive(Default)]
struct Collections {
    names: HashSet<String>,
}

impl Collections {
    fn note(&mut self, pat: &syn::Pat, of: &impl ToTokens) {
        const TYPES: [&str; 6] = [
            "BTreeMap",
            "BTreeSet",
            "BinaryHeap",
            "HashMap",
            "HashSet",
            "LinkedList",
        ];
        // The outermost type, behind references.
        let outermost = of.to_token_stream().to_string();
        let outermost = outermost.split(['<', '(']).next().unwrap_or_default();
        let mut words = outermost.split(|c: char| !c.is_alphanumeric());
        if let syn::Pat::Ident(p) = pat
            && words.any(|word| TYPES.contains(&word))
        {
            self.names.insert(p.ident.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Collections {
    fn visit_pat_type(&mut self, p: &'ast syn::PatType) {
        self.note(&p.pat, &p.ty);
    }
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init
            && let Expr::Call(c) = &*init.expr
        {
            self.note(&local.pat, &c.func);
        }
        visit::visit_local(self, local);
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl VisitMut for Foreign<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        match e {
            Expr::MethodCall(m) if self.ends(m) && self.tainted.meets(m) => {
                self.mark(&mut m.receiver);
            }
            Expr::ForLoop(f) if self.tainted.meets(f) => self.mark(&mut f.expr),
            _ => {}
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
