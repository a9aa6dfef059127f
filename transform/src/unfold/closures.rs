//! A closure applied to arguments, as a block: parameters become `let`s, `return` leaves the block.

use crate::diagnostics::{Code, Diagnostic};
use crate::names::Names;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, Stmt, parse_quote};

/// `closure(args)` as a block. The arguments are evaluated once and in order.
///
/// The names that the closure binds are its own: a caller that applies a closure twice renames afterwards.
pub fn apply(
    closure: &ExprClosure,
    args: Vec<Expr>,
    names: &mut Names,
) -> Result<Expr, Diagnostic> {
    if closure.inputs.len() != args.len() {
        let detail = "it is called with another number of arguments";
        return Err(Diagnostic::new(Code::ClosureNotYet, closure, detail));
    }
    let value = body(closure, names)?;
    let lets = closure
        .inputs
        .iter()
        .zip(args)
        .map(|(input, arg)| -> Stmt { parse_quote!(let #input = #arg;) });
    let mut all: Vec<Stmt> = lets.collect();
    let (stmts, tail) = split(value);
    all.extend(stmts);
    Ok(block(all, tail))
}

/// The closure's body as a value, which a `return` in it leaves.
pub fn body(closure: &ExprClosure, names: &mut Names) -> Result<Expr, Diagnostic> {
    let mut body = (*closure.body).clone();
    let mut leaves = Leaves::default();
    leaves.visit_expr(&body);
    if let Some(question) = leaves.question {
        let detail = "it leaves the closure, whose type is not written";
        let help = "write the type, as in `|x| -> Option<f64> { … }`, or a `match`";
        return Err(Diagnostic::new(Code::TryNotYet, question, detail).with_help(help));
    }
    if leaves.returns {
        let label = syn::Lifetime {
            apostrophe: proc_macro2::Span::mixed_site(),
            ident: names.fresh("closure"),
        };
        Returns { label: &label }.visit_expr_mut(&mut body);
        body = match body {
            Expr::Block(b) if b.label.is_none() => {
                let block = b.block;
                parse_quote!(#label: #block)
            }
            body => {
                let body = block(Vec::new(), Some(body));
                parse_quote!(#label: #body)
            }
        };
    }
    if let syn::ReturnType::Type(_, ty) = &closure.output
        && !matches!(**ty, syn::Type::Reference(_))
    {
        let result = names.fresh("result");
        body = parse_quote!({ let #result: #ty = #body; #result });
    }
    Ok(body)
}

/// A block, made without tokens between, in which a block at its end could begin a statement.
pub(super) fn block(mut stmts: Vec<Stmt>, tail: Option<Expr>) -> Expr {
    stmts.extend(tail.map(|tail| Stmt::Expr(tail, None)));
    Expr::Block(syn::ExprBlock {
        attrs: Vec::new(),
        label: None,
        block: syn::Block {
            brace_token: Default::default(),
            stmts,
        },
    })
}

/// The statements of a plain block and its value, or no statements.
pub fn split(value: Expr) -> (Vec<Stmt>, Option<Expr>) {
    match value {
        Expr::Block(b) if b.label.is_none() && b.attrs.is_empty() => {
            let mut stmts = b.block.stmts;
            match stmts.pop() {
                Some(Stmt::Expr(tail, None)) => (stmts, Some(tail)),
                last => {
                    stmts.extend(last);
                    (stmts, None)
                }
            }
        }
        value => (Vec::new(), Some(value)),
    }
}

/// What leaves a closure before its end.
#[derive(Default)]
struct Leaves {
    returns: bool,
    question: Option<TokenStream>,
}

impl<'ast> Visit<'ast> for Leaves {
    fn visit_expr_return(&mut self, e: &'ast syn::ExprReturn) {
        self.returns = true;
        visit::visit_expr_return(self, e);
    }
    fn visit_expr_try(&mut self, e: &'ast syn::ExprTry) {
        self.question = Some(e.question_token.to_token_stream());
        visit::visit_expr_try(self, e);
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // Nobody sees what leaves from inside a macro's arguments, so that it must not.
        for tree in flat(mac.tokens.clone()) {
            let leaves = match &tree {
                TokenTree::Ident(i) => i == "return",
                TokenTree::Punct(p) => p.as_char() == '?',
                _ => false,
            };
            if leaves {
                self.question = Some(tree.into_token_stream());
            }
        }
    }
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// `return` as a `break` out of the closure's block.
struct Returns<'a> {
    label: &'a syn::Lifetime,
}

impl VisitMut for Returns<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        if let Expr::Return(r) = e {
            let (label, value) = (self.label, &r.expr);
            *e = parse_quote!(break #label #value);
        }
    }
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Every token, whatever group it is in.
pub(super) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut out = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(g) => out.extend(flat(g.stream())),
            tree => out.push(tree),
        }
    }
    out
}

/// The names that patterns bind as `mut`.
pub(super) fn mutable(item: &syn::ItemFn) -> HashSet<String> {
    #[derive(Default)]
    struct Find(HashSet<String>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
            if p.mutability.is_some() && p.by_ref.is_none() {
                self.0.insert(p.ident.to_string());
            }
            visit::visit_pat_ident(self, p);
        }
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut find = Find::default();
    find.visit_signature(&item.sig);
    find.visit_block(&item.block);
    find.0
}

/// The names that the closure itself binds, in its parameters or inside.
fn bound(closure: &ExprClosure) -> HashSet<String> {
    struct Find(HashSet<String>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
            self.0.insert(p.ident.to_string());
            visit::visit_pat_ident(self, p);
        }
    }
    let mut find = Find(HashSet::new());
    find.visit_expr_closure(closure);
    find.0
}

/// The variables that a `move` closure takes along and that can change, here or in the closure: copies of
/// them under new names, made where the closure is made. What cannot change needs no copy.
pub(super) fn take_along(
    closure: &mut ExprClosure,
    mutable: &HashSet<String>,
    names: &mut Names,
) -> Result<Vec<Stmt>, Diagnostic> {
    if closure.capture.take().is_none() {
        return Ok(Vec::new());
    }
    let own = bound(closure);
    let mut lets = Vec::new();
    let mut seen = HashSet::new();
    for tree in flat(closure.body.to_token_stream()) {
        match tree {
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                if !mutable.contains(&name) || own.contains(&name) || !seen.insert(name.clone()) {
                    continue;
                }
                let copy = syn::Ident::new(&names.fresh(&name).to_string(), ident.span());
                let mut rename = Rename {
                    from: &name,
                    to: &copy,
                    missed: false,
                };
                rename.visit_expr_mut(&mut closure.body);
                if rename.missed {
                    let detail = format!("`{name}` is moved into it, and is used in a macro there");
                    return Err(Diagnostic::new(Code::ClosureNotYet, &*closure, detail));
                }
                lets.push(parse_quote!(let mut #copy = #ident;));
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    Ok(lets)
}

struct Rename<'a> {
    from: &'a str,
    to: &'a syn::Ident,
    missed: bool,
}

impl VisitMut for Rename<'_> {
    fn visit_expr_path_mut(&mut self, e: &mut syn::ExprPath) {
        if e.qself.is_none() && e.path.is_ident(self.from) {
            e.path = self.to.clone().into();
        }
    }
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if field.colon_token.is_none()
            && let Expr::Path(p) = &field.expr
            && p.path.is_ident(self.from)
        {
            field.colon_token = Some(syn::Token![:](self.to.span()));
        }
        self.visit_expr_mut(&mut field.expr);
    }
    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        // The name may be a variable, or stand in a format string.
        let text = mac.tokens.to_string();
        self.missed |= text.contains(self.from);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The function `f` in `f`, `&f` or `&mut f`, given by its name.
pub(super) fn named(e: &Expr) -> Option<&syn::Ident> {
    match e {
        Expr::Path(p) if p.qself.is_none() => p.path.get_ident(),
        Expr::Reference(r) => named(&r.expr),
        Expr::Paren(p) => named(&p.expr),
        Expr::Group(g) => named(&g.expr),
        _ => None,
    }
}

/// Tokens that keep a block from being read as the start of a statement.
pub(super) fn paren(e: Expr) -> Expr {
    match e {
        Expr::Path(_) | Expr::Lit(_) | Expr::Paren(_) => e,
        e => syn::parse2(quote!((#e))).unwrap_or(e),
    }
}
