//! References that are exchanged, as the two buffers of a stencil are:
//! `let (mut a, mut b) = (&mut u[..], &mut v[..]);` … `std::mem::swap(&mut a, &mut b);`
//!
//! Which memory such a reference leads to depends on how often they were exchanged. So each becomes a vector or a value
//! of its own, made from what it refers to at first; these are exchanged, and at the end each goes back to where its
//! reference led by then. A number beside each says where that is.

mod seen;
mod uses;

use super::chain::{is_place, peel};
use super::tainted::Tainted;
use crate::names::{self, Names};
use quote::ToTokens;
use seen::{Leaves, Seen};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident, Pat, Stmt, Type, parse_quote};
use uses::Uses;

/// Spells them out. Gives whether there were any. Names are unique here.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut swaps = Swaps::default();
    let mut block = item.block.clone();
    ByHand.visit_block_mut(&mut block);
    swaps.visit_block(&block);
    let mut changed = false;
    for group in swaps.groups {
        if !group.iter().any(|name| tainted.has(&name.to_string())) {
            continue;
        }
        let mut whole = item.clone();
        ByHand.visit_block_mut(&mut whole.block);
        if own(&mut whole, &group).is_some() {
            *item = whole;
            changed = true;
        }
    }
    changed
}

/// `let t = a; a = b; b = t;` as `(a, b) = (b, a);`
struct ByHand;

