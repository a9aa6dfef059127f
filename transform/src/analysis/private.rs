//! Loops whose trips have nothing to do with each other but one sum that they all add to: a trip of such a loop can
//! be reversed as soon as it has run.
//!
//! What a trip writes, and what lives longer than the trip, must be written in each trip before it is read, and not
//! be read behind the loop: it is the trip's *private* memory (Tu & Padua, Automatic array privatization, 1993).

use super::activity::{Activity, is_active_call};
use super::leaving::may_leave;
use crate::ir::*;
use crate::ty::{Scalar, Ty};
use std::collections::{BTreeSet, HashMap};

/// The loops of this kind in the function's own scope, each with the sum.
pub fn independent(f: &Function, activity: &Activity) -> HashMap<ScopeId, VarId> {
    let mut out = HashMap::new();
    for (n, stmt) in f.body.iter().enumerate() {
        if let Kind::Loop(l) = &stmt.kind
            && let Some(sum) = sum_of(f, activity, l, &f.body[..n], &f.body[n + 1..])
        {
            out.insert(l.id, sum);
        }
    }
    out
}

fn sum_of(
    f: &Function,
    activity: &Activity,
    l: &Loop,
    before: &[Stmt],
    behind: &[Stmt],
) -> Option<VarId> {
    if !matches!(l.head, Head::For(_)) || l.body.iter().any(may_leave) {
        return None;
    }
    if !is_deep(f, activity, &l.body) {
        return None;
    }
    let mut written = BTreeSet::new();
    writes(f, &l.body, &mut written);
    let mut own = BTreeSet::new();
    defines(&l.body, &mut own);
    let active = written
        .into_iter()
        .filter(|v| activity.is_active(*v) && !own.contains(v));
    let mut sum = None;
    for root in active {
        let var = &f.vars[root];
        if f.params.iter().any(|p| p.var == root) || matches!(var.ty, Ty::Ref(..)) {
            return None;
        }
        if is_sum(f, root, &l.body) {
            // Its slope is one number only if there is one sum.
            let scalar = matches!(&var.ty, Ty::Float(s) if !matches!(s, Scalar::Param(_)));
            if !scalar || sum.replace(root).is_some() {
                return None;
            }
            continue;
        }
        let element = match &var.ty {
            Ty::Float(_) => true,
            ty if ty.is_sequence() => ty.element().is_float(),
            _ => false,
        };
        let private = Private {
            f,
            root,
            length: length_of(f, root, before),
        };
        let is_read_behind = behind.iter().any(|s| private.mentions(s));
        if !element || is_read_behind || private.block(&l.body, false).is_none() {
            return None;
        }
    }
    sum
}

/// Whether reversing a trip takes more than a few numbers: it has a loop or a call in it.
fn is_deep(f: &Function, activity: &Activity, block: &Block) -> bool {
    block.iter().any(|s| match &s.kind {
        Kind::Loop(_) => true,
        Kind::Let(v, Expr::Call(_, args)) => is_active_call(f, activity, *v, args),
        _ => s.blocks().into_iter().any(|b| is_deep(f, activity, b)),
    })
}

/// The variables that a block defines.
fn defines(block: &Block, out: &mut BTreeSet<VarId>) {
    for stmt in block {
        match &stmt.kind {
            Kind::Let(v, _) | Kind::Declare(v) | Kind::Alias(v, _) | Kind::Bind(v, _) => {
                out.insert(*v);
            }
            _ => stmt.blocks().into_iter().for_each(|b| defines(b, out)),
        }
    }
}

/// The roots of what a block may write.
fn writes(f: &Function, block: &Block, out: &mut BTreeSet<VarId>) {
    let opaque = |o: &Opaque, out: &mut BTreeSet<VarId>| {
        out.extend(o.writes.iter().map(|v| f.root(&Place::var(*v))));
    };
    for stmt in block {
        match &stmt.kind {
            Kind::Assign(p, _) | Kind::Update(p, ..) | Kind::Fill(p, _) | Kind::Resize(p, _) => {
                out.insert(f.root(p));
            }
            Kind::Swap(p, kind) => {
                out.insert(f.root(p));
                if let SwapKind::With(q, _) = kind {
                    out.insert(f.root(q));
                }
            }
            Kind::CopySlice { to, .. } => drop(out.insert(f.root(to))),
            Kind::Opaque(o) | Kind::Refused(o, _) => opaque(o, out),
            Kind::Loop(Loop {
                head: Head::While(o),
                ..
            }) => opaque(o, out),
            _ => {}
        }
        if let Kind::Resize(_, Resize::Append(from, ..)) = &stmt.kind {
            out.insert(f.root(from));
        }
        if let Some(e) = expression(stmt) {
            match e {
                Expr::Call(_, args) => {
                    out.extend(super::activity::changed(f, args));
                    for arg in args {
                        if let Arg::Closure(l, _) = arg {
                            out.extend(l.captures.iter().map(|v| f.root(&Place::var(*v))));
                        }
                    }
                }
                Expr::Removed(p, _) => drop(out.insert(f.root(p))),
                Expr::Opaque(o) | Expr::Refused(o, _) => opaque(o, out),
                _ => {}
            }
        }
        stmt.blocks().into_iter().for_each(|b| writes(f, b, out));
    }
}

