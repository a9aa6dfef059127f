//! `#[cfg]` and `#[cfg_attr]` inside an annotated item.
//!
//! rustc removes what is compiled out only after an attribute macro has run, and a macro cannot ask what holds. So
//! the item is written twice, once for each answer to one condition, and both are annotated again: rustc keeps the
//! one that it expands.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Token};

/// The item under each answer to the first condition in it; `None` if there is no condition.
pub fn split(item: &syn::Item, attr: &TokenStream, krate: &TokenStream) -> Option<TokenStream> {
    let mut search = Conditions::default();
    search.outermost(&mut item.clone());
    let asked = search.found?;
    let [yes, no] = [true, false].map(|answer| {
        let mut item = item.clone();
        let mut conditions = Conditions {
            found: None,
            answer: Some((asked.to_string(), answer)),
        };
        let keep = conditions.outermost(&mut item);
        keep.then(|| quote!(#[#krate::differentiable(#attr)] #item))
    });
    let yes = yes.map(|item| quote!(#[cfg(#asked)] #item));
    let no = no.map(|item| quote!(#[cfg(not(#asked))] #item));
    Some(quote!(#yes #no))
}

#[derive(Default)]
struct Conditions {
    /// The first condition that was met, without its negations.
    found: Option<TokenStream>,
    /// A condition, by its text, and whether it holds; without one, nothing is changed.
    answer: Option<(String, bool)>,
}

impl Conditions {
    /// The annotated item itself; false if it is compiled out.
    fn outermost(&mut self, item: &mut syn::Item) -> bool {
        let keep = match item {
            syn::Item::Fn(f) => self.keep(&mut f.attrs),
            syn::Item::Impl(i) => self.keep(&mut i.attrs),
            syn::Item::Trait(t) => self.keep(&mut t.attrs),
            _ => return true,
        };
        visit_mut::visit_item_mut(self, item);
        keep
    }

    /// Settles the attributes of one node; false if it is compiled out.
    fn keep(&mut self, attrs: &mut Vec<Attribute>) -> bool {
        let mut keep = true;
        let mut settled = Vec::new();
        for attr in attrs.drain(..) {
            let (Some(name), syn::Meta::List(list)) = (attr.path().get_ident(), &attr.meta) else {
                settled.push(attr);
                continue;
            };
            let (condition, rest) = match name.to_string().as_str() {
                "cfg" => (list.tokens.clone(), None),
                "cfg_attr" => {
                    let (condition, rest) = halves(list.tokens.clone());
                    (condition, Some(rest))
                }
                _ => {
                    settled.push(attr);
                    continue;
                }
            };
            let (condition, negated) = positive(condition);
            let Some(answer) = self.ask(condition) else {
                settled.push(attr);
                continue;
            };
            let holds = answer != negated;
            match rest {
                None => keep &= holds,
                Some(rest) if holds => settled.extend(attributes(rest)),
                Some(_) => {}
            }
        }
        *attrs = settled;
        keep
    }

    fn ask(&mut self, condition: TokenStream) -> Option<bool> {
        if let Some((asked, holds)) = &self.answer {
            return (*asked == condition.to_string()).then_some(*holds);
        }
        self.found.get_or_insert(condition);
        None
    }

    /// The attributes that stand before an expression belong to it.
    fn keep_expr(&mut self, e: &mut syn::Expr) -> bool {
        own_attributes(|own| own.visit_expr_mut(e), |attrs| self.keep(attrs))
    }

    fn keep_stmt(&mut self, stmt: &mut syn::Stmt) -> bool {
        own_attributes(|own| own.visit_stmt_mut(stmt), |attrs| self.keep(attrs))
    }

    fn retain<T: Clone, P: Clone + Default>(
        &mut self,
        list: &mut Punctuated<T, P>,
        keep: impl Fn(&mut Self, &mut T) -> bool,
    ) {
        let trailing = list.trailing_punct();
        let kept: Vec<T> = std::mem::take(list)
            .into_iter()
            .filter_map(|mut node| keep(self, &mut node).then_some(node))
            .collect();
        *list = kept.into_iter().collect();
        if trailing && !list.is_empty() {
            list.push_punct(P::default());
        }
    }
}

impl VisitMut for Conditions {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain_mut(|stmt| self.keep_stmt(stmt));
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_signature_mut(&mut self, sig: &mut syn::Signature) {
        self.retain(&mut sig.inputs, |c, input| match input {
            syn::FnArg::Typed(p) => c.keep(&mut p.attrs),
            syn::FnArg::Receiver(r) => c.keep(&mut r.attrs),
        });
        self.retain(&mut sig.generics.params, |c, param| match param {
            syn::GenericParam::Type(p) => c.keep(&mut p.attrs),
            syn::GenericParam::Const(p) => c.keep(&mut p.attrs),
            syn::GenericParam::Lifetime(p) => c.keep(&mut p.attrs),
        });
        visit_mut::visit_signature_mut(self, sig);
    }
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        match e {
            syn::Expr::Match(m) => m.arms.retain_mut(|arm| self.keep(&mut arm.attrs)),
            syn::Expr::Struct(s) => self.retain(&mut s.fields, |c, f| c.keep(&mut f.attrs)),
            syn::Expr::Call(call) => self.retain(&mut call.args, Self::keep_expr),
            syn::Expr::MethodCall(call) => self.retain(&mut call.args, Self::keep_expr),
            syn::Expr::Array(a) => self.retain(&mut a.elems, Self::keep_expr),
            syn::Expr::Tuple(t) => self.retain(&mut t.elems, Self::keep_expr),
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_pat_struct_mut(&mut self, pat: &mut syn::PatStruct) {
        self.retain(&mut pat.fields, |c, f| c.keep(&mut f.attrs));
        visit_mut::visit_pat_struct_mut(self, pat);
    }
    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain_mut(|i| match i {
            syn::ImplItem::Fn(f) => self.keep(&mut f.attrs),
            _ => true,
        });
        visit_mut::visit_item_impl_mut(self, item);
    }
    fn visit_item_trait_mut(&mut self, item: &mut syn::ItemTrait) {
        item.items.retain_mut(|i| match i {
            syn::TraitItem::Fn(f) => self.keep(&mut f.attrs),
            _ => true,
        });
        visit_mut::visit_item_trait_mut(self, item);
    }
    /// An item inside a body is rustc's own affair.
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The attributes of a node itself come first when it is visited.
struct Own<F> {
    settle: Option<F>,
    keep: bool,
}

impl<F: FnMut(&mut Vec<Attribute>) -> bool> VisitMut for Own<F> {
    fn visit_attributes_mut(&mut self, attrs: &mut Vec<Attribute>) {
        if let Some(mut settle) = self.settle.take() {
            self.keep = settle(attrs);
        }
    }
}

fn own_attributes<F: FnMut(&mut Vec<Attribute>) -> bool>(
    visit: impl FnOnce(&mut Own<F>),
    settle: F,
) -> bool {
    let mut own = Own {
        settle: Some(settle),
        keep: true,
    };
    visit(&mut own);
    own.keep
}

/// What stands before the first comma, and what behind it.
fn halves(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let mut tokens = tokens.into_iter();
    let first = tokens
        .by_ref()
        .take_while(|t| !matches!(t, TokenTree::Punct(p) if p.as_char() == ','))
        .collect();
    (first, tokens.collect())
}

/// The condition without `not(…)` around it, and whether it was negated.
fn positive(condition: TokenStream) -> (TokenStream, bool) {
    let (condition, _) = halves(condition);
    let trees: Vec<TokenTree> = condition.clone().into_iter().collect();
    match trees.as_slice() {
        [TokenTree::Ident(not), TokenTree::Group(g)]
            if not == "not" && g.delimiter() == Delimiter::Parenthesis =>
        {
            let (inner, negated) = positive(g.stream());
            (inner, !negated)
        }
        _ => (condition, false),
    }
}

/// The attributes in a `cfg_attr`.
fn attributes(list: TokenStream) -> Vec<Attribute> {
    let metas =
        syn::parse::Parser::parse2(Punctuated::<syn::Meta, Token![,]>::parse_terminated, list);
    let metas = metas.into_iter().flatten();
    metas
        .map(|meta| {
            let meta = meta.into_token_stream();
            syn::parse_quote!(#[#meta])
        })
        .collect()
}
