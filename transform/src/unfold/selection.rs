//! One item chosen from a chain, and what is done with the `Option` right away.

use super::Unfold;
use super::chain::{self, Chain, Source};
use super::stages::Result;
use crate::diagnostics::{Code, Diagnostic};
use syn::{Expr, ExprMethodCall, Pat, parse_quote};

/// `x.iter().max_by(…)`, and the methods of `Option` that follow.
pub(super) struct Selection {
    pub consumer: ExprMethodCall,
    after: Vec<ExprMethodCall>,
}

/// The selection that the expression is, with at least one method of `Option` after it if `more` is set.
pub(super) fn selection(e: &Expr) -> Option<Selection> {
    let Expr::MethodCall(m) = chain::peel(e) else {
        return None;
    };
    let selects = chain::selects(m) || m.method == "find_map" && m.args.len() == 1;
    if selects && !matches!(m.method.to_string().as_str(), "min" | "max") {
        if chain::integers(&m.receiver).is_some() {
            return None;
        }
        return chain::parse(&m.receiver).map(|_| Selection {
            consumer: m.clone(),
            after: Vec::new(),
        });
    }
    let follows = matches!(
        (m.method.to_string().as_str(), m.args.len()),
        ("unwrap" | "copied" | "cloned", 0) | ("expect" | "unwrap_or", 1)
    );
    let mut selection = follows.then(|| selection(&m.receiver)).flatten()?;
    let open = selection
        .after
        .iter()
        .all(|a| a.method == "copied" || a.method == "cloned");
    selection.after.push(m.clone());
    open.then_some(selection)
}

impl Chain {
    /// Whether the items are references into what is run through.
    pub(super) fn gives_references(&self) -> bool {
        self.hands_on_items()
            && match &self.source {
                Source::Header(Expr::MethodCall(m)) => m.method == "iter",
                Source::Header(Expr::Reference(_)) => true,
                Source::Both(a, b) => a.gives_references() && b.gives_references(),
                _ => false,
            }
    }
}

impl Chain {
    /// Whether the items are references that stand in pairs with something else.
    fn pairs_references(&self) -> bool {
        let at = self
            .stages
            .iter()
            .position(|s| s.method == "enumerate" || s.method == "zip");
        let Some(at) = at else { return false };
        let kept = |s: &super::chain::Stage| {
            [
                "enumerate",
                "rev",
                "take",
                "skip",
                "step_by",
                "filter",
                "take_while",
                "skip_while",
            ]
            .contains(&s.method.to_string().as_str())
        };
        let first = Chain {
            source: self.source.clone(),
            stages: self.stages[..at].to_vec(),
        };
        first.gives_references() && self.stages[at + 1..].iter().all(kept)
    }
}

