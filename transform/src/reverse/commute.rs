//! Trips of a reversed loop that commute: they may run in the direction that the processor likes.

use crate::ir::*;
use proc_macro2::TokenStream;
use std::collections::{HashMap, HashSet};

/// Whether the trips of a reversed loop may run in any order: they only add to what none of them reads, and each
/// does what it likes with the elements that have its own number.
pub(super) fn commutes(f: &Function, pattern: &TokenStream, body: &Block) -> bool {
    let pattern = pattern.to_string();
    let mut walk = Walk {
        own: f.vars.iter().position(|v| v.ident == pattern),
        local: HashSet::new(),
        added: HashSet::new(),
        read: HashSet::new(),
        assigned: HashSet::new(),
        shared: HashSet::new(),
        views: HashMap::new(),
        ok: true,
    };
    walk.block(body);
    let conflicts = |v: &VarId| walk.read.contains(v) || walk.assigned.contains(v);
    let mut written = walk.added.iter().chain(&walk.assigned);
    walk.ok && !written.any(|v| walk.shared.contains(v) && conflicts(v))
}

/// Turns the additions at the end of a body round, so that they come in the order of the primal's reads:
/// what an iteration adds to its neighbour is then written before its own, and the processor need not wait
/// for the one to load the other.
pub(super) fn additions_in_order(body: &mut Block) {
    // What is the iteration's own may be read by the next addition; what is not, none of them reads.
    let own: HashSet<VarId> = body
        .iter()
        .filter_map(|s| match &s.kind {
            Kind::Let(v, _) => Some(*v),
            _ => None,
        })
        .collect();
    let is_addition = |s: &Stmt| {
        matches!(&s.kind, Kind::Update(p, ..) if !own.contains(&p.base))
            || matches!(&s.kind, Kind::Observe(_))
    };
    let from = body
        .iter()
        .rposition(|s| !is_addition(s))
        .map_or(0, |at| at + 1);
    body[from..].reverse();
    // Who looks at the sums looks at the end.
    body[from..].sort_by_key(|s| matches!(&s.kind, Kind::Observe(_)));
}

struct Walk {
    /// The number of the trip.
    own: Option<VarId>,
    local: HashSet<VarId>,
    added: HashSet<VarId>,
    read: HashSet<VarId>,
    assigned: HashSet<VarId>,
    /// What trips touch elsewhere than at the index that is their number.
    shared: HashSet<VarId>,
    /// Where the views start in which that is their index.
    views: HashMap<VarId, String>,
    ok: bool,
}

impl Walk {
    fn place(&mut self, p: &Place) {
        if self.is_outside(p) {
            self.read.insert(p.base);
        }
    }

    /// Whether the place belongs to no single trip, which is noted.
    fn is_outside(&mut self, p: &Place) -> bool {
        if self.local.contains(&p.base) {
            return false;
        }
        let (starts, steps) = p.view();
        let is_own = matches!(steps, [Proj::Index(Operand::Var(i)), ..] if Some(*i) == self.own);
        // Elements of one number are others where another view counts them.
        let same = match start(&starts) {
            Some(start) => *self.views.entry(p.base).or_insert(start.clone()) == start,
            None => false,
        };
        if !is_own || !same {
            self.shared.insert(p.base);
        }
        true
    }

    fn expr(&mut self, e: &Expr) {
        match e {
            Expr::Use(Operand::Var(v)) => self.place(&Place::var(*v)),
            Expr::Use(Operand::Lit(_)) | Expr::Opaque(_) => {}
            Expr::Load(p) => self.place(p),
            Expr::Neg(a) | Expr::Cast(a, _) => self.expr(a),
            Expr::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            Expr::Method(recv, _, args) => {
                self.expr(recv);
                args.iter().for_each(|a| self.expr(a));
            }
            Expr::Helper(_, args) | Expr::Tuple(args) => args.iter().for_each(|a| self.expr(a)),
            // Saved values by trip are plain indexing; whatever else is generated may depend on the order.
            Expr::Raw(tokens, _) => self.ok &= is_indexing(tokens),
            _ => self.ok = false,
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in block {
            match &stmt.kind {
                Kind::Let(v, e) => {
                    self.expr(e);
                    self.local.insert(*v);
                }
                Kind::Update(p, _, e) => {
                    self.expr(e);
                    if self.is_outside(p) {
                        self.added.insert(p.base);
                    }
                }
                Kind::Assign(p, e) => {
                    self.expr(e);
                    if self.is_outside(p) {
                        self.assigned.insert(p.base);
                    }
                }
                Kind::If { cond: _, then, els } => {
                    self.block(then);
                    self.block(els);
                }
                Kind::Scope(_, _, b) => self.block(b),
                Kind::Observe(_) => {}
                Kind::Loop(l) => match &l.head {
                    Head::For(h) if !h.iter.to_string().contains("pop") => self.block(&l.body),
                    _ => self.ok = false,
                },
                _ => self.ok = false,
            }
            if !self.ok {
                return;
            }
        }
    }
}

/// Where a view starts, if a literal says so: a variable may be another one in each trip of a loop inside, which would
/// let trips of this one meet.
fn start(starts: &[&Operand]) -> Option<String> {
    let literal = |o: &&Operand| match o {
        Operand::Lit(t) if syn::parse2::<syn::LitInt>(t.clone()).is_ok() => Some(t.to_string()),
        _ => None,
    };
    let starts: Vec<String> = starts.iter().map(literal).collect::<Option<_>>()?;
    Some(starts.join("+"))
}

/// `window[k]`, `start + k` or a bare name.
pub(super) fn is_indexing(tokens: &TokenStream) -> bool {
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(syn::Expr::Index(_) | syn::Expr::Path(_)) => true,
        Ok(syn::Expr::Binary(b)) => {
            !matches!(&*b.left, syn::Expr::MethodCall(_))
                && !matches!(&*b.right, syn::Expr::MethodCall(_))
        }
        _ => false,
    }
}
