//! Forward mode: every active variable gets a tangent that is computed right after it (Griewank & Walther,
//! Evaluating Derivatives, §3.1). IR → IR.

mod calls;
mod expr;
mod stmt;
mod vectors;

use crate::analysis::activity::Activity;
use crate::emit::{Style, expr_tokens, place_tokens};
use crate::ir::*;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::HashMap;

/// A function that carries tangents along.
pub struct Tangents {
    /// The variables, with the tangents.
    pub f: Function,
    /// The body.
    pub body: Block,
    /// The tangent of each active variable.
    pub dots: HashMap<VarId, VarId>,
    /// For each differentiable call: its result's tangent, and its arguments'.
    pub duals: HashMap<VarId, (VarId, Vec<TokenStream>)>,
    /// The closures that such calls are given, with tangents.
    pub closures: HashMap<(VarId, usize), TokenStream>,
}

impl Tangents {
    /// How the body is printed.
    pub fn style(&self) -> Style {
        Style {
            duals: self.duals.clone(),
            closures: self.closures.clone(),
            ..Style::of(&self.body)
        }
    }
}

struct Forward<'a> {
    f: Function,
    activity: &'a Activity,
    dots: HashMap<VarId, VarId>,
    duals: HashMap<VarId, (VarId, Vec<TokenStream>)>,
    closures: HashMap<(VarId, usize), TokenStream>,
}

/// Derives the tangent function.
pub fn forward(f: &Function, activity: &Activity) -> Tangents {
    forward_within(f, activity, &HashMap::new())
}

/// The same for a closure: what it captures has tangents by these names around it.
pub fn forward_within(
    f: &Function,
    activity: &Activity,
    around: &HashMap<VarId, Ident>,
) -> Tangents {
    let mut t = Forward {
        f: f.clone(),
        activity,
        dots: HashMap::new(),
        duals: HashMap::new(),
        closures: HashMap::new(),
    };
    for p in &f.params {
        if activity.varied[p.var] && !f.vars[p.var].ty.is_constant() && p.function.is_none() {
            let dot = t.dot(p.var);
            if let Some(name) = around.get(&p.var) {
                t.f.vars[dot].ident = name.clone();
            }
        }
    }
    let mut body = t.block(&f.body);
    let kept: Vec<VarId> = f.params.iter().map(|p| p.var).chain([f.ret]).collect();
    let kept: Vec<VarId> = kept
        .iter()
        .copied()
        .chain(kept.iter().filter_map(|v| t.dots.get(v).copied()))
        .collect();
    if f.tidy {
        let calls = t.duals.keys().copied().collect();
        let duals = t.duals.values().flat_map(|(_, args)| args.clone());
        let outside = duals.chain(t.closures.values().cloned()).collect();
        crate::simplify::tidy(&mut t.f, &mut [&mut body], &kept, &calls, &outside);
    }
    Tangents {
        f: t.f,
        body,
        dots: t.dots,
        duals: t.duals,
        closures: t.closures,
    }
}

impl Forward<'_> {
    fn is_active(&self, v: VarId) -> bool {
        self.activity.is_active(v) && !self.f.vars[v].ty.is_constant()
    }

    fn dot(&mut self, v: VarId) -> VarId {
        if let Some(dot) = self.dots.get(&v) {
            return *dot;
        }
        let name = self.f.vars[v].ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name).to_string();
        let dot = self
            .f
            .fresh(&format!("{name}_dot"), self.f.vars[v].ty.clone());
        self.f.vars[dot].mutable = true;
        self.f.vars[dot].generated = true;
        self.f.vars[dot].temp = self.f.vars[v].temp;
        self.dots.insert(v, dot);
        dot
    }

    fn carries(&self, o: &Operand) -> bool {
        match o {
            Operand::Var(v) => {
                self.is_active(self.f.root(&Place::var(*v))) && !self.f.vars[*v].ty.is_constant()
            }
            Operand::Lit(_) => false,
        }
    }

    /// The tangent's place.
    fn place(&mut self, place: &Place) -> Option<Place> {
        let resolved = self.f.resolve(place);
        if !self.is_active(resolved.base) || self.f.place_ty(place).is_constant() {
            return None;
        }
        let base = self.dot(resolved.base);
        Some(Place {
            base,
            path: resolved.path,
        })
    }

    /// The tangent of an operand.
    fn operand(&mut self, o: &Operand) -> Option<Expr> {
        match o {
            Operand::Var(v) if self.f.vars[*v].alias.is_some() => {
                self.place(&Place::var(*v)).map(Expr::Load)
            }
            Operand::Var(v) if self.is_active(*v) => {
                let dot = self.dot(*v);
                Some(Expr::Load(Place::var(dot)))
            }
            _ => None,
        }
    }

    /// The tangent of an operand, or a zero of its shape.
    fn operand_or_zero(&mut self, e: &Expr) -> Expr {
        let Expr::Use(o) = e else { return e.clone() };
        if let Some(dot) = self.operand(o) {
            return match (&dot, o) {
                (Expr::Load(_), Operand::Var(v)) if !self.f.vars[*v].ty.is_copy() => {
                    let tokens = expr_tokens(&self.f, &dot);
                    Expr::Raw(quote!(::core::clone::Clone::clone(&#tokens)), vec![])
                }
                _ => dot,
            };
        }
        // The type of a bare `None` is that of what is put there later.
        if matches!(o, Operand::Lit(tokens) if tokens.to_string() == "None") {
            return Expr::Raw(quote!(__rt::OptionTangent::None), vec![]);
        }
        if let Some(zero) = crate::reverse::zero_tokens(&self.f.operand_ty(o)) {
            return Expr::Use(Operand::Lit(zero));
        }
        let tokens = crate::emit::operand_tokens(&self.f, o);
        Expr::Raw(quote!(__rt::zero(&#tokens)), vec![])
    }

    fn operand_or_zero_of(&self, v: VarId) -> Expr {
        match crate::reverse::zero_tokens(&self.f.vars[v].ty) {
            Some(zero) => Expr::Use(Operand::Lit(zero)),
            None => {
                let v = &self.f.vars[v].ident;
                Expr::Raw(quote!(__rt::zero(&#v)), vec![])
            }
        }
    }

    fn zero_of_place(&self, place: &Place) -> Expr {
        match crate::reverse::zero_tokens(&self.f.place_ty(place)) {
            Some(zero) => Expr::Use(Operand::Lit(zero)),
            None => {
                let place = place_tokens(&self.f, place, false);
                Expr::Raw(quote!(__rt::zero(&#place)), vec![])
            }
        }
    }
}