fn expression(stmt: &Stmt) -> Option<&Expr> {
    match &stmt.kind {
        Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => Some(e),
        _ => None,
    }
}

/// Whether a block does nothing with a variable but add to it as a whole.
fn is_sum(f: &Function, root: VarId, block: &Block) -> bool {
    let private = Private {
        f,
        root,
        length: None,
    };
    block.iter().all(|s| match &s.kind {
        Kind::Update(p, BinOp::Add | BinOp::Sub, e)
            if p.base == root && p.path.is_empty() && f.vars[root].alias.is_none() =>
        {
            !private.expr(e)
        }
        Kind::If { .. } | Kind::Match(_) | Kind::Loop(_) | Kind::Scope(..) => {
            !private.head(s) && s.blocks().into_iter().all(|b| is_sum(f, root, b))
        }
        _ => !private.mentions(s),
    })
}

/// How the number of elements of a sequence is spelled, where that is known.
fn length_of(f: &Function, root: VarId, before: &[Stmt]) -> Option<String> {
    let made = before.iter().find_map(|s| match &s.kind {
        Kind::Let(v, Expr::Repeat(_, n, reads, _)) if *v == root => Some((n, reads)),
        _ => None,
    });
    let (n, reads) = made?;
    let fixed = |v: &VarId| !f.vars[*v].mutable;
    let is_resized = before.iter().any(|s| resizes(f, s, root));
    (reads.iter().all(fixed) && !is_resized).then(|| n.to_string())
}

fn resizes(f: &Function, stmt: &Stmt, root: VarId) -> bool {
    let here = match &stmt.kind {
        Kind::Resize(p, how) => {
            f.root(p) == root || how.from().is_some_and(|from| f.root(from) == root)
        }
        Kind::Let(v, _) => *v != root && may_write(f, stmt, root),
        Kind::Assign(p, _) => f.root(p) == root && f.resolve(p).path.is_empty(),
        _ => {
            stmt.blocks().into_iter().next().is_none()
                && may_write(f, stmt, root)
                && !is_element_write(f, stmt)
        }
    };
    here || stmt
        .blocks()
        .into_iter()
        .any(|b| b.iter().any(|s| resizes(f, s, root)))
}

fn is_element_write(f: &Function, stmt: &Stmt) -> bool {
    match &stmt.kind {
        Kind::Update(p, ..) => !f.resolve(p).path.is_empty(),
        Kind::Fill(..) | Kind::CopySlice { .. } => true,
        _ => false,
    }
}

fn may_write(f: &Function, stmt: &Stmt, root: VarId) -> bool {
    let mut out = BTreeSet::new();
    writes(f, &vec![stmt.clone()], &mut out);
    out.contains(&root)
}

/// The question whether one variable's memory is written in each trip before it is read.
struct Private<'a> {
    f: &'a Function,
    root: VarId,
    length: Option<String>,
}

