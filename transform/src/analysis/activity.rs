//! Activity: a variable is *varied* if it depends on an input, *useful* if the result depends on it, and
//! carries a derivative only if it is both (Griewank & Walther, Evaluating Derivatives, §6.2).
//!
//! Both are reachability in one graph, whose edges are the differentiable dependences between variables.

use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::rules;
use crate::ty::Ty;

/// The answer, by variable.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Depends on an input.
    pub varied: Vec<bool>,
    /// The result depends on it.
    pub useful: Vec<bool>,
}

impl Activity {
    /// Whether the variable carries a derivative from an input to the result.
    pub fn is_active(&self, v: VarId) -> bool {
        self.varied.get(v).copied().unwrap_or(false) && self.useful.get(v).copied().unwrap_or(false)
    }
}

/// Everything that the graph is made of.
#[derive(Default)]
pub(super) struct Graph {
    edges: Vec<(VarId, VarId)>,
    /// Arguments of a call, and what it can change besides its result.
    calls: Vec<(Vec<VarId>, Vec<VarId>, VarId)>,
    /// Locals that are inputs of their own.
    watched: Vec<VarId>,
}

/// The variables whose derivative an expression passes on.
pub fn sources(f: &Function, e: &Expr) -> Vec<VarId> {
    let mut out = Vec::new();
    collect(f, e, &mut out);
    out.sort_unstable();
    out.dedup();
    out
}

fn collect(f: &Function, e: &Expr, out: &mut Vec<VarId>) {
    let place = |p: &Place, out: &mut Vec<VarId>| {
        if !f.place_ty(p).is_constant() {
            out.push(f.root(p));
        }
    };
    match e {
        Expr::Use(Operand::Var(v)) => out.push(f.root(&Place::var(*v))),
        Expr::Use(Operand::Lit(_)) | Expr::Opaque(_) | Expr::Raw(..) | Expr::Restore(_) => {}
        Expr::Load(p) | Expr::Copy(p, _) => place(p, out),
        Expr::Neg(a) | Expr::Cast(a, _) | Expr::Repeat(a, ..) | Expr::Wrap(a, _) => {
            collect(f, a, out)
        }
        Expr::Binary(_, a, b) => {
            collect(f, a, out);
            collect(f, b, out);
        }
        Expr::Method(recv, name, args) => {
            let Some(rule) = rules::find(&name.to_string()) else {
                return;
            };
            for (n, (arg, e)) in rule
                .args
                .iter()
                .zip(std::iter::once(&**recv).chain(args))
                .enumerate()
            {
                if rule.partials.iter().any(|(of, _)| *of == rule.args[n].name) && arg.tangent {
                    collect(f, e, out);
                }
            }
        }
        Expr::Build(b) => {
            let parts = b.parts.iter().map(|(_, e)| e);
            parts.chain(&b.base).for_each(|e| collect(f, e, out));
        }
        Expr::Helper(_, args) | Expr::Tuple(args) | Expr::Array(args, _) => {
            args.iter().for_each(|a| collect(f, a, out));
        }
        Expr::Call(_, args) => {
            for arg in args {
                match arg {
                    Arg::Value(Operand::Var(v)) => out.push(f.root(&Place::var(*v))),
                    Arg::Value(Operand::Lit(_)) => {}
                    Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => place(p, out),
                    Arg::Function(v, _) => out.push(*v),
                    Arg::Closure(l, _) => {
                        l.captures.iter().for_each(|v| place(&Place::var(*v), out))
                    }
                }
            }
        }
        Expr::Removed(p, _) => place(p, out),
        Expr::Refused(o, _) => out.extend(o.reads.iter().map(|v| f.root(&Place::var(*v)))),
    }
}

/// Whether a derivative flows through a call whose result is `v`.
pub fn is_active_call(f: &Function, activity: &Activity, v: VarId, args: &[Arg]) -> bool {
    let varied = args.iter().any(|a| match a {
        Arg::Value(Operand::Var(v)) => activity.varied[*v] && !f.vars[*v].ty.is_constant(),
        Arg::Value(Operand::Lit(_)) => false,
        Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => {
            activity.varied[f.root(p)] && !f.place_ty(p).is_constant()
        }
        Arg::Function(v, _) => activity.varied[*v],
        Arg::Closure(l, _) => l
            .captures
            .iter()
            .any(|v| activity.varied[f.root(&Place::var(*v))] && !f.vars[*v].ty.is_constant()),
    });
    let active = |v: VarId| activity.is_active(v) && !f.vars[v].ty.is_constant();
    varied && (active(v) || changed(f, args).into_iter().any(active))
}

/// What a call may change.
pub fn changed(f: &Function, args: &[Arg]) -> Vec<VarId> {
    args.iter()
        .filter_map(|a| match a {
            Arg::Exclusive(p, _) => Some(f.root(p)),
            Arg::Receiver(p) if f.may_be_changed(p) => Some(f.root(p)),
            _ => None,
        })
        .collect()
}

