//! IR → tokens. The user's tokens keep their spans; what is generated is hygienic.

mod calls;
mod expr;
mod place;
mod vectors;

pub use calls::arg_tokens;
pub use expr::expr_tokens;
pub use place::{exchange, operand_tokens, place_tokens};
pub use vectors::{removal_assertion, vector_assertion};

use crate::ir::*;
use crate::located::{has_own_tokens, located};
use crate::ty::Ty;
use calls::{entry_arg_tokens, pullback_binding};
use expr::op_tokens;
use place::behind;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::{HashMap, HashSet};
use vectors::resize_tokens;

/// What the printing of statements depends on besides the function.
#[derive(Default)]
pub struct Style {
    /// Calls that give a pullback along with their result.
    pub pullbacks: HashMap<VarId, VarId>,
    /// Calls that also tell which arguments they connected.
    pub connected: HashMap<VarId, Ident>,
    /// Calls that give a tangent along with their result, and the tangents of their arguments.
    pub duals: HashMap<VarId, (VarId, Vec<TokenStream>)>,
    /// For each closure that such a call is given, by the number of the argument: the closure that also gives
    /// derivatives.
    pub closures: HashMap<(VarId, usize), TokenStream>,
    /// Scopes that an exit names, and so need their label printed.
    pub labelled: HashSet<ScopeId>,
    /// The label of the function's body, where something leaves it early.
    pub body: Option<Ident>,
    /// Labels by scope.
    pub labels: HashMap<ScopeId, Ident>,
    /// Variables whose values are looked at when they are computed.
    pub checked: HashSet<VarId>,
    /// Variables whose declaration is printed elsewhere.
    pub hidden: HashSet<VarId>,
}

impl Style {
    /// Collects the labels of a block.
    pub fn of(block: &Block) -> Style {
        let mut style = Style::default();
        style.collect(block);
        style
    }

    /// Prints exits from the function as leaving a block around its body, whose label is given.
    pub fn leave_body(&mut self) -> syn::Lifetime {
        let label = Ident::new("body", Span::mixed_site());
        self.labelled.insert(FUNCTION);
        lifetime(self.body.insert(label))
    }

    fn collect(&mut self, block: &Block) {
        for stmt in block {
            match &stmt.kind {
                Kind::Exit { target, .. } => drop(self.labelled.insert(*target)),
                Kind::If { then, els, .. } => {
                    self.collect(then);
                    self.collect(els);
                }
                Kind::Match(m) => m.arms.iter().for_each(|a| self.collect(&a.body)),
                Kind::Loop(l) => {
                    self.labels.insert(l.id, l.label.clone());
                    self.collect(&l.body);
                }
                Kind::Scope(id, label, b) => {
                    if let Some(label) = label {
                        self.labels.insert(*id, label.clone());
                    }
                    self.collect(b);
                }
                _ => {}
            }
        }
    }
}