impl Private<'_> {
    /// Whether all of it is written at the end, if so much is at the start; `None` if something is read before.
    fn block(&self, block: &[Stmt], mut full: bool) -> Option<bool> {
        for stmt in block {
            full = self.stmt(stmt, full)?;
        }
        Some(full)
    }

    fn stmt(&self, stmt: &Stmt, full: bool) -> Option<bool> {
        if full || !self.mentions(stmt) {
            return Some(full);
        }
        match &stmt.kind {
            Kind::Assign(p, e) if self.is_root(p) => {
                let whole = self.f.resolve(p).path.is_empty();
                (!self.expr(e) && !self.indices(p)).then_some(whole)
            }
            Kind::Fill(p, _) if self.is_root(p) && !self.indices(p) => {
                Some(self.f.resolve(p).path.is_empty())
            }
            Kind::CopySlice { to, from } if self.is_root(to) => {
                let whole = self.f.resolve(to).path.is_empty();
                (!self.place(from) && !self.indices(to)).then_some(whole)
            }
            Kind::If { then, els, .. } => {
                let then = self.block(then, false)?;
                Some(self.block(els, false)? && then)
            }
            Kind::Match(m) if !self.head(stmt) => {
                let mut all = true;
                for arm in &m.arms {
                    all &= self.block(&arm.body, false)?;
                }
                Some(all)
            }
            Kind::Scope(_, _, b) => {
                let full = self.block(b, false)?;
                Some(full && !b.iter().any(may_leave))
            }
            Kind::Loop(l) if !self.head(stmt) => {
                if self.covers(l).is_some() {
                    return Some(true);
                }
                // It may have no trips, and one trip's writes are not the next one's.
                self.block(&l.body, false).map(|_| false)
            }
            _ => None,
        }
    }

    /// A loop that writes every element, each in its own trip and before it reads it.
    fn covers(&self, l: &Loop) -> Option<()> {
        let Head::For(h) = &l.head else { return None };
        if l.body.iter().any(may_leave) {
            return None;
        }
        let index = self.index_over_all(h)?;
        let is_own = |p: &Place| {
            let p = self.f.resolve(p);
            let [.., Proj::Index(Operand::Var(i))] = p.path.as_slice() else {
                return false;
            };
            let derefs = &p.path[..p.path.len() - 1];
            p.base == self.root && *i == index && derefs.is_empty()
        };
        let mut written = false;
        for stmt in &l.body {
            match &stmt.kind {
                Kind::Assign(p, e) if is_own(p) => {
                    if self.expr(e) && !written {
                        return None;
                    }
                    written = true;
                }
                // A later read of the same element.
                Kind::Let(_, Expr::Load(p)) if written && is_own(p) => {}
                Kind::Update(p, _, e) if written && is_own(p) && !self.expr(e) => {}
                _ if !self.mentions(stmt) => {}
                _ => return None,
            }
        }
        written.then_some(())
    }

    /// The integer that runs from zero to the sequence's length.
    fn index_over_all(&self, h: &For) -> Option<VarId> {
        if let Some([place]) = h.length.as_deref()
            && self.f.resolve(place).path.is_empty()
            && self.is_root(place)
        {
            return Some(h.counter);
        }
        let length = self.length.as_ref()?;
        let (Backward::Reversed(i) | Backward::Counter(i)) = &h.backward else {
            return None;
        };
        let range: syn::ExprRange = syn::parse2(h.iter.clone()).ok()?;
        let (Some(start), Some(end)) = (&range.start, &range.end) else {
            return None;
        };
        let text = |e: &syn::Expr| quote::ToTokens::to_token_stream(e).to_string();
        let half_open = matches!(range.limits, syn::RangeLimits::HalfOpen(_));
        let fixed = h.reads.iter().all(|v| !self.f.vars[*v].mutable);
        (half_open && fixed && text(start) == "0" && text(end) == *length).then_some(*i)
    }

    fn is_root(&self, p: &Place) -> bool {
        self.f.root(p) == self.root
    }

    fn variable(&self, v: VarId) -> bool {
        self.f.root(&Place::var(v)) == self.root
    }

    fn operand(&self, o: &Operand) -> bool {
        matches!(o, Operand::Var(v) if self.variable(*v))
    }

    fn indices(&self, p: &Place) -> bool {
        self.f.resolve(p).path.iter().any(|step| match step {
            Proj::Index(o) | Proj::FromEnd(o) => self.operand(o),
            Proj::Range(a, b, _) => a.iter().chain(b).any(|o| self.operand(o)),
            Proj::At(_, reads) | Proj::Span(_, reads) => reads.iter().any(|v| self.variable(*v)),
            _ => false,
        })
    }

    fn place(&self, p: &Place) -> bool {
        self.is_root(p) || self.indices(p)
    }

    fn opaque(&self, o: &Opaque) -> bool {
        o.reads.iter().chain(&o.writes).any(|v| self.variable(*v))
    }

    /// Whether an expression has to do with the memory.
    fn expr(&self, e: &Expr) -> bool {
        let all = |es: &[Expr]| es.iter().any(|e| self.expr(e));
        match e {
            Expr::Use(o) => self.operand(o),
            Expr::Load(p) | Expr::Copy(p, _) => self.place(p),
            Expr::Neg(a) | Expr::Cast(a, _) | Expr::Wrap(a, _) => self.expr(a),
            Expr::Repeat(a, _, reads, _) => self.expr(a) || reads.iter().any(|v| self.variable(*v)),
            Expr::Binary(_, a, b) => self.expr(a) || self.expr(b),
            Expr::Method(recv, _, args) => self.expr(recv) || all(args),
            Expr::Helper(_, args) | Expr::Tuple(args) | Expr::Array(args, _) => all(args),
            Expr::Build(b) => {
                let parts = b.parts.iter().map(|(_, e)| e);
                parts.chain(&b.base).any(|e| self.expr(e))
            }
            Expr::Call(_, args) => args.iter().any(|a| match a {
                Arg::Value(o) => self.operand(o),
                Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => self.place(p),
                Arg::Function(v, _) => self.variable(*v),
                Arg::Closure(l, _) => l.captures.iter().any(|v| self.variable(*v)),
            }),
            Expr::Removed(p, how) => self.place(p) || how.value().is_some_and(|o| self.operand(o)),
            Expr::Opaque(o) | Expr::Refused(o, _) => self.opaque(o),
            Expr::Restore(v) => self.variable(*v),
            Expr::Raw(tokens, reads) => {
                reads.iter().any(|v| self.variable(*v)) || self.is_spelled(tokens)
            }
        }
    }

    fn is_spelled(&self, tokens: &proc_macro2::TokenStream) -> bool {
        let name = self.f.vars[self.root].ident.to_string();
        fn find(tokens: proc_macro2::TokenStream, name: &str) -> bool {
            tokens.into_iter().any(|t| match t {
                proc_macro2::TokenTree::Ident(i) => i == name,
                proc_macro2::TokenTree::Group(g) => find(g.stream(), name),
                _ => false,
            })
        }
        find(tokens.clone(), &name)
    }

    /// Whether what a statement asks before it goes on has to do with the memory.
    fn head(&self, stmt: &Stmt) -> bool {
        match &stmt.kind {
            Kind::If { cond, .. } => self.operand(cond),
            Kind::Match(m) => m.reads.iter().any(|v| self.variable(*v)),
            Kind::Loop(l) => match &l.head {
                Head::Forever => false,
                Head::While(o) => self.opaque(o),
                Head::For(h) => {
                    // To run through its own elements asks for its length; they are read where they are bound.
                    h.reads.iter().any(|v| self.variable(*v))
                        && !matches!(h.length.as_deref(), Some([p]) if self.is_root(p))
                }
            },
            _ => false,
        }
    }

    /// Whether a statement has to do with the memory, in any way.
    fn mentions(&self, stmt: &Stmt) -> bool {
        let here = match &stmt.kind {
            Kind::Let(_, e) => self.expr(e),
            Kind::Assign(p, e) | Kind::Update(p, _, e) | Kind::Accumulate(p, e) => {
                self.place(p) || self.expr(e)
            }
            // A name for a place reads nothing.
            Kind::Declare(_) | Kind::Alias(..) | Kind::Exit { .. } => false,
            Kind::Bind(_, place) => place.as_ref().is_some_and(|p| self.place(p)),
            Kind::Destructure(_, v) => self.variable(*v),
            Kind::Swap(p, kind) => {
                self.place(p)
                    || match kind {
                        SwapKind::Elements(a, b) => self.operand(a) || self.operand(b),
                        SwapKind::With(q, _) => self.place(q),
                    }
            }
            Kind::Fill(p, o) => self.place(p) || self.operand(o),
            Kind::CopySlice { to, from } => self.place(to) || self.place(from),
            Kind::Resize(p, how) => {
                self.place(p)
                    || how.value().is_some_and(|o| self.operand(o))
                    || how.from().is_some_and(|from| self.place(from))
            }
            Kind::Opaque(o) | Kind::Refused(o, _) => self.opaque(o),
            Kind::Raw(tokens) | Kind::Check(tokens, _) => self.is_spelled(tokens),
            Kind::Save(v, _) | Kind::Watch(v, _) => self.variable(*v),
            Kind::Observe(_) => true,
            Kind::If { .. } | Kind::Match(_) | Kind::Loop(_) | Kind::Scope(..) => self.head(stmt),
        };
        here || stmt
            .blocks()
            .into_iter()
            .any(|b| b.iter().any(|s| self.mentions(s)))
    }
}