impl VisitMut for ByHand {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let mut at = 0;
        while let Some([keep, over, last]) = block.stmts.get(at..at + 3) {
            if let Some((a, b)) = by_hand(keep, over, last) {
                block.stmts.drain(at + 1..at + 3);
                block.stmts[at] = parse_quote!((#a, #b) = (#b, #a););
            }
            at += 1;
        }
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn by_hand(keep: &Stmt, over: &Stmt, last: &Stmt) -> Option<(Ident, Ident)> {
    let Stmt::Local(local) = keep else {
        return None;
    };
    let Pat::Ident(t) = &local.pat else {
        return None;
    };
    let a = variable(&local.init.as_ref()?.expr)?;
    let assigned = |stmt: &Stmt| match stmt {
        Stmt::Expr(Expr::Assign(e), Some(_)) => Some((variable(&e.left)?, variable(&e.right)?)),
        _ => None,
    };
    let ((to, b), (other, from)) = (assigned(over)?, assigned(last)?);
    (to == a && other == b && from == t.ident).then_some((a, b))
}

fn variable(e: &Expr) -> Option<Ident> {
    match peel(e) {
        Expr::Path(p) => p.path.get_ident().cloned(),
        _ => None,
    }
}

/// The variables that are exchanged with each other.
#[derive(Default)]
struct Swaps {
    groups: Vec<Vec<Ident>>,
}

impl Swaps {
    fn join(&mut self, names: Vec<Ident>) {
        let mut joined = names;
        self.groups.retain_mut(|group| {
            let meets = group.iter().any(|name| joined.contains(name));
            if meets {
                let more = group.drain(..).filter(|name| !joined.contains(name));
                let more: Vec<Ident> = more.collect();
                joined.extend(more);
            }
            !meets
        });
        self.groups.push(joined);
    }
}

impl<'ast> Visit<'ast> for Swaps {
    fn visit_expr(&mut self, e: &'ast Expr) {
        if let Some((to, _)) = exchange(e) {
            self.join(to);
        }
        visit::visit_expr(self, e);
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// `std::mem::swap(&mut a, &mut b)` or `(a, b) = (b, a)`: the variables, and what each of them gets.
fn exchange(e: &Expr) -> Option<(Vec<Ident>, Vec<Ident>)> {
    match e {
        Expr::Call(c) => {
            let Expr::Path(p) = peel(&c.func) else {
                return None;
            };
            if !matches!(names::of_path(&p.path).as_slice(), [.., module, f] if module == "mem" && f == "swap")
            {
                return None;
            }
            let of = |e: &Expr| match peel(e) {
                Expr::Reference(r) if r.mutability.is_some() => variable(&r.expr),
                _ => None,
            };
            let both: Option<Vec<Ident>> = c.args.iter().map(of).collect();
            let [a, b] = <[Ident; 2]>::try_from(both?).ok()?;
            (a != b).then(|| (vec![a.clone(), b.clone()], vec![b, a]))
        }
        Expr::Assign(a) => {
            let (Expr::Tuple(to), Expr::Tuple(from)) = (peel(&a.left), peel(&a.right)) else {
                return None;
            };
            let all = |t: &syn::ExprTuple| -> Option<Vec<Ident>> {
                t.elems.iter().map(variable).collect()
            };
            let (to, from) = (all(to)?, all(from)?);
            let same = to.len() == from.len() && to.iter().all(|name| from.contains(name));
            let once = (0..to.len()).all(|n| !to[..n].contains(&to[n]));
            (same && once && to.len() > 1).then_some((to, from))
        }
        _ => None,
    }
}

/// What a reference leads to at first.
struct Root {
    place: Expr,
    /// A part of a sequence, or a value as a whole.
    is_slice: bool,
    exclusive: bool,
    /// The type of the vector, where the reference's is written.
    ty: Option<Type>,
}

/// Makes the variables own what they lead to, if everything about them is understood.
fn own(item: &mut syn::ItemFn, group: &[Ident]) -> Option<()> {
    let mut names = Names::of(item.to_token_stream());
    let from_params: Option<Vec<Root>> = group.iter().map(|name| parameter(item, name)).collect();
    let mut apart = Apart {
        group,
        names: &mut names,
        params: item.sig.inputs.iter().filter_map(slice_parameter).collect(),
        item: item.block.clone(),
        done: false,
    };
    match from_params {
        Some(roots) => {
            let stmts = std::mem::take(&mut item.block.stmts);
            item.block.stmts = apart.written(roots, Vec::new(), stmts, true)?;
        }
        None => {
            apart.visit_block_mut(&mut item.block);
            if !apart.done {
                return None;
            }
        }
    }
    Some(())
}

/// A parameter `mut a: &mut [f64]` of that name.
fn parameter(item: &syn::ItemFn, name: &Ident) -> Option<Root> {
    let param = item.sig.inputs.iter().find_map(|input| match input {
        syn::FnArg::Typed(p) => match &*p.pat {
            Pat::Ident(i) if i.ident == *name => Some(p),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    })?;
    let Type::Reference(r) = &*param.ty else {
        return None;
    };
    let is_slice = matches!(&*r.elem, Type::Slice(_));
    Some(Root {
        place: match is_slice {
            true => parse_quote!(#name),
            false => parse_quote!(*#name),
        },
        is_slice,
        exclusive: r.mutability.is_some(),
        ty: owned_type(&param.ty),
    })
}

/// `Vec<T>` for `&mut [T]`.
fn owned_type(ty: &Type) -> Option<Type> {
    let Type::Reference(r) = ty else { return None };
    match &*r.elem {
        Type::Slice(s) => {
            let elem = &s.elem;
            Some(parse_quote!(__rt::Vec<#elem>))
        }
        Type::Infer(_) => None,
        ty => Some(ty.clone()),
    }
}

/// The name of a parameter that is a slice, and whether it is exclusive.
fn slice_parameter(input: &syn::FnArg) -> Option<(Ident, bool, Option<Type>)> {
    let syn::FnArg::Typed(p) = input else {
        return None;
    };
    match (&*p.pat, &*p.ty) {
        (Pat::Ident(i), Type::Reference(r)) if matches!(&*r.elem, Type::Slice(_)) => {
            Some((i.ident.clone(), r.mutability.is_some(), owned_type(&p.ty)))
        }
        _ => None,
    }
}

struct Apart<'a> {
    group: &'a [Ident],
    names: &'a mut Names,
    /// The parameters that are slices.
    params: Vec<(Ident, bool, Option<Type>)>,
    /// The function as it was, in which uses are counted.
    item: Box<syn::Block>,
    done: bool,
}

impl Apart<'_> {
    /// What a reference that is bound leads to.
    fn root(&self, e: &Expr, ty: Option<&Type>) -> Option<Root> {
        let ty = ty.and_then(owned_type);
        match peel(e) {
            Expr::Reference(r) => {
                let is_slice = match peel(&r.expr) {
                    Expr::Index(i) => is_range(&i.index),
                    _ => false,
                };
                let base = match peel(&r.expr) {
                    Expr::Index(i) if is_slice => &i.expr,
                    e => e,
                };
                // A vector of its own is one also where the type that is written says slice.
                let is_slice = is_slice
                    || matches!(&ty, Some(Type::Path(p)) if p.path.segments.first().is_some_and(|s| s.ident == "__rt"));
                is_place(base).then(|| Root {
                    place: (*r.expr).clone(),
                    is_slice,
                    exclusive: r.mutability.is_some(),
                    ty,
                })
            }
            Expr::MethodCall(m) if m.args.is_empty() && is_place(&m.receiver) => {
                let exclusive = m.method == "as_mut_slice";
                (exclusive || m.method == "as_slice").then(|| Root {
                    place: (*m.receiver).clone(),
                    is_slice: true,
                    exclusive,
                    ty,
                })
            }
            Expr::Path(p) => {
                let name = p.path.get_ident()?;
                let (_, exclusive, of_param) = self.params.iter().find(|(n, ..)| n == name)?;
                Some(Root {
                    place: e.clone(),
                    is_slice: true,
                    exclusive: *exclusive,
                    ty: ty.or_else(|| of_param.clone()),
                })
            }
            _ => None,
        }
    }

    /// The variables of the group that a statement binds, with what they lead to; `before` gets what is evaluated once.
    fn bound(&mut self, stmt: &Stmt, before: &mut Vec<Stmt>) -> Option<Vec<(Ident, Root)>> {
        let Stmt::Local(local) = stmt else {
            return None;
        };
        let init = local.init.as_ref().filter(|i| i.diverge.is_none())?;
        let (pat, ty) = match &local.pat {
            Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
            pat => (pat, None),
        };
        let name = |pat: &Pat| match pat {
            Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {
                self.group.contains(&p.ident).then(|| p.ident.clone())
            }
            _ => None,
        };
        match (pat, peel(&init.expr)) {
            (Pat::Tuple(p), Expr::Tuple(t)) if p.elems.len() == t.elems.len() => {
                let pairs = p.elems.iter().zip(&t.elems);
                pairs
                    .map(|(p, e)| Some((name(p)?, self.root(e, None)?)))
                    .collect()
            }
            (Pat::Tuple(p), Expr::MethodCall(m))
                if m.method == "split_at_mut" && m.args.len() == 1 && is_place(&m.receiver) =>
            {
                let [a, b] = Vec::from_iter(&p.elems).try_into().ok()?;
                let (a, b) = (name(a)?, name(b)?);
                let middle = self.names.fresh("middle");
                let (of, at) = (&m.receiver, &m.args[0]);
                before.push(parse_quote!(let #middle: usize = #at;));
                let root = |place: Expr| Root {
                    place,
                    is_slice: true,
                    exclusive: true,
                    ty: None,
                };
                Some(vec![
                    (a, root(parse_quote!(#of[..#middle]))),
                    (b, root(parse_quote!(#of[#middle..]))),
                ])
            }
            (pat, e) => Some(vec![(name(pat)?, self.root(e, ty)?)]),
        }
    }

    /// The block that binds the whole group.
    fn in_block(&mut self, stmts: Vec<Stmt>) -> Result<Vec<Stmt>, Vec<Stmt>> {
        let as_it_was = stmts.clone();
        let mut roots: Vec<(Ident, Root)> = Vec::new();
        let (mut head, mut between) = (Vec::new(), Vec::new());
        let mut stmts = stmts.into_iter();
        while roots.len() < self.group.len() {
            let Some(stmt) = stmts.next() else {
                return Err(as_it_was);
            };
            let mut before = Vec::new();
            match self.bound(&stmt, &mut before) {
                Some(bound) => {
                    head.extend(before);
                    roots.extend(bound);
                }
                None if roots.is_empty() => head.push(stmt),
                None => between.push(stmt),
            }
        }
        // What stands between the definitions comes after them.
        let meets = |stmt: &Stmt| {
            let mut bases = roots.iter().filter_map(|(_, root)| base(&root.place));
            bases.any(|base| names::mentions(&stmt.to_token_stream(), &base))
        };
        if between.iter().any(meets) {
            return Err(as_it_was);
        }
        let mut sorted = Vec::new();
        for name in self.group {
            match roots.iter().position(|(n, _)| n == name) {
                Some(at) => sorted.push(roots.swap_remove(at).1),
                None => return Err(as_it_was),
            }
        }
        let rest = between.into_iter().chain(stmts).collect();
        let written = self.written(sorted, head, rest, false);
        written.ok_or(as_it_was)
    }

    /// The definitions, what follows them, and what goes back.
    fn written(
        &mut self,
        roots: Vec<Root>,
        mut head: Vec<Stmt>,
        mut rest: Vec<Stmt>,
        of_params: bool,
    ) -> Option<Vec<Stmt>> {
        let first = roots.first()?;
        let (is_slice, exclusive) = (first.is_slice, first.exclusive);
        let alike = |r: &Root| r.is_slice == is_slice && r.exclusive == exclusive;
        if !roots.iter().all(alike) {
            return None;
        }
        let bases: Option<Vec<Ident>> = roots.iter().map(|r| base(&r.place)).collect();
        let bases = bases?;
        let goes_back = exclusive && bases.iter().any(|b| of_params || self.is_seen(b, &bases));
        let mut variables = Vec::new();
        for (name, root) in self.group.iter().zip(&roots) {
            let own = match of_params {
                true => self.names.fresh(&name.to_string()),
                false => name.clone(),
            };
            let (place, ty) = (&root.place, root.ty.iter());
            let value: Expr = match is_slice {
                true => parse_quote!(#place.to_vec()),
                false => parse_quote!((#place).clone()),
            };
            head.push(parse_quote!(let mut #own #(: #ty)* = #value;));
            variables.push(own);
        }
        let places: Vec<Ident> = match goes_back {
            true => {
                let place = |own: &Ident| self.names.fresh(&format!("{own}_at"));
                variables.iter().map(place).collect()
            }
            false => Vec::new(),
        };
        for (n, at) in places.iter().enumerate() {
            head.push(parse_quote!(let mut #at: usize = #n;));
        }
        let met = |stmt: &Stmt| {
            self.group
                .iter()
                .any(|g| names::mentions(&stmt.to_token_stream(), g))
        };
        let last = rest.iter().rposition(met)?;
        let tail = rest.split_off(last + 1);
        let variable = self.group.iter().map(ToString::to_string);
        let mut uses = Uses {
            own: variable.zip(variables.iter().cloned().zip(0..)).collect(),
            places: &places,
            is_slice,
            exclusive,
            names: self.names,
            understood: true,
        };
        rest.iter_mut().for_each(|stmt| uses.visit_stmt_mut(stmt));
        if !uses.understood {
            return None;
        }
        if goes_back {
            let mut leaves = Leaves::default();
            rest.iter().for_each(|stmt| leaves.visit_stmt(stmt));
            let meets_base = |stmt: &Stmt| {
                let tokens = stmt.to_token_stream();
                !of_params && bases.iter().any(|b| names::mentions(&tokens, b))
            };
            if leaves.any || rest.iter().any(meets_base) {
                return None;
            }
            let result = match rest.pop() {
                Some(Stmt::Expr(value, None)) => {
                    let result = self.names.fresh("result");
                    rest.push(parse_quote!(let #result = #value;));
                    Some(result)
                }
                last => {
                    rest.extend(last);
                    None
                }
            };
            for (own, at) in variables.iter().zip(&places) {
                rest.push(back(own, at, &roots));
            }
            if let Some(result) = result {
                rest.push(Stmt::Expr(parse_quote!(#result), None));
            }
        }
        head.extend(rest);
        head.extend(tail);
        Some(head)
    }

    /// Whether what the references lead to at first is looked at afterwards, as far as this shows.
    fn is_seen(&self, base: &Ident, bases: &[Ident]) -> bool {
        let mut seen = Seen {
            name: base,
            made_here: false,
            uses: 0,
        };
        seen.visit_block(&self.item);
        let own = bases.iter().filter(|b| *b == base).count();
        !seen.made_here || seen.uses > own
    }
}

/// The assignment of a variable's content to where it leads.
fn back(own: &Ident, at: &Ident, roots: &[Root]) -> Stmt {
    let to = |root: &Root| -> Stmt {
        let place = &root.place;
        match root.is_slice {
            true => parse_quote!(#place.clone_from_slice(&#own);),
            false => parse_quote!(#place = #own.clone();),
        }
    };
    let mut all: Option<Expr> = None;
    for (n, root) in roots.iter().enumerate().rev() {
        let store = to(root);
        all = Some(match all {
            None => parse_quote!({ #store }),
            Some(others) => parse_quote!(if #at == #n { #store } else #others),
        });
    }
    match all {
        Some(e) => Stmt::Expr(e, Some(Default::default())),
        None => parse_quote!({}),
    }
}

impl VisitMut for Apart<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        if self.done {
            return;
        }
        let stmts = std::mem::take(&mut block.stmts);
        block.stmts = match self.in_block(stmts) {
            Ok(stmts) => {
                self.done = true;
                stmts
            }
            Err(stmts) => stmts,
        };
        visit_mut::visit_block_mut(self, block);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn is_range(e: &Expr) -> bool {
    matches!(peel(e), Expr::Range(r) if r.start.iter().chain(&r.end).all(|e| matches!(**e, Expr::Lit(_))))
}

/// The variable that a place begins with.
fn base(place: &Expr) -> Option<Ident> {
    match peel(place) {
        Expr::Path(p) => p.path.get_ident().cloned(),
        Expr::Field(f) => base(&f.base),
        Expr::Index(i) => base(&i.expr),
        Expr::Unary(u) => base(&u.expr),
        _ => None,
    }
}
