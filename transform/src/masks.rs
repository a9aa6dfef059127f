//! By-path connection: one bit for each input, carried along by every variable that it has reached.
//!
//! `gradients` tells by these which inputs the path taken connects to the result. The masks are statements
//! of their own beside the user's, so the reverse transform takes them for what they are: without a derivative.

use crate::analysis::activity::{Activity, changed, is_active_call, sources};
use crate::analysis::reach::{is_whole, part};
use crate::ir::*;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashMap;

/// A function with masks, and the mask of each variable.
pub struct Masked {
    /// The variables.
    pub f: Function,
    /// The masks that exist from the start.
    pub entry: TokenStream,
    /// The mask of each active variable.
    pub masks: HashMap<VarId, Ident>,
    /// The inputs' bits, by parameter.
    pub bits: Vec<(VarId, u32)>,
    /// The watched locals' bits, by number, of those that can reach the result.
    pub watched: HashMap<usize, u32>,
    /// For each differentiable call's result: the bits of the arguments that the call connected.
    pub calls: HashMap<VarId, Ident>,
}

struct Masks<'a> {
    f: Function,
    activity: &'a Activity,
    masks: HashMap<VarId, Ident>,
    calls: HashMap<VarId, Ident>,
    /// The masks that exist, block by block, and the loops around.
    scopes: Vec<Vec<Ident>>,
    loops: usize,
    /// The watched locals' bits, by number.
    watched: HashMap<usize, u32>,
}

