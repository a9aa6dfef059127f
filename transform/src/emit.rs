//! IR → tokens. The user's tokens keep their spans; what is generated is hygienic.

use crate::ir::*;
use crate::located::{has_own_tokens, located};
use crate::ty::Ty;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::collections::{HashMap, HashSet};

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

/// The tokens of a place, to write to or only to read. A dereference before a further step is left to
/// auto-dereference.
pub fn place_tokens(f: &Function, place: &Place, write: bool) -> Option<TokenStream> {
    let base = f.vars.get(place.base)?;
    let mut out = base.ident.to_token_stream();
    let borrow = if write { quote!(&mut) } else { quote!(&) };
    for (n, step) in place.path.iter().enumerate() {
        let last = n + 1 == place.path.len();
        // What is borrowed already is borrowed again.
        let plain = borrow.clone();
        let borrow = match (n, &base.ty) {
            (1, Ty::Ref(..)) if matches!(place.path[0], Proj::Deref) => quote!(#borrow *),
            _ => borrow.clone(),
        };
        out = match step {
            // The tangent of a reference is owned, that of a box is a box.
            Proj::Deref if last && base.generated && (n > 0 || !matches!(base.ty, Ty::Ref(..))) => {
                quote!((*__rt::behind!(#borrow #out)))
            }
            Proj::Deref if last => quote!((*#out)),
            Proj::Value => quote!(__rt::operand!(&*#out)),
            Proj::Deref => out,
            Proj::Field(member) => quote!(#out.#member),
            Proj::Index(o) => {
                let i = operand_tokens(f, o);
                quote!(#out[#i])
            }
            Proj::FromEnd(k) => {
                let k = behind(f, k);
                quote!(#out[#out.len() - 1 #k])
            }
            Proj::At(tokens, _) | Proj::Span(tokens, _) => quote!(#out[#tokens]),
            Proj::Run if base.generated => out,
            Proj::Run => quote!(__rt::sequence(&#out)),
            Proj::Range(a, b, closed) => {
                let a = a.as_ref().map(|o| operand_tokens(f, o));
                let b = b.as_ref().map(|o| operand_tokens(f, o));
                let limits = if *closed { quote!(..=) } else { quote!(..) };
                quote!(#out[#a #limits #b])
            }
            Proj::Middle(front, back) => {
                let middle = if write {
                    quote!(middle_mut)
                } else {
                    quote!(middle)
                };
                quote!((*__rt::#middle(#plain #out[..], #front, #back)))
            }
            Proj::Part(name, member) => {
                let part = crate::derive::accessor(&name.to_string(), member, write);
                quote!((*(#borrow #out).#part()))
            }
        };
    }
    Some(out)
}

/// How far an element is from the last one.
fn behind(f: &Function, k: &Operand) -> Option<TokenStream> {
    let k = operand_tokens(f, k);
    (k.to_string() != "0").then(|| quote!(- #k))
}

/// The tokens of an operand.
pub fn operand_tokens(f: &Function, operand: &Operand) -> TokenStream {
    match operand {
        Operand::Var(v) => f.vars[*v].ident.to_token_stream(),
        Operand::Lit(tokens) => tokens.clone(),
    }
}

/// How tightly an expression binds, as far as printing cares.
fn strength(e: &Expr) -> u8 {
    match e {
        Expr::Binary(BinOp::Add | BinOp::Sub, ..) => 2,
        Expr::Binary(..) => 3,
        Expr::Neg(_) => 4,
        Expr::Cast(_, Conversion::As(_) | Conversion::Alias(_)) => 1,
        Expr::Use(Operand::Lit(t)) => literal_strength(t),
        Expr::Opaque(o) | Expr::Refused(o, _) => literal_strength(&o.tokens),
        Expr::Raw(t, _) => literal_strength(t),
        _ => 9,
    }
}

/// One token tree, a path or a call binds tightly; anything else is put in parentheses.
fn literal_strength(tokens: &TokenStream) -> u8 {
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(
            syn::Expr::Lit(_)
            | syn::Expr::Path(_)
            | syn::Expr::Call(_)
            | syn::Expr::MethodCall(_)
            | syn::Expr::Index(_)
            | syn::Expr::Field(_)
            | syn::Expr::Paren(_)
            | syn::Expr::Macro(_)
            | syn::Expr::Tuple(_)
            | syn::Expr::Array(_),
        ) => 9,
        Ok(syn::Expr::Unary(_)) => 4,
        _ => 0,
    }
}

fn wrapped(f: &Function, e: &Expr, at_least: u8) -> TokenStream {
    let tokens = expr_tokens(f, e);
    if strength(e) < at_least {
        quote!((#tokens))
    } else {
        tokens
    }
}

/// The tokens of an expression.
pub fn expr_tokens(f: &Function, e: &Expr) -> TokenStream {
    match e {
        Expr::Use(o) => operand_tokens(f, o),
        Expr::Load(p) => place_tokens(f, p, false).unwrap_or_default(),
        Expr::Neg(a) => {
            let a = wrapped(f, a, 4);
            quote!(-#a)
        }
        Expr::Binary(op, a, b) => {
            let level = if matches!(op, BinOp::Add | BinOp::Sub) {
                2
            } else {
                3
            };
            let (a, b) = (wrapped(f, a, level), wrapped(f, b, level + 1));
            let op = op_tokens(*op, false);
            quote!(#a #op #b)
        }
        Expr::Method(recv, name, args) => {
            let recv = wrapped(f, recv, 9);
            let args = args.iter().map(|a| expr_tokens(f, a));
            quote!(#recv.#name(#(#args),*))
        }
        Expr::Helper(name, args) => {
            let args = args.iter().map(|a| expr_tokens(f, a));
            quote!(__rt::helper::#name(#(#args),*))
        }
        Expr::Cast(a, Conversion::As(ty) | Conversion::Alias(ty)) => {
            let a = wrapped(f, a, 4);
            quote!(#a as #ty)
        }
        Expr::Cast(a, Conversion::FromF64(name)) => {
            let a = expr_tokens(f, a);
            quote!(__rt::real::<#name>(#a))
        }
        Expr::Cast(a, Conversion::ToF64) => {
            let a = expr_tokens(f, a);
            quote!(__rt::Real::to_f64(#a))
        }
        Expr::Tuple(es) => {
            let es = es.iter().map(|e| expr_tokens(f, e));
            quote!((#(#es,)*))
        }
        Expr::Array(es, vec) => {
            let es = es.iter().map(|e| expr_tokens(f, e));
            if *vec {
                quote!(__rt::vec![#(#es),*])
            } else {
                quote!([#(#es),*])
            }
        }
        Expr::Repeat(e, n, _, vec) => {
            let e = expr_tokens(f, e);
            if *vec {
                quote!(__rt::vec![#e; #n])
            } else {
                quote!([#e; #n])
            }
        }
        Expr::Wrap(e, variant) => {
            let e = expr_tokens(f, e);
            if variant == "Ok" {
                quote!(::core::result::Result::Ok(#e))
            } else {
                quote!(::core::option::Option::Some(#e))
            }
        }
        Expr::Build(b) => build_tokens(f, b),
        Expr::Copy(p, method) => {
            let p = place_tokens(f, p, false).unwrap_or_default();
            quote!(#p.#method())
        }
        Expr::Call(callee, args) => callee.call(&arg_tokens(f, args)),
        Expr::Removed(p, how) => removed_tokens(f, p, how),
        Expr::Opaque(o) | Expr::Refused(o, _) => o.tokens.clone(),
        Expr::Restore(storage) => {
            let storage_var = &f.vars[*storage];
            let ident = &storage_var.ident;
            if ident.to_string().contains("_lane") {
                quote!(#ident.pop())
            } else {
                quote!(#ident.take())
            }
        }
        Expr::Raw(tokens, _) => tokens.clone(),
    }
}

/// Asks a place to be a vector, if its type is not known to be.
pub fn vector_assertion(f: &Function, place: &Place, at: Span) -> Option<TokenStream> {
    let p = place_tokens(f, place, false)?;
    let at = Span::call_site().located_at(at);
    match f.place_ty(place).peeled() {
        Ty::Vec(_) => None,
        _ => Some(quote_spanned!(at=> __rt::assert_vector(&#p);)),
    }
}

/// Asks for the same of what something is moved out of, or a path to be that of the standard library.
pub fn removal_assertion(
    f: &Function,
    place: &Place,
    how: &Removal,
    at: Span,
) -> Option<TokenStream> {
    let p = place_tokens(f, place, false)?;
    match how {
        Removal::Take(path) => Some(quote!(__rt::same_take(#path, ::core::mem::take, &#p);)),
        Removal::Replace(path, _) => {
            Some(quote!(__rt::same_replace(#path, ::core::mem::replace, &#p);))
        }
        _ => vector_assertion(f, place, at),
    }
}

/// What is moved out of a place.
fn removed_tokens(f: &Function, place: &Place, how: &Removal) -> TokenStream {
    let p = place_tokens(f, place, true);
    match how {
        Removal::Pop(_) => quote!(#p.pop()),
        Removal::At(i) => {
            let i = operand_tokens(f, i);
            quote!(#p.remove(#i))
        }
        Removal::SwapAt(i) => {
            let i = operand_tokens(f, i);
            quote!(#p.swap_remove(#i))
        }
        Removal::SplitOff(i) => {
            let i = operand_tokens(f, i);
            quote!(#p.split_off(#i))
        }
        Removal::Take(path) => quote!(#path(&mut #p)),
        Removal::Replace(path, x) => {
            let x = operand_tokens(f, x);
            quote!(#path(&mut #p, #x))
        }
    }
}

/// A vector that grows or shrinks.
fn resize_tokens(f: &Function, place: &Place, how: &Resize) -> TokenStream {
    let p = place_tokens(f, place, true);
    match how {
        Resize::Push(x) => {
            let x = operand_tokens(f, x);
            quote!(#p.push(#x);)
        }
        Resize::Insert(i, x) => {
            let (i, x) = (operand_tokens(f, i), operand_tokens(f, x));
            quote!(#p.insert(#i, #x);)
        }
        Resize::Truncate(Some(n), _) => {
            let n = operand_tokens(f, n);
            quote!(#p.truncate(#n);)
        }
        Resize::Truncate(None, _) => quote!(#p.clear();),
        Resize::Extend(from, _) => {
            let from = place_tokens(f, from, false);
            quote!(#p.extend_from_slice(&#from);)
        }
        Resize::Append(from, ..) => {
            let from = place_tokens(f, from, true);
            quote!(#p.append(&mut #from);)
        }
        Resize::Resize(n, x, _) => {
            let (n, x) = (operand_tokens(f, n), operand_tokens(f, x));
            quote!(#p.resize(#n, #x);)
        }
    }
}

fn build_tokens(f: &Function, b: &Build) -> TokenStream {
    let path = &b.path;
    if b.call {
        let parts = b.parts.iter().map(|(_, e)| expr_tokens(f, e));
        return quote!(#path(#(#parts),*));
    }
    let parts = b.parts.iter().map(|(part, e)| {
        let e = expr_tokens(f, e);
        match part {
            Proj::Field(member) | Proj::Part(_, member) => quote!(#member: #e,),
            _ => quote!(),
        }
    });
    let base = b.base.iter().map(|e| {
        let e = expr_tokens(f, e);
        quote!(..#e)
    });
    quote!(#path { #(#parts)* #(#base)* })
}

/// The arguments of a call as the user has them.
pub fn arg_tokens(f: &Function, args: &[Arg]) -> Vec<TokenStream> {
    args.iter()
        .map(|arg| match arg {
            Arg::Value(o) => operand_tokens(f, o),
            Arg::Shared(p, true) => f.vars[p.base].ident.to_token_stream(),
            Arg::Shared(p, false) => {
                let p = place_tokens(f, p, false).unwrap_or_default();
                quote!(&#p)
            }
            Arg::Receiver(p) => place_tokens(f, p, false).unwrap_or_default(),
            Arg::Exclusive(p, true) => {
                let p = &f.vars[p.base].ident;
                quote!(&mut *#p)
            }
            Arg::Exclusive(p, false) => {
                let p = place_tokens(f, p, true).unwrap_or_default();
                quote!(&mut #p)
            }
            Arg::Function(v, by_reference) => {
                let name = match f.given(*v) {
                    Some(given) => &given.plain,
                    None => &f.vars[*v].ident,
                };
                let borrow = by_reference.then(|| quote!(&));
                quote!(#borrow #name)
            }
            Arg::Closure(lifted, by_reference) => {
                let (borrow, closure) = (by_reference.then(|| quote!(&)), &lifted.tokens);
                quote!(#borrow #closure)
            }
        })
        .collect()
}

/// The same for a call that gives derivatives along with its result: so do the functions that it is given.
fn entry_arg_tokens(f: &Function, v: VarId, args: &[Arg], style: &Style) -> Vec<TokenStream> {
    let mut tokens = arg_tokens(f, args);
    for (n, arg) in args.iter().enumerate() {
        match arg {
            Arg::Function(function, by_reference) => {
                let name = &f.vars[*function].ident;
                let borrow = by_reference.then(|| quote!(&));
                tokens[n] = quote!(#borrow #name);
            }
            Arg::Closure(_, by_reference) => {
                let closure = style.closures.get(&(v, n));
                let borrow = by_reference.then(|| quote!(&));
                tokens[n] = quote!(#borrow #closure);
            }
            _ => {}
        }
    }
    tokens
}

fn op_tokens(op: BinOp, assign: bool) -> TokenStream {
    match (op, assign) {
        (BinOp::Add, false) => quote!(+),
        (BinOp::Sub, false) => quote!(-),
        (BinOp::Mul, false) => quote!(*),
        (BinOp::Div, false) => quote!(/),
        (BinOp::Rem, false) => quote!(%),
        (BinOp::Add, true) => quote!(+=),
        (BinOp::Sub, true) => quote!(-=),
        (BinOp::Mul, true) => quote!(*=),
        (BinOp::Div, true) => quote!(/=),
        (BinOp::Rem, true) => quote!(%=),
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
                _ => args.push(quote!((#(__rt::along(#dots),)*))),
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
        Kind::Bind(..) => quote!(),
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
        Kind::Accumulate(p, e) => {
            let e = expr_tokens(f, e);
            written(f, p, |p| quote!(__rt::accumulate(&mut #p, #e);))
        }
        Kind::Save(v, storage) => {
            let (var, storage) = (&f.vars[*v], &f.vars[*storage].ident);
            let ident = &var.ident;
            let is_alias_free_copy = var.ty.is_copy();
            let moved = ["_pullback", "_zero", "_before", "_like", "kept"]
                .iter()
                .any(|s| {
                    let name = ident.to_string();
                    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
                        .ends_with(s.trim_end_matches('_'))
                })
                && matches!(var.ty, Ty::Unknown)
                && var.temp;
            let value = if matches!(var.ty, Ty::Ref(..)) {
                // The reverse sweep looks at what the reference led to, which may be gone by then.
                quote!(__rt::owned(#ident))
            } else if is_alias_free_copy || moved {
                quote!(#ident)
            } else {
                quote!(::core::clone::Clone::clone(&#ident))
            };
            if storage.to_string().contains("_lane") {
                quote!(#storage.push(#value);)
            } else {
                quote!(#storage.set(#value);)
            }
        }
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

fn pullback_binding(
    f: &Function,
    v: VarId,
    pullback: &Ident,
    mutable: &Option<TokenStream>,
    ident: &Ident,
) -> TokenStream {
    match &f.vars[v].ascription {
        Some(ty) => quote!(let (#mutable #ident, #pullback): (#ty, _) =),
        None => quote!(let (#mutable #ident, #pullback) =),
    }
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
            quote!(#label for #pat in #iter { #body })
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
