//! Operators take their operands by value: what the reverse sweep looks at again is copied before it is moved away.

use super::saved::How;
use super::*;

impl Reverse<'_> {
    /// An operator that takes by value what the reverse sweep looks at again gets a copy.
    pub(super) fn keep_operands(&self, block: &mut Block) {
        for stmt in block {
            match &mut stmt.kind {
                Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => match e {
                    Expr::Binary(_, a, b) => {
                        self.keep_operand(a);
                        self.keep_operand(b);
                    }
                    Expr::Neg(a) => self.keep_operand(a),
                    _ => {}
                },
                _ => stmt
                    .blocks_mut()
                    .into_iter()
                    .for_each(|b| self.keep_operands(b)),
            }
        }
    }

    fn keep_operand(&self, operand: &mut Expr) {
        let Expr::Use(Operand::Var(v)) = operand else {
            return;
        };
        let v = *v;
        if self.is_kept(v) && self.may_move(v, 6) {
            let name = &self.f.vars[v].ident;
            *operand = Expr::Raw(quote!(__rt::copied(&#name)), vec![v]);
        }
    }

    /// Whether the reverse sweep looks at the variable itself.
    pub(super) fn is_kept(&self, v: VarId) -> bool {
        self.needed.contains(&v) && matches!(self.how.get(&v), Some(How::There) | None)
    }

    /// Whether an operator may move the variable away: what is read from a part of memory can be copied, and so
    /// can what is computed from that.
    pub(super) fn may_move(&self, v: VarId, depth: usize) -> bool {
        let var = &self.f.vars[v];
        if !matches!(var.ty, Ty::Unknown) {
            return false;
        }
        let Some(Definition::Expr(e)) = self.definitions.get(&v) else {
            return true;
        };
        if depth == 0 {
            return true;
        }
        let operand = |e: &Expr| match e {
            Expr::Use(Operand::Lit(_)) => false,
            // Operators take references to what cannot be copied.
            Expr::Use(Operand::Var(v)) => {
                matches!(self.f.vars[*v].ty, Ty::Ref(..)) || self.may_move(*v, depth - 1)
            }
            _ => true,
        };
        match e {
            Expr::Load(place) => place.path.is_empty() && self.may_move(place.base, depth - 1),
            Expr::Binary(_, a, b) => operand(a) || operand(b),
            Expr::Neg(a) => operand(a),
            Expr::Method(a, _, args) => operand(a) || args.iter().any(operand),
            Expr::Use(_) => operand(e),
            _ => true,
        }
    }
}
