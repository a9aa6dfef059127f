//! Adjoint variables: where they are declared, and how contributions reach them.

use super::Reverse;
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl Reverse<'_> {
    /// The adjoint of a variable.
    pub(super) fn bar(&mut self, v: VarId) -> VarId {
        if let Some(bar) = self.bars.get(&v) {
            return *bar;
        }
        let name = self.f.vars[v].ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        let name = format!("{name}_{}", self.kind_of_adjoint(v));
        let bar = self.f.fresh(&name, self.f.vars[v].ty.clone());
        self.f.vars[bar].mutable = true;
        self.f.vars[bar].generated = true;
        self.f.vars[bar].temp = self.f.vars[v].temp;
        self.bars.insert(v, bar);
        bar
    }

    pub(super) fn is_active(&self, v: VarId) -> bool {
        self.activity.is_active(v) && !self.f.vars[v].ty.is_constant()
    }

    /// The adjoint, which exists from here on.
    pub(super) fn bar_here(&mut self, v: VarId) -> VarId {
        if self.home.get(&v) == Some(&self.segment) {
            if !self.declared.contains(&v) {
                self.declare_zero(v);
            }
        } else if let Some(refs) = self.refs.last_mut() {
            refs.insert(v);
        }
        self.bar(v)
    }

    pub(super) fn declare_zero(&mut self, v: VarId) {
        let zero = self.zero(v);
        let bar = self.bar(v);
        self.emit(Kind::Let(bar, zero));
        self.declared.insert(v);
    }

    pub(super) fn emit(&mut self, kind: Kind) {
        self.out.push(Stmt {
            kind,
            span: self.span,
        });
    }

    /// The zero tangent of a variable.
    pub(super) fn zero(&mut self, v: VarId) -> Expr {
        if let Some(tokens) = zero_tokens(&self.f.vars[v].ty) {
            return Expr::Use(Operand::Lit(tokens));
        }
        if self.reshaped.contains(&v) && self.outlives(v) {
            // Its last shape is at hand.
            self.need(v);
            let name = self.f.vars[v].ident.clone();
            return Expr::Raw(quote!(__rt::zero(&#name)), vec![v]);
        }
        let zero = self.zero_variable(v);
        self.need(zero);
        // The zero is asked for once for each time that it was made; a copy stays for a second question.
        let ident = self.f.vars[zero].ident.clone();
        Expr::Raw(quote!(#ident), vec![zero])
    }

    /// A variable of the forward sweep that holds the zero tangent of `v`, in its shape.
    pub(super) fn zero_variable(&mut self, v: VarId) -> VarId {
        if let Some(zero) = self.zeros.get(&v) {
            return *zero;
        }
        let name = self.f.vars[v].ident.clone();
        let zero = self.f.fresh(&format!("{name}_zero"), Ty::Unknown);
        self.zeros.insert(v, zero);
        let home = self.home.get(&v).copied().unwrap_or(0);
        self.home.insert(zero, home);
        let order = self.order.get(&v).copied().unwrap_or(0);
        self.order.insert(zero, order);
        self.f.vars[zero].role = Role::Moved;
        if self.unset.contains(&v) {
            // A path that leaves before the variable has a value leaves its zero unset as well.
            self.lenient.insert(zero);
        }
        let expr = Expr::Raw(quote!(__rt::zero(&#name)), vec![v]);
        let stmt = Stmt {
            kind: Kind::Let(zero, expr),
            span: self.span,
        };
        self.after.entry(v).or_default().push(stmt);
        zero
    }

    /// What tells the type and the shape of an operand that was added to something.
    pub(super) fn like(&mut self, o: &Operand) -> TokenStream {
        let Operand::Var(v) = o else {
            return TokenStream::new();
        };
        let v = *v;
        if let Ty::Float(scalar) = &self.f.vars[v].ty
            && let Some(ty) = scalar.written()
        {
            return quote!(__rt::Exact::<#ty>::new());
        }
        // A parameter that stands for what it leads to is defined as itself.
        let v = match &self.f.vars[v].alias {
            Some(place) if !self.writes.knows(v) => place.base,
            _ => v,
        };
        let name = self.f.vars[v].ident.clone();
        let like = self.f.fresh(&format!("{name}_like"), Ty::Unknown);
        let home = self.home.get(&v).copied().unwrap_or(0);
        self.home.insert(like, home);
        let order = self.order.get(&v).copied().unwrap_or(0);
        self.order.insert(like, order);
        self.f.vars[like].role = Role::Moved;
        let value = match &self.f.vars[v].ty {
            Ty::Ref(..) => quote!(*#name),
            _ => quote!(#name),
        };
        let stmt = Stmt {
            kind: Kind::Let(like, Expr::Raw(quote!(__rt::like!(#value)), vec![v])),
            span: self.span,
        };
        self.after.entry(v).or_default().push(stmt);
        self.need(like);
        self.f.vars[like].ident.to_token_stream()
    }

    /// Adds a contribution to the adjoint of an operand.
    pub(super) fn contribute(&mut self, operand: &Operand, expr: Expr) {
        let Operand::Var(v) = operand else { return };
        let v = *v;
        if self.f.vars[v].alias.is_some() {
            return self.contribute_place(&Place::var(v), expr);
        }
        if !self.is_active(v) {
            return;
        }
        let touched = self.bar(v);
        self.touched.push(Place::var(touched));
        if self.home.get(&v) == Some(&self.segment) && !self.declared.contains(&v) {
            let bar = self.bar(v);
            self.emit(Kind::Let(bar, expr));
            self.declared.insert(v);
            return;
        }
        let is_float = self.f.vars[v].ty.is_float();
        let bar = self.bar_here(v);
        self.add(Place::var(bar), is_float, expr);
    }

    /// Adds a contribution to the adjoint of a place.
    pub(super) fn contribute_place(&mut self, place: &Place, expr: Expr) {
        if self.f.place_ty(place).is_constant() {
            return;
        }
        let Some((adjoint, is_float)) = self.adjoint_place(place) else {
            return;
        };
        if adjoint.path.is_empty()
            && let Some(root) = self.whole_undeclared(place)
        {
            let bar = self.bar(root);
            self.emit(Kind::Let(bar, expr));
            self.declared.insert(root);
            return;
        }
        let adjoint = self.materialise(place, adjoint);
        self.add(adjoint, is_float, expr);
    }

    /// A variable as a whole, at home here, that has no adjoint yet.
    fn whole_undeclared(&self, place: &Place) -> Option<VarId> {
        let place = self.f.resolve(place);
        let fresh = self.home.get(&place.base) == Some(&self.segment)
            && !self.declared.contains(&place.base);
        (place.path.is_empty() && fresh).then_some(place.base)
    }

    fn materialise(&mut self, place: &Place, adjoint: Place) -> Place {
        let root = self.f.root(place);
        self.bar_here(root);
        adjoint
    }

    /// The adjoint of a place, whose indices the reverse sweep then needs; `None` if it carries nothing.
    fn adjoint_place(&mut self, place: &Place) -> Option<(Place, bool)> {
        let resolved = self.f.resolve(place);
        if !self.is_active(resolved.base) {
            return None;
        }
        let is_float = self.f.place_ty(place).is_float();
        self.need_path(&resolved);
        let base = self.bar(resolved.base);
        let adjoint = Place {
            base,
            path: resolved.path,
        };
        self.touched.push(adjoint.clone());
        Some((adjoint, is_float))
    }

    /// The adjoint of a place, declared.
    pub(super) fn place_bar(&mut self, place: &Place) -> Option<(Place, bool)> {
        let (adjoint, is_float) = self.adjoint_place(place)?;
        let adjoint = self.materialise(place, adjoint);
        Some((adjoint, is_float))
    }

    fn add(&mut self, place: Place, is_float: bool, expr: Expr) {
        if is_float {
            let (op, expr) = match expr {
                Expr::Neg(e) => (BinOp::Sub, *e),
                e => (BinOp::Add, e),
            };
            self.emit(Kind::Update(place, op, expr));
        } else {
            self.emit(Kind::Accumulate(place, expr));
        }
    }

    /// Asks for everything that an index path reads.
    pub(super) fn need_path(&mut self, place: &Place) {
        for v in place.index_reads() {
            self.need(v);
        }
    }

    pub(super) fn need_operand(&mut self, o: &Operand) {
        if let Operand::Var(v) = o {
            self.need(*v);
        }
    }

    /// Asks for a variable's value in the reverse sweep.
    pub(super) fn need(&mut self, v: VarId) {
        if self.needed.insert(v) {
            self.undecided.insert(v);
        }
    }
}

/// A zero that syntax can spell.
pub fn zero_tokens(ty: &Ty) -> Option<TokenStream> {
    match ty {
        Ty::Float(scalar) => Some(scalar.zero()),
        Ty::Array(t, Some(n)) if t.is_copy() => {
            let element = zero_tokens(t)?;
            Some(quote!([#element; #n]))
        }
        Ty::Tuple(ts) if !ts.is_empty() => {
            let parts: Option<Vec<TokenStream>> = ts
                .iter()
                .map(|t| {
                    if t.is_constant() {
                        Some(quote!(__rt::NoTangent))
                    } else {
                        zero_tokens(t)
                    }
                })
                .collect();
            let parts = parts?;
            Some(quote!((#(#parts,)*)))
        }
        _ => None,
    }
}
