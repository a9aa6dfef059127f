//! Parts of slices that no adaptor of a loop's header gives: `rchunks`, `array_windows`, `chunk_by`, `split`,
//! `remainder`, `concat`. Each is written by the indices of the parts.

use super::chain::{self, is_place, peel};
use super::tainted::Tainted;
use crate::names::Names;
use std::collections::HashMap;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Pat, Stmt, parse_quote};

/// What gives the parts, if the method is one of these; `arity` is the length of the pattern behind it.
/// The statements that it needs go before.
pub(super) fn source(
    m: &ExprMethodCall,
    arity: Option<usize>,
    names: &mut Names,
    before: &mut Vec<Stmt>,
) -> Option<Expr> {
    let of = &m.receiver;
    if !is_place(of) {
        return None;
    }
    let args: Vec<&Expr> = m.args.iter().collect();
    let i = names.fresh("i");
    match (m.method.to_string().as_str(), args.as_slice()) {
        ("rchunks", [n]) => {
            let (size, end) = (names.fresh("size"), names.fresh("end"));
            before.push(parse_quote!(let #size: usize = #n;));
            Some(parse_quote!((0..#of.len().div_ceil(#size)).map(|#i| {
                __rt::assert_sequence(&#of);
                let #end: usize = #of.len() - #i * #size;
                &#of[#end.saturating_sub(#size)..#end]
            })))
        }
        ("array_windows", []) => {
            let length = turbofish(m).or(arity)?;
            let window = names.fresh("window");
            let parts = (0..length).map(|k| -> Expr { parse_quote!(#of[#i + #k]) });
            Some(
                parse_quote!((0..(#of.len() + 1).saturating_sub(#length)).map(|#i| {
                    __rt::assert_sequence(&#of);
                    let #window = [#(#parts),*];
                    &#window
                })),
            )
        }
        ("chunk_by" | "split", [f @ Expr::Closure(_)]) => {
            let (parts, start, end) = (
                names.fresh("parts"),
                names.fresh("start"),
                names.fresh("end"),
            );
            let ask: Expr = match m.method == "split" {
                true => parse_quote!(__rt::split_at(&#of[..], #f)),
                false => parse_quote!(__rt::chunks_by(&#of[..], #f)),
            };
            before.push(parse_quote!(let #parts: __rt::Vec<(usize, usize)> = #ask;));
            Some(parse_quote!(#parts.into_iter().map(|(#start, #end)| {
                __rt::assert_sequence(&#of);
                &#of[#start..#end]
            })))
        }
        _ => None,
    }
}

/// The length in `array_windows::<3>()`.
fn turbofish(m: &ExprMethodCall) -> Option<usize> {
    match m.turbofish.as_ref()?.args.first()? {
        syn::GenericArgument::Const(Expr::Lit(l)) => match &l.lit {
            syn::Lit::Int(n) => n.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The number of elements that a pattern `[a, b]` or `&[a, b]` takes apart.
pub(super) fn arity(pat: &Pat) -> Option<usize> {
    match pat {
        Pat::Slice(s) => {
            let whole = !s.elems.iter().any(|e| matches!(e, Pat::Rest(_)));
            whole.then_some(s.elems.len())
        }
        Pat::Reference(r) => arity(&r.pat),
        Pat::Paren(p) => arity(&p.pat),
        Pat::Type(t) => arity(&t.pat),
        _ => None,
    }
}

/// `[a, b].concat()`, `rows.concat()` and what `chunks_exact` leaves over. Gives whether there were any.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut slices = Slices {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        tainted,
        exact: HashMap::new(),
        changed: false,
    };
    let mut uses = Uses::default();
    uses.visit_block(&item.block);
    slices.exact = uses.exact;
    // What is run through twice, or from somewhere in the middle, is not this.
    slices.exact.retain(|name, _| {
        let run = uses.run.iter().filter(|(of, _)| of == name);
        let depths: Vec<usize> = run.map(|(_, depth)| *depth).collect();
        uses.asked.contains(name) && uses.depths.get(name) == depths.first() && depths.len() == 1
    });
    slices.visit_block_mut(&mut item.block);
    slices.changed
}

/// Names of `x.chunks_exact(n)`, with `x` and `n`, and those that are asked for what is left over.
#[derive(Default)]
struct Uses {
    exact: HashMap<String, ExprMethodCall>,
    asked: Vec<String>,
    /// Every other use, and in how many loops it stands.
    run: Vec<(String, usize)>,
    /// In how many loops the `let` stands.
    depths: HashMap<String, usize>,
    depth: usize,
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Pat::Ident(p), Some(init)) = (&local.pat, &local.init)
            && let Expr::MethodCall(m) = peel(&init.expr)
            && m.method == "chunks_exact"
            && is_place(&m.receiver)
            && matches!(m.args.first(), Some(Expr::Lit(_) | Expr::Path(_)))
        {
            self.exact.insert(p.ident.to_string(), m.clone());
            self.depths.insert(p.ident.to_string(), self.depth);
        }
        visit::visit_local(self, local);
    }
    fn visit_expr_method_call(&mut self, m: &'ast ExprMethodCall) {
        if m.method == "remainder" && m.args.is_empty() {
            self.asked.extend(named(&m.receiver));
            return;
        }
        visit::visit_expr_method_call(self, m);
    }
    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        let name = p.path.get_ident().map(ToString::to_string);
        self.run.extend(name.map(|name| (name, self.depth)));
    }
    fn visit_expr_for_loop(&mut self, f: &'ast syn::ExprForLoop) {
        self.visit_expr(&f.expr);
        self.depth += 1;
        self.visit_block(&f.body);
        self.depth -= 1;
    }
    fn visit_expr_while(&mut self, w: &'ast syn::ExprWhile) {
        self.depth += 1;
        visit::visit_expr_while(self, w);
        self.depth -= 1;
    }
    fn visit_expr_loop(&mut self, l: &'ast syn::ExprLoop) {
        self.depth += 1;
        visit::visit_expr_loop(self, l);
        self.depth -= 1;
    }
    fn visit_expr_closure(&mut self, c: &'ast syn::ExprClosure) {
        self.depth += 1;
        visit::visit_expr_closure(self, c);
        self.depth -= 1;
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for tree in super::closures::flat(mac.tokens.clone()) {
            if let proc_macro2::TokenTree::Ident(i) = tree {
                self.run.push((i.to_string(), usize::MAX));
            }
        }
    }
}

fn named(e: &Expr) -> Option<String> {
    match peel(e) {
        Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

struct Slices<'a> {
    names: Names,
    tainted: &'a Tainted,
    exact: HashMap<String, ExprMethodCall>,
    changed: bool,
}

impl Slices<'_> {
    fn method(&mut self, m: &ExprMethodCall) -> Option<Expr> {
        if m.method == "remainder" && m.args.is_empty() {
            let made = self.exact.get(&named(&m.receiver)?)?;
            let (of, n) = (&made.receiver, made.args.first()?);
            return Some(parse_quote!((&#of[#of.len() / #n * #n..])));
        }
        if m.method != "concat" || !m.args.is_empty() || !self.tainted.meets(m) {
            return None;
        }
        let all = self.names.fresh("all");
        match peel(&m.receiver) {
            Expr::Array(parts) => {
                let parts = parts.elems.iter();
                Some(parse_quote!({
                    let mut #all = __rt::vec![];
                    #(#all.extend_from_slice(&(#parts)[..]);)*
                    #all
                }))
            }
            of if is_place(of) => {
                let part = self.names.fresh("part");
                Some(parse_quote!({
                    __rt::assert_sequence(&#of);
                    let mut #all = __rt::vec![];
                    for #part in #of.iter() {
                        #all.extend_from_slice(&#part[..]);
                    }
                    #all
                }))
            }
            _ => None,
        }
    }
}

impl VisitMut for Slices<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        // The iterator itself is written where it is run through.
        block.stmts.retain(|stmt| match stmt {
            Stmt::Local(syn::Local {
                pat: Pat::Ident(p), ..
            }) => !self.exact.contains_key(&p.ident.to_string()),
            _ => true,
        });
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        let written = match e {
            Expr::MethodCall(m) => self.method(m),
            _ => None,
        };
        let run = |of: &Expr| match of {
            Expr::Reference(r) if r.mutability.is_some() => named(&r.expr),
            Expr::MethodCall(m) if m.method == "by_ref" => named(&m.receiver),
            of => named(of),
        };
        let made = run(e).and_then(|name| self.exact.get(&name).cloned());
        if let Some(value) = written.or(made.map(Expr::MethodCall)) {
            self.changed = true;
            *e = value;
            return;
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Whether a method is one of those of [`source`].
pub(super) fn gives_parts(m: &ExprMethodCall) -> bool {
    [
        ("rchunks", 1),
        ("array_windows", 0),
        ("chunk_by", 1),
        ("split", 1),
    ]
    .contains(&(m.method.to_string().as_str(), m.args.len()))
        && chain::is_place(&m.receiver)
}