/// Adds masks to a function.
pub fn masked(f: &Function, activity: &Activity) -> Masked {
    let mut m = Masks {
        f: f.clone(),
        activity,
        masks: HashMap::new(),
        calls: HashMap::new(),
        scopes: vec![Vec::new()],
        loops: 0,
        watched: HashMap::new(),
    };
    let mut bits = Vec::new();
    let mut entry = TokenStream::new();
    for (n, p) in f.params.iter().enumerate() {
        if !activity.is_active(p.var) {
            continue;
        }
        // A closure's captured variables are one to who calls it, and come first.
        let n = match (f.closure, f.captured(p.var)) {
            (None, _) => n,
            (Some(_), Some(_)) => 0,
            (Some(_), None) => n + 1,
        };
        let bit = u32::try_from(n).unwrap_or(63);
        let mask = m.mask(p.var);
        // More inputs than bits share the last one: then they are told to be connected together.
        let n = proc_macro2::Literal::u64_unsuffixed(1 << bit.min(63));
        entry.extend(quote!(let mut #mask: u64 = #n;));
        m.scopes[0].push(mask);
        bits.push((p.var, bit.min(63)));
    }
    if f.early_return && m.is_active(f.ret) {
        let mask = m.mask(f.ret);
        entry.extend(quote!(let mut #mask: u64 = 0;));
        m.scopes[0].push(mask);
    }
    m.f.body = m.block(&f.body.clone());
    m.f.masked = true;
    // Each operation stands for itself, to be looked at.
    m.f.tidy = false;
    Masked {
        f: m.f,
        entry,
        masks: m.masks,
        bits,
        calls: m.calls,
        watched: m.watched,
    }
}

impl Masks<'_> {
    fn is_active(&self, v: VarId) -> bool {
        self.activity.is_active(v) && !self.f.vars[v].ty.is_constant()
    }

    fn mask(&mut self, v: VarId) -> Ident {
        if let Some(mask) = self.masks.get(&v) {
            return mask.clone();
        }
        let name = self.f.vars[v].ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name).to_string();
        let mask = self.f.names.fresh(&format!("{name}_mask"));
        self.masks.insert(v, mask.clone());
        mask
    }

    fn union(&mut self, from: &[VarId]) -> TokenStream {
        let active: Vec<VarId> = from
            .iter()
            .copied()
            .filter(|v| self.is_active(*v))
            .collect();
        if active.is_empty() {
            return quote!(0);
        }
        let masks: Vec<Ident> = active.into_iter().map(|v| self.mask(v)).collect();
        quote!(#(#masks)|*)
    }

    /// `v` now holds what came from `from`, and, unless all of it was replaced, what it held before.
    fn define(&mut self, v: VarId, from: &[VarId], how: Update, out: &mut Vec<TokenStream>) {
        if !self.is_active(v) {
            return;
        }
        let union = self.union(from);
        let mask = self.mask(v);
        if let (Update::New, Some(scope)) = (how, self.scopes.last_mut()) {
            scope.push(mask.clone());
        }
        out.push(match how {
            Update::New => quote!(let mut #mask: u64 = #union;),
            Update::Whole => quote!(#mask = #union;),
            Update::Part => quote!(#mask |= #union;),
        });
    }

    /// What is read from a field that is marked `#[constant]` is connected to nothing.
    fn read(
        &mut self,
        to: VarId,
        p: &Place,
        from: &[VarId],
        how: Update,
        out: &mut Vec<TokenStream>,
    ) {
        self.define(to, from, how, out);
        if let (Some(part), true, Some(tokens)) =
            (part(&self.f, p), self.is_active(to), out.last_mut())
        {
            let ends = part.ends(&quote!(__rt));
            let union = self.union(from);
            let passed = quote!(if #ends { 0 } else { #union });
            let mask = self.mask(to);
            *tokens = match how {
                Update::New => quote!(let mut #mask: u64 = #passed;),
                Update::Whole => quote!(#mask = #passed;),
                Update::Part => quote!(#mask |= #passed;),
            };
        }
    }

    fn expr(&mut self, to: VarId, e: &Expr, how: Update, out: &mut Vec<TokenStream>) {
        let from = sources(&self.f, e);
        if let Expr::Call(_, args) = e
            && is_active_call(&self.f, self.activity, to, args)
        {
            return self.call(to, args, out);
        }
        if let Expr::Call(_, args) = e {
            for c in changed(&self.f, args) {
                self.define(c, &from, Update::Part, out);
            }
        }
        match e {
            Expr::Load(p) | Expr::Copy(p, _) => self.read(to, p, &from, how, out),
            _ => self.define(to, &from, how, out),
        }
        if let Expr::Removed(p, removal) = e
            && let Some(Operand::Var(v)) = removal.value()
        {
            let (root, v) = (self.f.root(p), self.f.root(&Place::var(*v)));
            self.define(root, &[v], Update::Part, out);
        }
    }

    /// A watched local is an input from here on. Where it was executed before, the last execution counts. What a call
    /// writes that is asked for its watched locals comes right behind its result.
    fn watch(&mut self, v: VarId, n: usize, first: bool, out: &mut Vec<TokenStream>) {
        let is_call = self.f.watched[n].inside().is_some();
        if !(self.is_active(v) || first && is_call) {
            return;
        }
        let bit = u32::try_from(self.f.params.len() + n).unwrap_or(63).min(63);
        self.watched.insert(n, bit);
        let one = proc_macro2::Literal::u64_unsuffixed(1 << bit);
        if first && self.loops > 0 && !self.f.watched[n].all {
            let masks = self.scopes.iter().flatten();
            out.extend(masks.map(|mask| quote!(#mask &= !#one;)));
        }
        if self.is_active(v) {
            let mask = self.mask(v);
            out.push(quote!(#mask |= #one;));
        }
    }

    /// A callee tells which of its arguments it connected, by their positions.
    fn call(&mut self, to: VarId, args: &[Arg], out: &mut Vec<TokenStream>) {
        let name = self.f.vars[to].ident.to_string();
        let bits = self
            .f
            .names
            .fresh(&format!("{}_bits", name.trim_start_matches("r#")));
        self.calls.insert(to, bits.clone());
        let mut terms = Vec::new();
        for (n, arg) in args.iter().enumerate() {
            let root = match arg {
                Arg::Value(Operand::Var(v)) => self.f.root(&Place::var(*v)),
                Arg::Value(Operand::Lit(_)) => continue,
                Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => self.f.root(p),
                Arg::Function(v, _) => *v,
                Arg::Closure(lifted, _) => {
                    // What a closure captures is one variable to the function that calls it.
                    let roots: Vec<VarId> = lifted
                        .captures
                        .iter()
                        .map(|v| self.f.root(&Place::var(*v)))
                        .collect();
                    let union = self.union(&roots);
                    let bit = proc_macro2::Literal::usize_unsuffixed(n.min(63));
                    terms.push(quote!(__rt::through(#bits, #bit, #union)));
                    continue;
                }
            };
            if self.is_active(root) {
                let mask = self.mask(root).to_token_stream();
                let mask = match arg {
                    Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => {
                        match part(&self.f, p) {
                            Some(part) => {
                                let ends = part.ends(&quote!(__rt));
                                quote!(if #ends { 0 } else { #mask })
                            }
                            None => mask,
                        }
                    }
                    _ => mask,
                };
                let bit = proc_macro2::Literal::usize_unsuffixed(n.min(63));
                terms.push(quote!(__rt::through(#bits, #bit, #mask)));
            }
        }
        let union = if terms.is_empty() {
            quote!(0)
        } else {
            quote!(#(#terms)|*)
        };
        let outputs = changed(&self.f, args);
        if self.is_active(to) {
            let mask = self.mask(to);
            out.push(quote!(let mut #mask: u64 = #union;));
            self.scopes
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|s| s.push(mask.clone()));
        }
        for c in outputs
            .into_iter()
            .filter(|c| self.is_active(*c))
            .collect::<Vec<_>>()
        {
            let mask = self.mask(c);
            out.push(quote!(#mask |= #union;));
        }
    }

    fn block(&mut self, block: &Block) -> Block {
        self.scopes.push(Vec::new());
        let result = self.statements(block);
        self.scopes.pop();
        result
    }

    fn statements(&mut self, block: &Block) -> Block {
        let mut result = Block::new();
        let mut watched = None;
        for stmt in block {
            let mut stmt = stmt.clone();
            let mut after = Vec::new();
            let before = std::mem::take(&mut watched);
            match &mut stmt.kind {
                Kind::Let(v, Expr::Call(_, args))
                    if self.f.asked.contains_key(v)
                        && is_active_call(&self.f, self.activity, *v, args) =>
                {
                    let ask = quote!(__rt::Observer::ask(__tape, __own););
                    result.push(Stmt::raw(ask, stmt.span));
                    self.call(*v, &args.clone(), &mut after);
                }
                Kind::Let(v, e) => self.expr(*v, &e.clone(), Update::New, &mut after),
                Kind::Declare(v) if *v == self.f.ret => {}
                Kind::Declare(v) => self.define(*v, &[], Update::New, &mut after),
                Kind::Bind(v, Some(p)) => {
                    let root = self.f.root(p);
                    self.read(*v, p, &[root], Update::New, &mut after);
                }
                Kind::Assign(p, e) => {
                    let root = self.f.root(p);
                    let how = match is_whole(&self.f, p) {
                        true => Update::Whole,
                        false => Update::Part,
                    };
                    self.expr(root, &e.clone(), how, &mut after);
                }
                Kind::Update(p, _, e) => {
                    let root = self.f.root(p);
                    self.expr(root, &e.clone(), Update::Part, &mut after);
                }
                Kind::Swap(p, SwapKind::With(q, _)) => {
                    let (a, b) = (self.f.root(p), self.f.root(q));
                    let whole =
                        self.f.resolve(p).path.is_empty() && self.f.resolve(q).path.is_empty();
                    if a != b && self.is_active(a) && self.is_active(b) {
                        let (a, b) = (self.mask(a), self.mask(b));
                        after.push(if whole {
                            quote!(::core::mem::swap(&mut #a, &mut #b);)
                        } else {
                            quote!(#a |= #b; #b |= #a;)
                        });
                    }
                }
                Kind::Fill(p, Operand::Var(v)) => {
                    let (root, v) = (self.f.root(p), *v);
                    let whole = is_whole(&self.f, p);
                    let how = if whole { Update::Whole } else { Update::Part };
                    self.define(root, &[v], how, &mut after);
                }
                Kind::Fill(p, Operand::Lit(_)) if is_whole(&self.f, p) => {
                    let root = self.f.root(p);
                    self.define(root, &[], Update::Whole, &mut after);
                }
                Kind::CopySlice { to, from } => {
                    let (to_root, from) = (self.f.root(to), self.f.root(from));
                    let how = if is_whole(&self.f, to) {
                        Update::Whole
                    } else {
                        Update::Part
                    };
                    self.define(to_root, &[from], how, &mut after);
                }
                Kind::Resize(p, how) => {
                    let root = self.f.root(p);
                    let mut from = Vec::new();
                    if let Some(Operand::Var(v)) = how.value() {
                        from.push(self.f.root(&Place::var(*v)));
                    }
                    from.extend(how.from().map(|p| self.f.root(p)));
                    self.define(root, &from, Update::Part, &mut after);
                }
                Kind::If { then, els, .. } => {
                    *then = self.block(then);
                    *els = self.block(els);
                }
                Kind::Match(m) => {
                    for arm in &mut m.arms {
                        arm.body = self.block(&arm.body);
                    }
                }
                Kind::Loop(l) => {
                    self.loops += 1;
                    l.body = self.block(&l.body);
                    self.loops -= 1;
                }
                Kind::Watch(v, n) => {
                    self.watch(*v, *n, before != Some(*n), &mut after);
                    watched = Some(*n);
                }
                Kind::Scope(_, _, body) => *body = self.block(body),
                _ => {}
            }
            let span = stmt.span;
            result.push(stmt);
            result.extend(after.into_iter().map(|t| Stmt::raw(t, span)));
        }
        result
    }
}

#[derive(Clone, Copy)]
enum Update {
    New,
    Whole,
    Part,
}
