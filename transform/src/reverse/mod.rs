//! Structured reversal: from a lowered function to a forward sweep that keeps what is needed and a reverse
//! sweep that accumulates adjoints (Griewank & Walther, Evaluating Derivatives, ch. 4 and 5).
//!
//! A block is cut into *segments*, a new one after every statement that may leave it; the reverse of a later
//! segment is nested in that of the earlier one, under the question whether it was reached. Every variable has
//! a home segment; its adjoint is declared in the reverse of that segment, by its first contribution.

mod adjoint;
mod calls;
mod commute;
mod data;
mod expr;
mod insert;
mod loops;
mod operands;
mod recompute;
mod saved;
mod stmt;
mod vectors;
mod zeros;

use crate::analysis::activity::Activity;
use crate::analysis::frozen::{self, Writes};
use crate::analysis::leaving::{always_leaves, ends_early, may_leave};
use crate::diagnostics::Diagnostic;
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::collections::{BTreeSet, HashMap, HashSet};

pub use adjoint::zero_tokens;
pub use expr::times;
pub use stmt::real_alias;

/// A segment's number.
type SegId = usize;

/// A forward sweep and its reverse.
pub struct Sweep {
    /// The variables, with those that the transform added.
    pub f: Function,
    /// Storage that both sweeps use, declared first.
    pub storage: Vec<(VarId, TokenStream)>,
    /// What is computed from the parameters before anything else.
    pub entry: Block,
    /// The forward sweep.
    pub forward: Block,
    /// The reverse sweep.
    pub reverse: Block,
    /// The adjoint of the result: the seed.
    pub seed: VarId,
    /// The adjoints of the parameters that have one.
    pub adjoints: HashMap<VarId, VarId>,
    /// For each differentiable call's result, its pullback.
    pub pullbacks: HashMap<VarId, VarId>,
    /// The closures that such calls are given, with what reverses them.
    pub closures: HashMap<(VarId, usize), TokenStream>,
    /// Whether a differentiable function is called.
    pub is_leaf: bool,
    /// What could not be done.
    pub diagnostics: Vec<Diagnostic>,
}

struct Segment {
    /// The loop whose body it is in.
    innermost: Option<ScopeId>,
    in_loop: bool,
    /// In the function's own scope: its variables are still there in the reverse sweep.
    top: bool,
}

/// Something that a path leaving early has to note down.
#[derive(Clone)]
struct Pending {
    scope_depth: usize,
    note: TokenStream,
}

/// A variable's value that the reverse sweep can ask for.
#[derive(Clone)]
enum Definition {
    Expr(Expr),
    Part(Option<Place>),
    /// A loop's integer, found again by the header of the reversed loop.
    Header,
    /// A loop's integer: the operand plus the iteration's number.
    Offset(Operand, VarId),
    /// Saved by moving, such as a pullback.
    Moved,
}

struct Reverse<'a> {
    f: Function,
    activity: &'a Activity,
    writes: Writes,
    segments: Vec<Segment>,
    home: HashMap<VarId, SegId>,
    order: HashMap<VarId, usize>,
    definitions: HashMap<VarId, Definition>,
    bars: HashMap<VarId, VarId>,
    declared: HashSet<VarId>,
    needed: BTreeSet<VarId>,
    storage: Vec<(VarId, TokenStream)>,
    /// Statements to insert after a variable's definition.
    after: HashMap<VarId, Vec<Stmt>>,
    /// Zero tangents of variables whose shape is not known by syntax.
    zeros: HashMap<VarId, VarId>,
    pullbacks: HashMap<VarId, VarId>,
    /// Adjoints that nested code needs from the blocks around it.
    refs: Vec<BTreeSet<VarId>>,
    /// The reverse code of the segment being built.
    out: Block,
    segment: SegId,
    pending: Vec<Pending>,
    /// The scopes around the current statement, innermost last.
    scopes: Vec<ScopeId>,
    position: usize,
    is_leaf: bool,
    /// Pullbacks, which are defined together with a call's result.
    defined_with: HashMap<VarId, Vec<VarId>>,
    /// Notes whose reader turned out not to be needed.
    unused: HashSet<String>,
    /// The loops around the current statement.
    innermost: Vec<ScopeId>,
    counting: HashMap<ScopeId, loops::Counting>,
    /// The headers of reversed loops, to run in the forward direction.
    directions: HashMap<ScopeId, TokenStream>,
    /// Loops whose header is run side by side with the number of the trip: the integer, the number, the header.
    zipped: HashMap<ScopeId, (VarId, VarId, TokenStream)>,
    /// Variables declared without a value.
    unset: HashSet<VarId>,
    /// Variables whose memory changes its shape other than by assignment.
    reshaped: HashSet<VarId>,
    /// Shapes that are kept of variables which may have been moved away, and the zeros that have them.
    old_shapes: HashMap<VarId, VarId>,
    /// Zeros that a path may leave unset.
    lenient: HashSet<VarId>,
    how: HashMap<VarId, saved::How>,
    /// Storage indexed by trip: how it is written and how it is read.
    windows: HashMap<VarId, (TokenStream, TokenStream)>,
    saved: HashMap<VarId, VarId>,
    diagnostics: Vec<Diagnostic>,
    span: Span,
    closures: HashMap<(VarId, usize), TokenStream>,
    /// What the forward sweep does before the statement being reversed.
    first: Block,
    /// What the statement being reversed defines, as the reader of its operands.
    statement: VarId,
}

