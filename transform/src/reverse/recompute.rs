//! What the reverse sweep can compute again for little, from what is there anyway, so that it need not be saved.

use super::*;

impl Reverse<'_> {
    /// An expression that gives the variable's value again, for little, from what is there anyway.
    pub(super) fn again(&self, v: VarId, budget: usize) -> Option<Expr> {
        if budget == 0 {
            return None;
        }
        match self.definitions.get(&v)? {
            Definition::Expr(e) => self.expr_again(e, v, budget).then(|| self.resolved(e)),
            Definition::Part(Some(place)) => {
                let resolved = self.f.resolve(place);
                (self.place_again(&resolved, v) && self.f.place_ty(place).is_copy())
                    .then_some(Expr::Load(resolved))
            }
            _ => None,
        }
    }

    fn resolved(&self, e: &Expr) -> Expr {
        match e {
            Expr::Load(p) => Expr::Load(self.f.resolve(p)),
            e => e.clone(),
        }
    }

    fn place_again(&self, resolved: &Place, reader: VarId) -> bool {
        // A part of an array by value has another type than the same part of memory.
        let last = resolved.path.last();
        if matches!(last, Some(Proj::Range(..) | Proj::Middle(..))) {
            return false;
        }
        // An index is needed for the adjoint of the same place anyway, so it costs nothing more here.
        let by_index = !resolved.path.is_empty()
            && !resolved
                .path
                .iter()
                .any(|step| matches!(step, Proj::FromEnd(_) | Proj::Part(..)));
        self.can_read_again(resolved, reader)
            || (by_index
                && self
                    .writes
                    .is_element_frozen(&self.f, resolved.base, reader)
                && self.is_reachable(resolved.base))
    }

    fn operand_again(&self, o: &Operand, reader: VarId, budget: usize) -> bool {
        let Operand::Var(v) = o else { return true };
        if self.f.params.iter().any(|p| p.var == *v) {
            return !self.f.vars[*v].mutable && !self.f.is_lent(*v);
        }
        if let Some(Definition::Header | Definition::Offset(..)) = self.definitions.get(v) {
            return true;
        }
        if self.home.get(v).is_some_and(|h| self.segments[*h].top) && !self.f.vars[*v].mutable {
            return self.f.vars[*v].ty.is_copy() || !self.writes.is_moved(*v);
        }
        self.again(*v, budget - 1).is_some() || self.is_kept_anyway(*v, reader)
    }

    /// Whether the reverse sweep has a number in any case, or can have it for less than what is computed from it:
    /// it is asked for already, or is kept once where the reader would be kept in each trip of an inner loop.
    fn is_kept_anyway(&self, v: VarId, reader: VarId) -> bool {
        let var = &self.f.vars[v];
        let is_number = matches!(var.ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool);
        if !is_number || var.mutable || var.alias.is_some() || !self.definitions.contains_key(&v) {
            return false;
        }
        let loops = |v| self.writes.loops_of(v).map(|loops| loops.len());
        let is_outside = loops(v).is_some_and(|n| loops(reader).is_some_and(|m| n < m));
        self.needed.contains(&v) || is_outside
    }

    fn expr_again(&self, e: &Expr, v: VarId, budget: usize) -> bool {
        match e {
            Expr::Use(Operand::Lit(_)) => true,
            Expr::Use(o) => self.operand_again(o, v, budget) && self.f.operand_ty(o).is_copy(),
            Expr::Load(p) => {
                let resolved = self.f.resolve(p);
                // Nothing can be moved out from behind a reference or an index: what was read is a copy.
                let copied = self.f.place_ty(p).is_copy()
                    || resolved.path.iter().any(|step| {
                        matches!(
                            step,
                            Proj::Deref | Proj::Index(_) | Proj::Way(..) | Proj::At(..)
                        )
                    });
                self.place_again(&resolved, v) && copied
            }
            Expr::Neg(a) | Expr::Cast(a, _) => self.expr_again(a, v, budget),
            Expr::Binary(op, a, b) => {
                !matches!(op, BinOp::Div | BinOp::Rem)
                    && self.f.vars[v].ty.is_float()
                    && self.expr_again(a, v, budget)
                    && self.expr_again(b, v, budget)
            }
            Expr::Opaque(o) => {
                o.pure
                    && o.reads.iter().all(|r| {
                        let var = &self.f.vars[*r];
                        if var.alias.is_some() {
                            return false;
                        }
                        let memory =
                            var.mutable || matches!(var.ty, Ty::Ref(..)) || var.ty.is_sequence();
                        if memory {
                            self.writes.is_frozen(&self.f, *r, v) && self.is_reachable(*r)
                        } else {
                            self.operand_again(&Operand::Var(*r), v, budget)
                        }
                    })
            }
            _ => false,
        }
    }

    /// The variables that an expression reads by value.
    pub(super) fn reads(&self, e: &Expr) -> Vec<VarId> {
        let operand = |o: &Operand, out: &mut Vec<VarId>| {
            if let Operand::Var(v) = o {
                out.push(*v);
            }
        };
        let mut out = Vec::new();
        match e {
            Expr::Use(o) => operand(o, &mut out),
            Expr::Load(p) => {
                for step in &p.path {
                    match step {
                        Proj::Index(o) | Proj::FromEnd(o) => operand(o, &mut out),
                        Proj::Way(way) => way.args.iter().for_each(|o| operand(o, &mut out)),
                        Proj::Range(a, b, _) => {
                            a.iter().chain(b).for_each(|o| operand(o, &mut out))
                        }
                        Proj::At(_, reads) | Proj::Span(_, reads) => out.extend(reads),
                        _ => {}
                    }
                }
            }
            Expr::Neg(a) | Expr::Cast(a, _) => out.extend(self.reads(a)),
            Expr::Binary(_, a, b) => {
                out.extend(self.reads(a));
                out.extend(self.reads(b));
            }
            Expr::Opaque(o) => out.extend(o.reads.iter().filter(|r| {
                let var = &self.f.vars[**r];
                !(var.mutable || matches!(var.ty, Ty::Ref(..)) || var.ty.is_sequence())
            })),
            _ => {}
        }
        out
    }
}