/// The tokens of a block's statements.
pub fn block_tokens(f: &Function, block: &Block, style: &Style) -> TokenStream {
    let stmts = block.iter().map(|s| stmt_tokens(f, s, style));
    quote!(#(#stmts)*)
}

fn let_tokens(f: &Function, v: VarId) -> TokenStream {
    let var = &f.vars[v];
    let ident = &var.ident;
    let mutable = (var.mutable && !var.deferred).then(|| quote!(mut));
    let ty = var.ascription.as_ref().map(|t| quote!(: #t));
    quote!(let #mutable #ident #ty)
}

fn stmt_tokens(f: &Function, stmt: &Stmt, style: &Style) -> TokenStream {
    let tokens = located_tokens(f, stmt, style);
    match crate::checks::value(f, stmt, &style.checked) {
        Some((before, after)) => quote!(#before #tokens #after),
        None => tokens,
    }
}

fn located_tokens(f: &Function, stmt: &Stmt, style: &Style) -> TokenStream {
    let tokens = statement_tokens(f, stmt, style);
    match &stmt.kind {
        Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) if !has_own_tokens(e) => {
            located(tokens, stmt.span)
        }
        Kind::Alias(..) | Kind::Declare(_) | Kind::Swap(..) | Kind::Fill(..) => {
            located(tokens, stmt.span)
        }
        _ => tokens,
    }
}

fn statement_tokens(f: &Function, stmt: &Stmt, style: &Style) -> TokenStream {
    match &stmt.kind {
        Kind::Let(v, Expr::Call(callee, args)) if style.pullbacks.contains_key(v) => {
            let pullback = &f.vars[style.pullbacks[v]].ident;
            let mut args = entry_arg_tokens(f, *v, args, style);
            args.push(quote!(__tape));
            if let Some(bits) = style.connected.get(v) {
                let call = callee.entry("__masked_call", &args);
                let ident = &f.vars[*v].ident;
                let ty = f.vars[*v]
                    .ascription
                    .as_ref()
                    .map(|ty| quote!(: (#ty, u64, _)));
                return quote!(let (mut #ident, #bits, #pullback) #ty = #call;);
            }
            let call = callee.entry("__call", &args);
            let ident = &f.vars[*v].ident;
            let mutable = (f.vars[*v].mutable).then(|| quote!(mut));
            let name = pullback_binding(f, *v, pullback, &mutable, ident);
            quote!(#name #call;)
        }
        Kind::Let(v, Expr::Call(callee, args)) if style.duals.contains_key(v) => {
            let (dot, dots) = &style.duals[v];
            let dot = &f.vars[*dot].ident;
            let mut args = entry_arg_tokens(f, *v, args, style);
            match callee {
                Callee::Value(_) => args.extend(dots.iter().skip(1).cloned()),
                _ => {
                    // A tangent that does not fit is told at the callee's name.
                    let at = callee.span().unwrap_or_else(Span::call_site);
                    let along = quote_spanned!(Span::call_site().located_at(at)=> __rt::along);
                    args.push(quote!((#(#along(#dots),)*)));
                }
            }
            let call = callee.entry("__jvp", &args);
            let ident = &f.vars[*v].ident;
            let mutable = (f.vars[*v].mutable).then(|| quote!(mut));
            quote!(let (#mutable #ident, mut #dot) = #call;)
        }
        Kind::Let(v, e) => {
            let (head, e) = (let_tokens(f, *v), expr_tokens(f, e));
            quote!(#head = #e;)
        }
        Kind::Declare(v) if style.hidden.contains(v) => quote!(),
        Kind::Declare(v) => {
            let head = let_tokens(f, *v);
            quote!(#head;)
        }
        Kind::Alias(v, exclusive) => {
            let ident = &f.vars[*v].ident;
            let place = f.vars[*v]
                .alias
                .as_ref()
                .and_then(|p| place_tokens(f, p, *exclusive));
            let mutable = exclusive.then(|| quote!(mut));
            quote!(let #ident = &#mutable #place;)
        }
        Kind::Destructure(pat, v) => {
            let ident = &f.vars[*v].ident;
            quote!(let #pat = #ident;)
        }
        Kind::Bind(..) | Kind::Watch(..) => quote!(),
        Kind::Assign(p, e) => {
            let e = expr_tokens(f, e);
            written(f, p, |p| quote!(#p = #e;))
        }
        Kind::Update(p, op, e) => {
            let e = match e {
                Expr::Binary(_, _, value) if !matches!(op, BinOp::Add | BinOp::Sub) => value,
                e => e,
            };
            let e = expr_tokens(f, e);
            let op = op_tokens(*op, true);
            written(f, p, |p| quote!(#p #op #e;))
        }
        Kind::Swap(p, SwapKind::Elements(i, j)) => {
            let p = place_tokens(f, p, true);
            let (i, j) = (operand_tokens(f, i), operand_tokens(f, j));
            quote!(#p.swap(#i, #j);)
        }
        Kind::Swap(p, SwapKind::With(q, path)) => {
            let (a, b) = (place_tokens(f, p, true), place_tokens(f, q, true));
            quote! {
                __rt::same_swap(#path, ::core::mem::swap, &#a);
                ::core::mem::swap(&mut #a, &mut #b);
            }
        }
        Kind::Fill(p, v) => {
            let (p, v) = (place_tokens(f, p, true), operand_tokens(f, v));
            quote!(#p.fill(#v);)
        }
        Kind::CopySlice { to, from } => {
            let (to, from) = (place_tokens(f, to, true), place_tokens(f, from, false));
            quote!(#to.copy_from_slice(&#from);)
        }
        Kind::Resize(p, how) => resize_tokens(f, p, how),
        Kind::If { cond, then, els } => {
            let cond = operand_tokens(f, cond);
            let then = block_tokens(f, then, style);
            if els.is_empty() {
                quote!(if #cond { #then })
            } else {
                let els = block_tokens(f, els, style);
                quote!(if #cond { #then } else { #els })
            }
        }
        Kind::Match(m) => {
            let on = &m.tokens;
            let arms = m.arms.iter().map(|a| {
                let (pat, body) = (&a.pat, block_tokens(f, &a.body, style));
                quote!(#pat => { #body })
            });
            quote!(match #on { #(#arms)* })
        }
        Kind::Loop(l) => loop_tokens(f, l, style),
        Kind::Scope(id, label, body) => {
            let body = block_tokens(f, body, style);
            match label.as_ref().filter(|_| style.labelled.contains(id)) {
                Some(label) => {
                    let label = lifetime(label);
                    quote!(#label: { #body })
                }
                None => quote!({ #body }),
            }
        }
        Kind::Exit { target, again } => {
            let label = match style.labels.get(target) {
                Some(label) => Some(lifetime(label)),
                None if *target == FUNCTION => style.body.as_ref().map(lifetime),
                None => None,
            };
            if *again {
                quote!(continue #label;)
            } else {
                quote!(break #label;)
            }
        }
        Kind::Opaque(o) | Kind::Refused(o, _) => o.tokens.clone(),
        Kind::Raw(tokens) | Kind::Check(tokens, _) => tokens.clone(),
        Kind::Observe(o) => o.tokens(f),
        Kind::Accumulate(p, e) => {
            let e = expr_tokens(f, e);
            written(f, p, |p| quote!(__rt::accumulate(&mut #p, #e);))
        }
        Kind::Save(v, storage) => {
            let (value, storage) = (kept_tokens(f, *v), &f.vars[*storage]);
            let name = &storage.ident;
            match storage.role {
                Role::Lane => quote!(#name.push(#value);),
                _ => quote!(#name.set(#value);),
            }
        }
    }
}

/// A variable's value as it is kept for the reverse sweep.
pub fn kept_tokens(f: &Function, v: VarId) -> TokenStream {
    let var = &f.vars[v];
    let ident = &var.ident;
    if matches!(var.ty, Ty::Ref(..)) {
        // The reverse sweep looks at what the reference led to, which may be gone by then.
        quote!(__rt::owned(#ident))
    } else if var.role == Role::Item {
        quote!(__rt::item!(#ident))
    } else if var.ty.is_copy() || var.role == Role::Moved {
        quote!(#ident)
    } else {
        quote!(::core::clone::Clone::clone(&#ident))
    }
}

/// A statement that writes to a place. An index from the end is computed before: a vector that is being
/// indexed for writing cannot be asked for its length.
fn written(
    f: &Function,
    place: &Place,
    statement: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    let Some(at) = place
        .path
        .iter()
        .position(|s| matches!(s, Proj::FromEnd(_)))
    else {
        return statement(place_tokens(f, place, true).unwrap_or_default());
    };
    let before = Place {
        base: place.base,
        path: place.path[..at].to_vec(),
    };
    let (Proj::FromEnd(k), before) = (&place.path[at], place_tokens(f, &before, false)) else {
        return TokenStream::new();
    };
    let k = behind(f, k);
    let mut direct = place.clone();
    direct.path[at] = Proj::At(quote!(__at), Vec::new());
    let statement = statement(place_tokens(f, &direct, true).unwrap_or_default());
    quote!({ let __at = #before.len() - 1 #k; #statement })
}

fn loop_tokens(f: &Function, l: &Loop, style: &Style) -> TokenStream {
    let label = style.labelled.contains(&l.id).then(|| {
        let label = lifetime(&l.label);
        quote!(#label:)
    });
    let body = block_tokens(f, &l.body, style);
    match &l.head {
        Head::Forever => quote!(#label loop { #body }),
        Head::While(o) => {
            let cond = &o.tokens;
            quote!(#label while #cond { #body })
        }
        Head::For(h) => {
            let (pat, iter) = (&h.pat, &h.iter);
            let whole = quote!(#label for #pat in #iter { #body });
            if h.apart.is_empty() {
                return whole;
            }
            let names = h.apart.iter().map(|v| &f.vars[*v].ident);
            let parameters = h.apart.iter().map(|v| {
                let (name, element) = (&f.vars[*v].ident, f.vars[*v].ty.element());
                let number = match &element {
                    Ty::Float(scalar) => scalar.written(),
                    _ => None,
                };
                let number = number.unwrap_or_else(|| quote!(_));
                quote!(#name: &mut [#number])
            });
            quote!((|#(#parameters),*| #whole)(#(#names),*);)
        }
    }
}

/// A label.
pub fn lifetime(ident: &Ident) -> syn::Lifetime {
    syn::Lifetime {
        apostrophe: ident.span(),
        ident: ident.clone(),
    }
}
