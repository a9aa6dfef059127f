//! Questions that are asked of what carries a derivative: its length, or a method in a condition, an assertion, an
//! index. The macro does not see whether such a method takes `&mut self`. Where the memory carries a derivative the
//! question is asked through a shared borrow, so that rustc accepts it only if it changes nothing.

use super::activity::Activity;
use crate::ir::*;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use std::collections::BTreeSet;

/// Whether [`share_questions`] finds a receiver in the tokens: a variable, its fields and their elements.
pub fn is_plain(receiver: &syn::Expr) -> bool {
    match receiver {
        syn::Expr::Path(p) => p.path.get_ident().is_some(),
        syn::Expr::Field(f) => is_plain(&f.base),
        syn::Expr::Index(i) => is_plain(&i.expr),
        _ => false,
    }
}

/// Lets the questions be asked through shared borrows.
pub fn share_questions(f: &mut Function, activity: &Activity) {
    let measures = std::mem::take(&mut f.measures);
    let mut body = std::mem::take(&mut f.body);
    let share = Share {
        f,
        activity,
        measures: &measures,
    };
    share.block(&mut body);
    f.body = body;
}

struct Share<'a> {
    f: &'a Function,
    activity: &'a Activity,
    measures: &'a [(VarId, TokenStream)],
}

impl Share<'_> {
    fn varied(&self, v: VarId) -> bool {
        self.activity.varied[self.f.root(&Place::var(v))] && !self.f.vars[v].ty.is_constant()
    }

    fn block(&self, block: &mut Block) {
        // Of what the next `match` asks.
        let mut asked = BTreeSet::new();
        for stmt in block {
            match &mut stmt.kind {
                Kind::Let(v, Expr::Opaque(o)) => {
                    let measure = self.measures.iter().find(|(of, _)| of == v);
                    match measure {
                        Some((_, tokens)) if o.writes.iter().any(|w| self.varied(*w)) => {
                            o.tokens = tokens.clone();
                            o.writes.clear();
                        }
                        _ => asked.extend(self.question(o)),
                    }
                }
                Kind::Assign(_, Expr::Opaque(o)) | Kind::Update(_, _, Expr::Opaque(o)) => {
                    self.question(o);
                }
                Kind::Opaque(o) => asked.extend(self.question(o)),
                Kind::If { then, els, .. } => {
                    self.block(then);
                    self.block(els);
                }
                Kind::Match(m) => {
                    let asked = std::mem::take(&mut asked);
                    m.tokens = shared(m.tokens.clone(), &asked);
                    for arm in &mut m.arms {
                        arm.pat = shared(arm.pat.clone(), &asked);
                        self.block(&mut arm.body);
                    }
                }
                Kind::Loop(l) => {
                    if let Head::While(o) = &mut l.head {
                        self.question(o);
                    }
                    self.block(&mut l.body);
                }
                Kind::Scope(_, _, b) => self.block(b),
                _ => {}
            }
        }
    }

    /// The names of what is asked and carries a derivative.
    fn question(&self, o: &mut Opaque) -> BTreeSet<String> {
        let asked: Vec<VarId> = o.asks.iter().copied().filter(|v| self.varied(*v)).collect();
        let names = asked.iter().map(|v| self.f.vars[*v].ident.to_string());
        let names: BTreeSet<String> = names.collect();
        if !names.is_empty() {
            o.tokens = shared(o.tokens.clone(), &names);
            o.writes.retain(|v| !asked.contains(v));
        }
        names
    }
}

/// `z.v[i].norm()` as `(*&z.v[i]).norm()`, for each of the names.
fn shared(tokens: TokenStream, names: &BTreeSet<String>) -> TokenStream {
    if names.is_empty() {
        return tokens;
    }
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let begins = matches!(tree, TokenTree::Ident(i) if names.contains(&i.to_string()))
            && !is_field(&trees[..at]);
        let end = at + 1 + projections(&trees[at + 1..]);
        if begins && is_call(&trees[end..]) {
            let place: TokenStream = trees[at..end].iter().cloned().collect();
            let place = shared_inside(place, names);
            // What rustc has to say of the borrow, it says at the variable.
            let borrowed = quote_spanned!(tree.span() => *&#place);
            let mut group = Group::new(Delimiter::Parenthesis, borrowed);
            group.set_span(tree.span());
            group.to_tokens(&mut out);
            at = end;
            continue;
        }
        shared_inside(tree.clone().into(), names).to_tokens(&mut out);
        at += 1;
    }
    out
}

/// The same inside of brackets and parentheses.
fn shared_inside(tokens: TokenStream, names: &BTreeSet<String>) -> TokenStream {
    let inside = |tree| match tree {
        TokenTree::Group(g) => {
            let mut group = Group::new(g.delimiter(), shared(g.stream(), names));
            group.set_span(g.span());
            TokenTree::Group(group)
        }
        tree => tree,
    };
    tokens.into_iter().map(inside).collect()
}

/// Whether a name behind the tokens is that of a field or a method: behind a `.` that is not the end of a `..`.
fn is_field(before: &[TokenTree]) -> bool {
    let (rest, last) = match before {
        [rest @ .., last] => (rest, Some(last)),
        [] => (before, None),
    };
    is_punct(last, '.') && !is_punct(rest.last(), '.')
}

/// How many tokens of fields and elements follow a variable, up to a method.
fn projections(trees: &[TokenTree]) -> usize {
    let mut at = 0;
    loop {
        match trees.get(at) {
            Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Bracket => at += 1,
            Some(TokenTree::Punct(_))
                if is_punct(trees.get(at), '.')
                    && matches!(
                        trees.get(at + 1),
                        Some(TokenTree::Ident(_) | TokenTree::Literal(_))
                    )
                    && !is_call(&trees[at..]) =>
            {
                at += 2;
            }
            _ => return at,
        }
    }
}

/// `.name(…)` or `.name::<…>(…)`.
fn is_call(trees: &[TokenTree]) -> bool {
    is_punct(trees.first(), '.')
        && matches!(trees.get(1), Some(TokenTree::Ident(_)))
        && match trees.get(2) {
            Some(TokenTree::Group(g)) => g.delimiter() == Delimiter::Parenthesis,
            tree => is_punct(tree, ':'),
        }
}

fn is_punct(tree: Option<&TokenTree>, c: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == c)
}
