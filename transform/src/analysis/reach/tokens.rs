//! Where ways end inside the user's own tokens, which are not lowered because no derivative passes through them.

use super::cuts::Cut;
use super::why::Why;
use crate::ir::{Cut as Cut_, Function, Match, Opaque};
use crate::rules;
use crate::source::{Piece, Source};
use crate::ty::{Ty, Types};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};

/// What ends in the user's tokens, of which some variables are looked for by name.
pub(super) fn of_opaque(o: &Opaque, names: &[String], source: &Source) -> Vec<Cut> {
    let whole = |why| {
        let tokens = trimmed(&o.tokens);
        vec![Cut::at(why, source.covering(&tokens), o.span)]
    };
    match &o.cut {
        Cut_::Detach => {
            let mut cut = whole(Why::Detach(called(&o.tokens)));
            let call = source.call(o.span);
            cut.iter_mut()
                .for_each(|c| c.text = call.clone().or(c.text.take()));
            cut
        }
        Cut_::ConstantLocal => whole(Why::ConstantLocal),
        Cut_::IntegerCast => {
            let inner = inside(&o.tokens, names, source);
            if inner.is_empty() {
                whole(Why::IntegerCast)
            } else {
                inner
            }
        }
        Cut_::Stepwise(name) => whole(Why::Stepwise(name.clone())),
        cut => {
            let mut inner = inside(&o.tokens, names, source);
            let why = match cut {
                Cut_::NoDerivative(what) => match what.as_str() {
                    "a condition" => Why::Condition,
                    "a comparison" => Why::Comparison,
                    "an index" => Why::Index,
                    "a bound" => Why::Bound,
                    "a `match`" => Why::Match,
                    name => named(name),
                },
                _ => Why::NotPassed,
            };
            if matches!(why, Why::Condition) {
                // Of a condition, the comparison is the condition itself.
                inner.retain(|c| c.why != Why::Comparison);
            }
            if inner.is_empty() { whole(why) } else { inner }
        }
    }
}

/// What ends at a `match`.
pub(super) fn of_matched(
    f: &Function,
    m: &Match,
    text: Option<Piece>,
    source: &Source,
    span: Span,
) -> Vec<Cut> {
    let names: Vec<String> = m
        .reads
        .iter()
        .map(|v| f.vars[*v].ident.to_string())
        .collect();
    let inner = inside(&m.tokens, &names, source);
    match inner.is_empty() {
        true => vec![Cut::at(Why::Match, text, span)],
        false => inner,
    }
}

fn named(what: &str) -> Why {
    let name = what.trim_matches('`');
    match name.strip_suffix('!') {
        Some(name) => Why::Macro(name.trim().into()),
        None if name == what => Why::Other(what.into()),
        None if name.chars().all(|c| c.is_alphanumeric() || c == '_') => Why::Method(name.into()),
        None => Why::Other(what.into()),
    }
}

/// A statement's tokens without the semicolon.
fn trimmed(tokens: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_end = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ';');
    let end = trees.iter().rposition(|t| !is_end(t)).map_or(0, |n| n + 1);
    trees[..end].iter().cloned().collect()
}

/// The name of the function that is called.
fn called(tokens: &TokenStream) -> String {
    let mut name = "detach".to_string();
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(i) => name = i.to_string(),
            TokenTree::Group(_) => break,
            _ => {}
        }
    }
    name
}

/// Where the ways from the variables end inside an expression; from any variable, if none is named.
fn inside(tokens: &TokenStream, names: &[String], source: &Source) -> Vec<Cut> {
    struct Cuts<'a> {
        names: &'a [String],
        source: &'a Source,
        found: Vec<Cut>,
    }
    impl Cuts<'_> {
        fn cut(&mut self, why: Why, e: &syn::Expr) {
            let tokens = e.to_token_stream();
            if self.names.is_empty() || mentions(tokens.clone(), self.names) {
                let text = self.source.covering(&tokens);
                let span = syn::spanned::Spanned::span(e);
                self.found.push(Cut::at(why, text, span));
            }
        }
    }
    impl<'ast> Visit<'ast> for Cuts<'_> {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            // What is nearest to the input comes first, and what is around it adds nothing.
            let before = self.found.len();
            visit::visit_expr(self, e);
            if self.found.len() > before {
                return;
            }
            match e {
                syn::Expr::Cast(c) if matches!(Types::default().of(&c.ty), Ty::Int(_)) => {
                    self.cut(Why::IntegerCast, e);
                }
                syn::Expr::Binary(b)
                    if matches!(
                        b.op,
                        syn::BinOp::Lt(_)
                            | syn::BinOp::Le(_)
                            | syn::BinOp::Gt(_)
                            | syn::BinOp::Ge(_)
                            | syn::BinOp::Eq(_)
                            | syn::BinOp::Ne(_)
                    ) =>
                {
                    self.cut(Why::Comparison, e);
                }
                syn::Expr::MethodCall(m) => {
                    let name = m.method.to_string();
                    const TELLING: [&str; 9] = [
                        "len",
                        "is_empty",
                        "is_nan",
                        "is_finite",
                        "is_infinite",
                        "to_bits",
                        "is_sign_negative",
                        "is_sign_positive",
                        "total_cmp",
                    ];
                    if TELLING.contains(&name.as_str()) {
                        self.cut(Why::Method(name), e);
                    } else if rules::find(&name).is_some_and(|r| r.is_cut()) {
                        self.cut(Why::Stepwise(name), e);
                    }
                }
                syn::Expr::Macro(m) => {
                    let name = m.mac.path.to_token_stream().to_string();
                    self.cut(Why::Macro(name), e);
                }
                _ => {}
            }
        }
    }
    let tokens = trimmed(tokens);
    let mut cuts = Cuts {
        names,
        source,
        found: Vec::new(),
    };
    if let Ok(e) = syn::parse2::<syn::Expr>(tokens) {
        cuts.visit_expr(&e);
    }
    cuts.found
}

fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(i) => names.iter().any(|name| i == name),
        TokenTree::Group(g) => mentions(g.stream(), names),
        _ => false,
    })
}
