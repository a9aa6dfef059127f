//! Loops whose number of trips is known before they start: what is saved in them is indexed by the trip, and
//! trips that commute are reversed in the direction that the processor likes.

use super::*;
use crate::emit::place_tokens;

/// A loop's counting in both sweeps.
pub(super) struct Counting {
    /// The number of trips, asked before the loop runs forward.
    pub forward: TokenStream,
    /// The number of trips, asked before the loop runs backward.
    pub backward: TokenStream,
    /// The number of the trip in the forward sweep, and whether a counter has to be kept for it.
    pub trip: (TokenStream, bool),
    /// The number of the trip in the reverse sweep.
    pub back_trip: TokenStream,
    /// Whether the loop stands in another one.
    pub nested: bool,
    /// What is saved by trip: the storage, and the name of this execution's part of it.
    pub windows: Vec<(VarId, syn::Ident)>,
}

impl Reverse<'_> {
    /// The loop that saves the variable by trip, if its type has a value to fill in.
    pub(super) fn windowed(&self, v: VarId) -> Option<ScopeId> {
        let home = *self.home.get(&v)?;
        let innermost = self.segments[home].innermost?;
        let simple = matches!(self.f.vars[v].ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool);
        (simple && self.counting.contains_key(&innermost)).then_some(innermost)
    }

    /// Statements before a loop and at the start of its body in the forward sweep.
    pub(super) fn open_windows(&mut self, id: ScopeId, span: Span) -> (Block, Block) {
        let raw = |tokens| Stmt {
            kind: Kind::Raw(tokens),
            span,
        };
        let Some(c) = self.counting.get(&id).filter(|c| !c.windows.is_empty()) else {
            return (Block::new(), Block::new());
        };
        let trips = self.f.names.fresh("n");
        let count = &c.forward;
        let mut before = vec![raw(quote!(let #trips = #count;))];
        for (lane, window) in &c.windows {
            let lane = &self.f.vars[*lane].ident;
            before.push(raw(
                quote!(let #window = &mut #lane.open(#trips)[..#trips];),
            ));
        }
        let mut start = Block::new();
        if let (k, true) = &c.trip {
            let next = self.f.names.fresh("next");
            before.push(raw(quote!(let mut #next = 0_usize;)));
            start.push(raw(quote!(let #k = #next; #next += 1;)));
        }
        (before, start)
    }

    /// Statements before and after a loop in the reverse sweep.
    pub(super) fn close_windows(&mut self, id: ScopeId, span: Span) -> (Block, Block) {
        let raw = |tokens| Stmt {
            kind: Kind::Raw(tokens),
            span,
        };
        let Some(c) = self.counting.get(&id).filter(|c| !c.windows.is_empty()) else {
            return (Block::new(), Block::new());
        };
        let trips = self.f.names.fresh("n");
        let count = &c.backward;
        let mut before = vec![raw(quote!(let #trips = #count;))];
        let mut after = Block::new();
        for (lane, window) in &c.windows {
            let lane = &self.f.vars[*lane].ident;
            before.push(raw(quote!(let #window = &#lane.last(#trips)[..#trips];)));
            if c.nested {
                after.push(raw(quote!(#lane.close(#trips);)));
            }
        }
        (before, after)
    }

    /// The lengths of what a loop runs through, where it stands.
    pub(super) fn forward_length(&self, h: &For) -> Option<TokenStream> {
        let mut out: Option<TokenStream> = None;
        for place in h.length.as_ref()? {
            let tokens = place_tokens(&self.f, place, false)?;
            out = Some(match out {
                None => quote!(#tokens.len()),
                Some(other) => quote!(::core::cmp::min(#other, #tokens.len())),
            });
        }
        out
    }
}

/// Whether the trips of a reversed loop may run in any order: they only add to what none of them reads.
pub(super) fn commutes(f: &Function, body: &Block) -> bool {
    let mut walk = Walk {
        f,
        local: HashSet::new(),
        added: HashSet::new(),
        read: HashSet::new(),
        ok: true,
    };
    walk.block(body);
    walk.ok && walk.added.is_disjoint(&walk.read)
}

/// Turns the additions at the end of a body round, so that they come in the order of the primal's reads:
/// what an iteration adds to its neighbour is then written before its own, and the processor need not wait
/// for the one to load the other.
pub(super) fn additions_in_order(body: &mut Block) {
    let is_addition = |s: &Stmt| matches!(&s.kind, Kind::Update(p, ..) if !p.path.is_empty());
    let from = body
        .iter()
        .rposition(|s| !is_addition(s))
        .map_or(0, |at| at + 1);
    body[from..].reverse();
}

struct Walk<'a> {
    f: &'a Function,
    local: HashSet<VarId>,
    added: HashSet<VarId>,
    read: HashSet<VarId>,
    ok: bool,
}

impl Walk<'_> {
    fn place(&mut self, p: &Place) {
        if !self.local.contains(&p.base) {
            self.read.insert(p.base);
        }
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
                    if !self.local.contains(&p.base) {
                        self.added.insert(p.base);
                    }
                }
                Kind::If { cond: _, then, els } => {
                    self.block(then);
                    self.block(els);
                }
                Kind::Scope(_, _, b) => self.block(b),
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
        let _ = self.f;
    }
}

/// `window[k]`, `start + k` or a bare name.
fn is_indexing(tokens: &TokenStream) -> bool {
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(syn::Expr::Index(_) | syn::Expr::Path(_)) => true,
        Ok(syn::Expr::Binary(b)) => {
            !matches!(&*b.left, syn::Expr::MethodCall(_))
                && !matches!(&*b.right, syn::Expr::MethodCall(_))
        }
        _ => false,
    }
}