/// A reader of memory that defines no variable.
const NOBODY: VarId = VarId::MAX;

/// Marks where a segment's saved values come back.
const PROLOGUE: &str = "__pullback_prologue";

/// Derives the two sweeps.
pub fn reverse(f: &Function, activity: &Activity) -> Sweep {
    let mut r = Reverse {
        f: f.clone(),
        activity,
        writes: frozen::writes(f),
        segments: Vec::new(),
        home: HashMap::new(),
        order: HashMap::new(),
        definitions: HashMap::new(),
        bars: HashMap::new(),
        declared: HashSet::new(),
        needed: BTreeSet::new(),
        storage: Vec::new(),
        after: HashMap::new(),
        zeros: HashMap::new(),
        pullbacks: HashMap::new(),
        refs: vec![BTreeSet::new()],
        out: Block::new(),
        segment: 0,
        pending: Vec::new(),
        scopes: vec![FUNCTION],
        position: 0,
        is_leaf: true,
        defined_with: HashMap::new(),
        unused: HashSet::new(),
        innermost: Vec::new(),
        counting: HashMap::new(),
        directions: HashMap::new(),
        zipped: HashMap::new(),
        unset: HashSet::new(),
        reshaped: vectors::reshaped(f),
        old_shapes: HashMap::new(),
        lenient: HashSet::new(),
        how: HashMap::new(),
        windows: HashMap::new(),
        saved: HashMap::new(),
        diagnostics: Vec::new(),
        span: Span::call_site(),
        closures: HashMap::new(),
        first: Block::new(),
        statement: NOBODY,
    };
    r.segments.push(Segment {
        innermost: None,
        in_loop: false,
        top: true,
    });
    for p in &f.params {
        r.home.insert(p.var, 0);
        r.order.insert(p.var, 0);
        // What a closure captures has an adjoint already.
        let there = matches!(f.vars[p.var].ty, Ty::Ref(..)) || f.captured(p.var).is_some();
        if activity.is_active(p.var) && there {
            r.declared.insert(p.var);
            r.bar(p.var);
        }
    }
    let seed = r.bar(f.ret);
    r.declared.insert(f.ret);
    let (mut forward, body) = r.block(&f.body, None, false, !f.early_return);
    // Where the body is a block of its own, the adjoints of the parameters are declared around it.
    let mut reverse = std::mem::take(&mut r.out);
    reverse.extend(body);
    for p in &f.params {
        // An input by value that nothing contributed to has a zero for its tangent.
        if r.activity.is_active(p.var) && !r.declared.contains(&p.var) {
            let span = p.span;
            let zero = r.zero(p.var);
            let bar = r.bar(p.var);
            reverse.push(Stmt {
                kind: Kind::Let(bar, zero),
                span,
            });
            r.declared.insert(p.var);
        }
    }
    r.resolve_needs();
    let entry = f
        .params
        .iter()
        .flat_map(|p| r.after.remove(&p.var).unwrap_or_default())
        .collect::<Vec<_>>();
    r.keep_operands(&mut forward);
    let mut forward = r.insert_saves(forward);
    let mut entry = r.insert_saves(entry);
    let mut reverse = r.insert_restores(reverse);
    let adjoints: HashMap<VarId, VarId> = f
        .params
        .iter()
        .filter(|p| r.activity.is_active(p.var))
        .filter_map(|p| r.bars.get(&p.var).map(|b| (p.var, *b)))
        .collect();
    if r.f.tidy {
        let mut kept: Vec<VarId> = f.params.iter().map(|p| p.var).collect();
        kept.extend([f.ret, seed]);
        kept.extend(adjoints.values());
        let calls = r.pullbacks.keys().copied().collect();
        let blocks = &mut [&mut entry, &mut forward, &mut reverse];
        let outside = r.closures.values().cloned().collect();
        crate::simplify::tidy(&mut r.f, blocks, &kept, &calls, &outside);
    }
    Sweep {
        f: r.f,
        storage: r.storage,
        entry,
        forward,
        reverse,
        seed,
        adjoints,
        pullbacks: r.pullbacks,
        closures: r.closures,
        is_leaf: r.is_leaf,
        diagnostics: r.diagnostics,
    }
}

