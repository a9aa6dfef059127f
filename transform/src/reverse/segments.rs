//! Blocks and their segments: the reverse of a later segment is nested in that of the earlier one, under the question
//! whether it was reached.

use super::*;

/// Marks where a segment's saved values come back.
const PROLOGUE: &str = "__pullback_prologue";

/// Which arm of a branch always leaves, while the other never does.
enum Guard {
    ThenLeaves,
    ElseLeaves,
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
    pub(super) fn settle(&mut self, stmt: &Stmt, segment: SegId) {
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
    pub(super) fn block(
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
            self.new_segment(in_loop, parent.is_some() && top)
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
            f.push(Stmt::raw(note_done, stmt.span));
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
    pub(super) fn nest(&mut self, kind: Kind) {
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
            self.storage.push(Storage::lane(var, None));
            (
                quote!(#ident.push(#one);),
                quote!(#ident.push(#other);),
                quote!(#ident.pop()),
            )
        } else {
            self.storage.push(Storage::own(var, initial));
            (
                quote!(#ident = #one;),
                quote!(#ident = #other;),
                quote!(#ident),
            )
        }
    }

    /// What has to be noted before control goes to `target`.
    pub(super) fn notes(&self, target: ScopeId) -> Vec<Stmt> {
        let depth = self.scopes.iter().position(|s| *s == target).unwrap_or(0);
        self.pending
            .iter()
            .rev()
            .filter(|p| p.scope_depth > depth)
            .map(|p| Stmt::raw(p.note.clone(), self.span))
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

pub(super) fn prologue(segment: SegId, span: Span) -> Stmt {
    let marker = proc_macro2::Ident::new(PROLOGUE, Span::call_site());
    let n = proc_macro2::Literal::usize_unsuffixed(segment);
    Stmt::raw(quote!(#marker #n), span)
}

/// The segment that a marker stands for.
pub(super) fn prologue_of(stmt: &Stmt) -> Option<SegId> {
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
