//! Zeros that have the shape of their variable: before it has a value, and whenever it gets one of another shape.

use super::*;
use crate::emit::place_tokens;

impl Reverse<'_> {
    /// A zero that fits any shape, until the variable has a value.
    pub(super) fn empty_shape(&mut self, mut made: Vec<Stmt>) -> Block {
        for stmt in &mut made {
            if let Kind::Let(zero, e) = &mut stmt.kind {
                self.f.vars[*zero].mutable = true;
                *e = Expr::Raw(quote!(::core::default::Default::default()), Vec::new());
            }
        }
        self.insert_saves(made)
    }

    /// Takes the zero tangent anew: a vector that was assigned may be longer than the one before.
    pub(super) fn new_shape(&mut self, whole: &Place, span: Span) -> Option<Stmt> {
        let zero = *self.zeros.get(&self.f.root(whole))?;
        let value = place_tokens(&self.f, whole, false)?;
        let tokens = match self.saved.get(&zero) {
            Some(storage) => {
                let storage = &self.f.vars[*storage].ident;
                quote!(#storage.replace(__rt::zero(&#value));)
            }
            None => {
                self.f.vars[zero].mutable = true;
                let zero = &self.f.vars[zero].ident;
                quote!(#zero = __rt::zero(&#value);)
            }
        };
        Some(Stmt::raw(tokens, span))
    }

    /// A variable that is declared without a value has its shape once the last statement that assigns it ran.
    pub(super) fn zeros_of_deferred(&mut self, block: &mut Block) {
        let declared: Vec<VarId> = block
            .iter()
            .filter_map(|s| match &s.kind {
                Kind::Declare(v) if self.after.contains_key(v) => Some(*v),
                _ => None,
            })
            .collect();
        for v in declared {
            let Some(last) = block.iter().rposition(|s| assigns(s, v)) else {
                continue;
            };
            let after = self.after.remove(&v).unwrap_or_default();
            let after = self.insert_saves(after);
            block.splice(last + 1..last + 1, after);
        }
    }
}

fn assigns(stmt: &Stmt, v: VarId) -> bool {
    match &stmt.kind {
        Kind::Assign(p, _) | Kind::Update(p, ..) => p.base == v,
        _ => stmt.blocks().into_iter().flatten().any(|s| assigns(s, v)),
    }
}
