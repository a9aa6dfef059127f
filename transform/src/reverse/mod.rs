//! Structured reversal: from a lowered function to a forward sweep that keeps what is needed and a reverse
//! sweep that accumulates adjoints (Griewank & Walther, Evaluating Derivatives, ch. 4 and 5).
//!
//! A block is cut into *segments*, a new one after every statement that may leave it; the reverse of a later
//! segment is nested in that of the earlier one, under the question whether it was reached. Every variable has
//! a home segment; its adjoint is declared in the reverse of that segment, by its first contribution.

mod adjoint;
mod apart;
mod calls;
mod commute;
mod data;
mod expr;
mod follow;
mod insert;
mod invariant;
mod joint;
mod loops;
mod operands;
mod parts;
mod recompute;
mod runs;
mod saved;
mod segments;
mod stmt;
mod storage;
mod vectors;
mod windows;
mod zeros;

use crate::analysis::activity::Activity;
use crate::analysis::frozen::{self, Writes};
use crate::analysis::leaving::{always_leaves, ends_early, may_leave};
use crate::diagnostics::Diagnostic;
use crate::emit::Style;
use crate::ir::*;
use crate::masks::Masked;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::collections::{BTreeSet, HashMap, HashSet};

pub use adjoint::zero_tokens;
pub use expr::times;
pub use joint::joint;
pub use stmt::real_alias;
pub use storage::Storage;

/// A segment's number.
type SegId = usize;

/// A forward sweep and its reverse.
pub struct Sweep {
    /// The variables, with those that the transform added.
    pub f: Function,
    /// Storage that both sweeps use, declared first.
    pub storage: Vec<Storage>,
    /// Whether a differentiable function is called in a loop.
    pub calls_repeat: bool,
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
    /// Whether the reverse sweep looks at the result, which the forward sweep gives away.
    pub keeps_result: bool,
    /// The loops for whose trips something is kept.
    pub kept_in: HashSet<ScopeId>,
    /// What could not be done.
    pub diagnostics: Vec<Diagnostic>,
}

impl Sweep {
    /// How the forward sweep is printed, and how the reverse sweep is.
    pub fn styles(&self, masks: Option<&Masked>) -> (Style, Style) {
        let mut forward = Style::of(&self.forward);
        forward.pullbacks = self.pullbacks.clone();
        forward.closures = self.closures.clone();
        forward.connected = masks.map(|m| m.calls.clone()).unwrap_or_default();
        forward.checked = masks
            .map(|m| m.masks.keys().copied().collect())
            .unwrap_or_default();
        forward.hidden.insert(self.f.ret);
        let mut reverse = Style::of(&self.reverse);
        reverse.pullbacks = self.pullbacks.clone();
        (forward, reverse)
    }
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
    /// Those of them that nothing is known of yet. Long functions need many, which are not searched for each.
    undecided: BTreeSet<VarId>,
    /// Those that are decided, by their homes.
    decided: HashMap<SegId, Vec<VarId>>,
    storage: Vec<Storage>,
    calls_repeat: bool,
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
    /// Where each loop stands.
    sites: HashMap<ScopeId, invariant::Site>,
    /// What is taken along from each loop.
    taken: HashMap<ScopeId, Vec<invariant::Taken>>,
    /// The loops that are reversed while they run, each with the sum that its trips add to.
    sums: HashMap<ScopeId, VarId>,
    joints: HashMap<ScopeId, joint::Joint>,
    /// The one that is being reversed.
    inside: Option<ScopeId>,
    /// What integers that count along with a loop were before it.
    starts: HashMap<(VarId, ScopeId), VarId>,
    /// The headers of reversed loops, to run in the forward direction.
    directions: HashMap<ScopeId, TokenStream>,
    /// Loops whose header is run side by side with the number of the trip: the integer, the number, the header.
    zipped: HashMap<ScopeId, (VarId, VarId, TokenStream)>,
    /// Variables declared without a value.
    unset: HashSet<VarId>,
    /// Variables whose memory changes its shape other than by assignment.
    reshaped: HashSet<VarId>,
    /// Indices that the forward sweep uses, among them numbers of trips that it would not count otherwise.
    counted_forward: HashSet<VarId>,
    /// Shapes that are kept of variables which may have been moved away, and the zeros that have them.
    old_shapes: HashMap<VarId, Place>,
    /// Zeros that a path may leave unset.
    lenient: HashSet<VarId>,
    how: HashMap<VarId, saved::How>,
    /// Storage indexed by trip: how it is written and how it is read.
    windows: HashMap<VarId, (TokenStream, TokenStream)>,
    saved: HashMap<VarId, VarId>,
    diagnostics: Vec<Diagnostic>,
    span: Span,
    closures: HashMap<(VarId, usize), TokenStream>,
    /// The adjoints that the reverse of the statement contributed to, where somebody looks at them.
    touched: Vec<Place>,
    /// What the forward sweep does before the statement being reversed.
    first: Block,
    /// What the statement being reversed defines, as the reader of its operands.
    statement: VarId,
}

/// A reader of memory that defines no variable.
const NOBODY: VarId = VarId::MAX;

/// Derives the two sweeps.
pub fn reverse(f: &Function, activity: &Activity) -> Sweep {
    sweep(f, activity, HashMap::new())
}

/// The same, with these loops reversed while they run.
fn sweep(f: &Function, activity: &Activity, sums: HashMap<ScopeId, VarId>) -> Sweep {
    let mut r = Reverse {
        f: f.clone(),
        activity,
        writes: frozen::writes(f).within(sums.keys().copied().collect()),
        segments: Vec::new(),
        home: HashMap::new(),
        order: HashMap::new(),
        definitions: HashMap::new(),
        bars: HashMap::new(),
        declared: HashSet::new(),
        needed: BTreeSet::new(),
        undecided: BTreeSet::new(),
        decided: HashMap::new(),
        storage: Vec::new(),
        calls_repeat: false,
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
        sites: HashMap::new(),
        taken: HashMap::new(),
        sums,
        joints: HashMap::new(),
        inside: None,
        starts: HashMap::new(),
        directions: HashMap::new(),
        zipped: HashMap::new(),
        unset: HashSet::new(),
        reshaped: vectors::reshaped(f),
        counted_forward: HashSet::new(),
        old_shapes: HashMap::new(),
        lenient: HashSet::new(),
        how: HashMap::new(),
        windows: HashMap::new(),
        saved: HashMap::new(),
        diagnostics: Vec::new(),
        span: Span::call_site(),
        closures: HashMap::new(),
        touched: Vec::new(),
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
    let kept_in = joint::kept_in(&r);
    let entry = f
        .params
        .iter()
        .flat_map(|p| r.after.remove(&p.var).unwrap_or_default())
        .collect::<Vec<_>>();
    r.keep_operands(&mut forward);
    let keeps_result = r.is_kept(f.ret) && r.may_move(f.ret, 6);
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
        calls_repeat: r.calls_repeat,
        entry,
        forward,
        reverse,
        seed,
        adjoints,
        pullbacks: r.pullbacks,
        closures: r.closures,
        is_leaf: r.is_leaf,
        keeps_result,
        kept_in,
        diagnostics: r.diagnostics,
    }
}