impl Reverse<'_> {
    fn new_segment(&mut self, in_loop: bool, top: bool) -> SegId {
        let innermost = self.innermost.last().copied();
        self.segments.push(Segment {
            innermost,
            in_loop,
            top,
        });
        self.segments.len() - 1
    }

    /// Gives each variable that a statement defines its home.
    fn settle(&mut self, stmt: &Stmt, segment: SegId) {
        self.position += 1;
        let (var, definition) = match &stmt.kind {
            Kind::Let(v, e) => (*v, Some(Definition::Expr(e.clone()))),
            Kind::Declare(v) => {
                self.unset.insert(*v);
                (*v, None)
            }
            Kind::Alias(v, _) => (*v, None),
            Kind::Bind(v, place) => (*v, Some(Definition::Part(place.clone()))),
            _ => return,
        };
        self.home.insert(var, segment);
        self.order.insert(var, self.position);
        if let Some(definition) = definition {
            self.definitions.entry(var).or_insert(definition);
        }
    }

    /// Reverses a block: its forward sweep, and its reverse.
    fn block(
        &mut self,
        stmts: &Block,
        parent: Option<SegId>,
        in_loop: bool,
        top: bool,
    ) -> (Block, Block) {
        let (outer_out, outer_segment) = (std::mem::take(&mut self.out), self.segment);
        let outer_span = self.span;
        let first = if parent.is_none() && top {
            0
        } else {
            self.new_segment(in_loop, false)
        };
        let mut homes = Vec::new();
        let mut segment = first;
        for (n, stmt) in stmts.iter().enumerate() {
            self.settle(stmt, segment);
            homes.push(segment);
            if n + 1 < stmts.len() && may_leave(stmt) {
                segment = self.new_segment(in_loop, false);
            }
        }
        self.refs.push(BTreeSet::new());
        self.segment = segment;
        let mut forward: Vec<Block> = Vec::new();
        for (n, stmt) in stmts.iter().enumerate().rev() {
            self.span = stmt.span;
            if homes[n] == self.segment {
                let f = self.stmt(stmt);
                forward.push(f);
                continue;
            }
            // The statement may have left: what follows it is reversed only if it did not.
            let rest = self.close_segment(homes[n]);
            if let Some(guard) = guard(stmt) {
                forward.push(self.guarded(stmt, guard, rest));
                continue;
            }
            let (note_done, note_left, question) =
                self.record("reached", quote!(false), quote!(true), quote!(false));
            self.nest(Kind::If {
                cond: Operand::Lit(question),
                then: rest,
                els: Block::new(),
            });
            self.pending.push(Pending {
                scope_depth: self.scopes.len(),
                note: note_left,
            });
            let mut f = self.stmt(stmt);
            self.pending.pop();
            f.push(Stmt {
                kind: Kind::Raw(note_done),
                span: stmt.span,
            });
            forward.push(f);
        }
        let mut reverse = std::mem::replace(&mut self.out, outer_out);
        reverse.insert(0, prologue(first, self.span));
        let refs = self.refs.pop().unwrap_or_default();
        self.segment = outer_segment;
        // What is made around the block from here on belongs to the statement that the block is in.
        self.span = outer_span;
        self.import(refs);
        (forward.into_iter().rev().flatten().collect(), reverse)
    }

    /// Ends the segment being built and goes on in the one around it.
    fn close_segment(&mut self, outer: SegId) -> Block {
        let mut rest = std::mem::take(&mut self.out);
        rest.insert(0, prologue(self.segment, self.span));
        self.segment = outer;
        rest
    }

    /// Adjoints that nested code used: those at home here must exist before it.
    fn import(&mut self, refs: BTreeSet<VarId>) {
        for v in refs {
            self.bar_here(v);
        }
    }

    /// Appends a nested construct to the reverse code; the adjoints that it needs are declared before it.
    fn nest(&mut self, kind: Kind) {
        let refs = self.refs.last().cloned().unwrap_or_default();
        for v in refs {
            if self.home.get(&v) == Some(&self.segment) && !self.declared.contains(&v) {
                self.declare_zero(v);
            }
        }
        self.out.push(Stmt {
            kind,
            span: self.span,
        });
    }

    /// A note taken by the forward sweep and read by the reverse sweep: how to write it in two ways, and how
    /// to read it.
    fn record(
        &mut self,
        name: &str,
        initial: TokenStream,
        one: TokenStream,
        other: TokenStream,
    ) -> (TokenStream, TokenStream, TokenStream) {
        let var = self.f.fresh(name, Ty::Constant);
        let ident = self.f.vars[var].ident.clone();
        if self.segments[self.segment].in_loop {
            self.storage.push((var, quote!(__rt::Lane::new())));
            (
                quote!(#ident.push(#one);),
                quote!(#ident.push(#other);),
                quote!(#ident.pop()),
            )
        } else {
            self.storage.push((var, initial));
            (
                quote!(#ident = #one;),
                quote!(#ident = #other;),
                quote!(#ident),
            )
        }
    }

    /// What has to be noted before control goes to `target`.
    fn notes(&self, target: ScopeId) -> Vec<Stmt> {
        let depth = self.scopes.iter().position(|s| *s == target).unwrap_or(0);
        self.pending
            .iter()
            .rev()
            .filter(|p| p.scope_depth > depth)
            .map(|p| Stmt {
                kind: Kind::Raw(p.note.clone()),
                span: self.span,
            })
            .collect()
    }

    /// `if cond { …; return } rest`, where the condition alone tells whether the rest was reached.
    fn guarded(&mut self, stmt: &Stmt, guard: Guard, rest: Block) -> Block {
        let Kind::If { cond, then, els } = &stmt.kind else {
            return vec![stmt.clone()];
        };
        let in_loop = self.segments[self.segment].in_loop;
        let segment = self.segment;
        let (then_f, mut then_r) = self.block(then, Some(segment), in_loop, false);
        let (els_f, mut els_r) = self.block(els, Some(segment), in_loop, false);
        let target = match guard {
            Guard::ThenLeaves => &mut els_r,
            Guard::ElseLeaves => &mut then_r,
        };
        let own = std::mem::replace(target, rest);
        target.extend(own);
        self.need_operand(cond);
        self.nest(Kind::If {
            cond: cond.clone(),
            then: then_r,
            els: els_r,
        });
        vec![Stmt {
            kind: Kind::If {
                cond: cond.clone(),
                then: then_f,
                els: els_f,
            },
            span: stmt.span,
        }]
    }
}

/// Which arm of a branch always leaves, while the other never does.
enum Guard {
    ThenLeaves,
    ElseLeaves,
}

fn guard(stmt: &Stmt) -> Option<Guard> {
    let Kind::If { then, els, .. } = &stmt.kind else {
        return None;
    };
    match (always_leaves(then), always_leaves(els)) {
        (true, false) if !els.iter().any(may_leave) => Some(Guard::ThenLeaves),
        (false, true) if !then.iter().any(may_leave) => Some(Guard::ElseLeaves),
        _ => None,
    }
}

fn prologue(segment: SegId, span: Span) -> Stmt {
    let marker = proc_macro2::Ident::new(PROLOGUE, Span::call_site());
    let n = proc_macro2::Literal::usize_unsuffixed(segment);
    Stmt {
        kind: Kind::Raw(quote!(#marker #n)),
        span,
    }
}

/// The segment that a marker stands for.
fn prologue_of(stmt: &Stmt) -> Option<SegId> {
    let Kind::Raw(tokens) = &stmt.kind else {
        return None;
    };
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(proc_macro2::TokenTree::Ident(i)), Some(proc_macro2::TokenTree::Literal(l)))
            if i == PROLOGUE =>
        {
            l.to_string().parse().ok()
        }
        _ => None,
    }
}