impl Graph {
    fn flow(&mut self, f: &Function, from: &[VarId], to: VarId) {
        if f.vars[to].ty.is_constant() {
            return;
        }
        for &v in from {
            if !f.vars[v].ty.is_constant() {
                self.edges.push((v, to));
            }
        }
    }

    fn define(&mut self, f: &Function, to: VarId, e: &Expr) {
        let from = sources(f, e);
        self.flow(f, &from, to);
        // What is written through a reference of unknown origin is written to what was borrowed for it.
        let borrows = match f.vars[to].ty {
            Ty::Ref(_, exclusive) => exclusive,
            Ty::Unknown => !f.vars[to].mutable,
            _ => false,
        };
        if let (Expr::Opaque(o) | Expr::Refused(o, _), true) = (e, borrows) {
            for w in &o.writes {
                self.flow(f, &[to], f.root(&Place::var(*w)));
            }
        }
        if let Expr::Call(_, args) = e {
            let changed = changed(f, args);
            for &c in &changed {
                self.flow(f, &from, c);
            }
            self.calls.push((from, changed, to));
        }
        if let Expr::Removed(p, how) = e
            && let Some(Operand::Var(v)) = how.value()
        {
            self.flow(f, &[f.root(&Place::var(*v))], f.root(p));
        }
    }

    pub(super) fn block(&mut self, f: &Function, block: &[Stmt]) {
        for stmt in block {
            match &stmt.kind {
                Kind::Let(v, e) => self.define(f, *v, e),
                Kind::Bind(v, Some(p)) => self.flow(f, &[f.root(p)], *v),
                Kind::Destructure(..)
                | Kind::Bind(_, None)
                | Kind::Declare(_)
                | Kind::Alias(..) => {}
                Kind::Assign(p, e) | Kind::Update(p, _, e) => self.define(f, f.root(p), e),
                Kind::Swap(a, SwapKind::With(b, _)) => {
                    self.flow(f, &[f.root(a)], f.root(b));
                    self.flow(f, &[f.root(b)], f.root(a));
                }
                Kind::Swap(_, SwapKind::Elements(..)) => {}
                Kind::Fill(p, Operand::Var(v)) => self.flow(f, &[*v], f.root(p)),
                Kind::Fill(..) => {}
                Kind::CopySlice { to, from } => self.flow(f, &[f.root(from)], f.root(to)),
                Kind::Resize(p, how) => {
                    if let Some(Operand::Var(v)) = how.value() {
                        self.flow(f, &[f.root(&Place::var(*v))], f.root(p));
                    }
                    if let Some(from) = how.from() {
                        self.flow(f, &[f.root(from)], f.root(p));
                    }
                }
                Kind::If { .. } | Kind::Match(_) | Kind::Loop(_) | Kind::Scope(..) => {
                    stmt.blocks().into_iter().for_each(|b| self.block(f, b));
                }
                Kind::Accumulate(..) | Kind::Save(..) => {}
                Kind::Exit { .. } | Kind::Opaque(_) | Kind::Refused(..) => {}
                Kind::Raw(_) | Kind::Check(..) | Kind::Observe(_) => {}
                Kind::Watch(v, _) => self.watched.push(*v),
            }
        }
    }

    pub(super) fn reach(&self, mut marked: Vec<bool>, backward: bool) -> Vec<bool> {
        loop {
            let mut changed = false;
            for &(a, b) in &self.edges {
                let (from, to) = if backward { (b, a) } else { (a, b) };
                if marked[from] && !marked[to] {
                    marked[to] = true;
                    changed = true;
                }
            }
            if !changed {
                return marked;
            }
        }
    }
}

/// Memory that the caller sees: parameters by `&mut`.
pub(super) fn is_output(param: &Param) -> bool {
    matches!(&param.ty, syn::Type::Reference(r) if r.mutability.is_some())
}

/// Solves for both, to a fixed point: what an active call changes has an adjoint even if nobody reads it.
pub fn analyse(f: &Function) -> Activity {
    solve(f, true)
}

/// Whether a function that was given as a parameter is asked for derivatives though it has none of its own: it is
/// called with something that depends on an input, or handed on beside it.
pub fn passes_derivatives(f: &Function, function: VarId) -> bool {
    let activity = solve(f, false);
    let varied = |v: VarId| activity.varied[f.root(&Place::var(v))];
    let mut found = false;
    each_stmt(&f.body, &mut |stmt| {
        let (Kind::Let(_, Expr::Call(_, args))
        | Kind::Assign(_, Expr::Call(_, args))
        | Kind::Update(_, _, Expr::Call(_, args))) = &stmt.kind
        else {
            return;
        };
        let uses = args.iter().any(|arg| match arg {
            Arg::Function(v, _) => *v == function,
            Arg::Closure(l, _) => l.captures.contains(&function),
            _ => false,
        });
        let depends = args.iter().any(|arg| match arg {
            Arg::Value(Operand::Var(v)) => varied(*v),
            Arg::Value(Operand::Lit(_)) | Arg::Function(..) => false,
            Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => varied(p.base),
            Arg::Closure(..) => true,
        });
        found |= uses && depends;
    });
    found
}