impl Unfold<'_> {
    /// The value of a selection; `dereferenced` if a `*` stands before it.
    pub(super) fn selected(
        &mut self,
        mut selection: Selection,
        dereferenced: bool,
    ) -> Result<Option<Expr>> {
        let consumer = &mut selection.consumer;
        self.visit_children(consumer);
        let by_reference = chain::parse(&consumer.receiver).is_some_and(|c| c.gives_references());
        let by_reference = by_reference && consumer.method != "find_map";
        let consumer = consumer.clone();
        let copied = selection
            .after
            .iter()
            .any(|a| a.method == "copied" || a.method == "cloned");
        let opened = selection
            .after
            .pop()
            .filter(|a| a.method != "copied" && a.method != "cloned");
        if by_reference && !copied && opened.is_none() {
            let detail = format!(
                "`{}` gives a reference to one of the items",
                consumer.method
            );
            let diagnostic = Diagnostic::new(Code::IteratorNotYet, &consumer.method, detail);
            return Err(diagnostic.with_help("write `.copied()` before it or after it"));
        }
        let pairs = chain::parse(&consumer.receiver).is_some_and(|c| c.pairs_references());
        if pairs && consumer.method != "find_map" {
            let detail = format!(
                "`{}` gives a pair with a reference to one of the items",
                consumer.method
            );
            let diagnostic = Diagnostic::new(Code::IteratorNotYet, &consumer.method, detail);
            let help = "write `.copied()` on what is numbered or paired, as in `x.iter().copied().enumerate()`";
            return Err(diagnostic.with_help(help));
        }
        self.by_value = by_reference;
        let value = self.chain(&consumer, None);
        self.by_value = false;
        let Some(value) = value else { return Ok(None) };
        let Some(opened) = opened else {
            return Ok(Some(value));
        };
        let found = self.fresh("found");
        let value: Expr = match (opened.method.to_string().as_str(), opened.args.first()) {
            ("expect", Some(message)) => {
                parse_quote!(match #value { Some(#found) => #found, None => ::core::panic!("{}", #message) })
            }
            ("unwrap_or", Some(other)) => {
                let mut other = other.clone();
                syn::visit_mut::VisitMut::visit_expr_mut(self, &mut other);
                // A reference to a value is one to the value that stands for it.
                let other: Expr = match by_reference && !copied {
                    true => parse_quote!(*#other),
                    false => other,
                };
                let instead = self.fresh("instead");
                parse_quote!({
                    let #instead = #other;
                    match #value { Some(#found) => #found, None => #instead }
                })
            }
            _ => parse_quote!(match #value {
                Some(#found) => #found,
                None => ::core::panic!("called `Option::unwrap()` on a `None` value"),
            }),
        };
        Ok(Some(match by_reference && !copied && !dereferenced {
            true => parse_quote!((&#value)),
            false => value,
        }))
    }
}

/// Whether the expression is the number of the item that is chosen from an enumeration, as an `Option` or not:
/// `x.iter().enumerate().max_by(…).map(|(i, _)| i)`, `….unwrap().0`.
pub(crate) fn number(e: &Expr) -> Option<proc_macro2::TokenStream> {
    let e = chain::peel(e);
    if let Expr::Field(f) = e {
        let first = matches!(&f.member, syn::Member::Unnamed(i) if i.index == 0);
        let Expr::MethodCall(m) = chain::peel(&f.base) else {
            return None;
        };
        let opened = matches!(m.method.to_string().as_str(), "unwrap" | "expect");
        return (first && opened && enumerated(&m.receiver)).then(|| quote::quote!(usize));
    }
    let Expr::MethodCall(m) = e else { return None };
    match (m.method.to_string().as_str(), m.args.len()) {
        ("unwrap" | "unwrap_or_default", 0) | ("expect" | "unwrap_or", 1) => {
            let Expr::MethodCall(of) = chain::peel(&m.receiver) else {
                return None;
            };
            (of.method == "map" && number(&m.receiver).is_some()).then(|| quote::quote!(usize))
        }
        ("map", 1) if enumerated(&m.receiver) && takes_first(&m.args[0]) => {
            Some(quote::quote!(::core::option::Option<usize>))
        }
        _ => None,
    }
}

/// The stages that leave items as they are, so that one is still found by the number that it had before.
pub(super) const KEPT: [&str; 7] = [
    "filter",
    "take",
    "skip",
    "rev",
    "step_by",
    "take_while",
    "skip_while",
];

fn enumerated(e: &Expr) -> bool {
    let Expr::MethodCall(m) = chain::peel(e) else {
        return false;
    };
    chain::selects(m)
        && chain::parse(&m.receiver).is_some_and(|c| {
            let mut stages = c.stages.iter().rev();
            let first = stages.find(|s| !KEPT.contains(&s.method.to_string().as_str()));
            first.is_some_and(|s| s.method == "enumerate")
        })
}

/// `|(i, _)| i` or `|p| p.0`.
fn takes_first(f: &Expr) -> bool {
    let Expr::Closure(c) = f else { return false };
    match (c.inputs.first(), chain::peel(&c.body)) {
        (Some(Pat::Tuple(t)), Expr::Path(p)) => {
            matches!(t.elems.first(), Some(Pat::Ident(i)) if p.path.is_ident(&i.ident))
        }
        (Some(Pat::Ident(i)), Expr::Field(f)) => {
            matches!(&*f.base, Expr::Path(p) if p.path.is_ident(&i.ident))
                && matches!(&f.member, syn::Member::Unnamed(n) if n.index == 0)
        }
        _ => false,
    }
}