fn solve(f: &Function, functions: bool) -> Activity {
    let mut graph = Graph::default();
    graph.block(f, &f.body);
    let mut inputs = vec![false; f.vars.len()];
    let mut outputs = vec![false; f.vars.len()];
    outputs[f.ret] = !f.vars[f.ret].ty.is_constant();
    for p in &f.params {
        inputs[p.var] |= p.active || functions && p.is_differentiable_function();
        outputs[p.var] |= is_output(p) && !f.types.of(&p.ty).is_constant();
    }
    for v in &graph.watched {
        inputs[*v] |= !f.vars[*v].ty.is_constant();
    }
    let varied = graph.reach(inputs, false);
    loop {
        let useful = graph.reach(outputs.clone(), true);
        let mut again = false;
        for (from, changed, to) in &graph.calls {
            let active = from.iter().any(|v| varied[*v])
                && (useful[*to] || changed.iter().any(|c| useful[*c]));
            for c in changed
                .iter()
                .filter(|c| active && !useful[**c] && varied[**c])
            {
                outputs[*c] = true;
                again = true;
            }
        }
        if !again {
            return Activity { varied, useful };
        }
    }
}

/// Keeps the questions to the type checker that concern a derivative, and the ways into memory that carries one, and
/// drops the others.
pub fn settle_checks(block: &mut Block, ways: &[(VarId, VarId)], activity: &Activity) {
    block.retain_mut(|stmt| {
        match &mut stmt.kind {
            Kind::Check(tokens, v) => {
                let varied = activity.varied[*v];
                stmt.kind = Kind::Raw(std::mem::take(tokens));
                return varied;
            }
            Kind::Let(v, _) if let Some((_, root)) = ways.iter().find(|(way, _)| way == v) => {
                return activity.varied[*root];
            }
            _ => stmt
                .blocks_mut()
                .into_iter()
                .for_each(|b| settle_checks(b, ways, activity)),
        }
        true
    });
}

/// Errors for what is not understood and carries a derivative.
pub fn refusals(f: &Function, activity: &Activity) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    check(f, activity, &f.body, &mut out);
    out
}

fn check(f: &Function, activity: &Activity, block: &Block, out: &mut Vec<Diagnostic>) {
    let varied =
        |v: &VarId| activity.varied[f.root(&Place::var(*v))] && !f.vars[*v].ty.is_constant();
    let touches = |o: &Opaque, useful: bool| {
        (useful && o.reads.iter().any(varied)) || o.writes.iter().any(varied)
    };
    let expr = |e: &Expr, to: VarId, out: &mut Vec<Diagnostic>| match e {
        Expr::Call(_, args) if is_active_call(f, activity, to, args) => {
            for arg in args {
                if let Arg::Closure(lifted, _) = arg {
                    out.extend(lifted.diagnostics.iter().cloned());
                    let inner = crate::closure::with_activity(lifted, f, activity);
                    let inner_activity = analyse(&inner);
                    out.extend(refusals(&inner, &inner_activity));
                }
            }
        }
        Expr::Refused(o, d) if touches(o, activity.useful[to] && !f.vars[to].ty.is_constant()) => {
            out.push((**d).clone());
        }
        Expr::Opaque(o) if o.writes.iter().any(varied) => out.push(writes(o)),
        _ => {}
    };
    for stmt in block {
        match &stmt.kind {
            Kind::Let(v, e) => expr(e, *v, out),
            Kind::Assign(p, e) | Kind::Update(p, _, e) => expr(e, f.root(p), out),
            Kind::Refused(o, d) if touches(o, true) => out.push((**d).clone()),
            Kind::Opaque(o) if o.writes.iter().any(varied) => out.push(writes(o)),
            Kind::If { then, els, .. } => {
                check(f, activity, then, out);
                check(f, activity, els, out);
            }
            Kind::Match(m) => m.arms.iter().for_each(|a| check(f, activity, &a.body, out)),
            Kind::Loop(l) => {
                if let Head::While(o) = &l.head
                    && o.writes.iter().any(varied)
                {
                    out.push(writes(o));
                }
                check(f, activity, &l.body, out);
            }
            Kind::Scope(_, _, b) => check(f, activity, b, out),
            _ => {}
        }
    }
}

fn writes(o: &Opaque) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedExpr,
        &o.tokens,
        "memory that carries a derivative may be changed here, in a way that is not understood",
    )
}
