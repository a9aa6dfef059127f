//! The adjoint of a definition: contributions of its seed to what the expression read.

use super::Reverse;
use crate::ir::*;
use crate::rules::{self, operator_partial};
use crate::ty::{Scalar, Ty};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

impl Reverse<'_> {
    /// Contributions of `seed`, the adjoint of `to`, whose value the expression gave.
    pub(super) fn adjoint_of(&mut self, e: &Expr, seed: &Place, to: &Operand) {
        let seed_value = || Expr::Load(seed.clone());
        match e {
            Expr::Use(o) => self.contribute(o, seed_value()),
            Expr::Load(p) | Expr::Copy(p, _) => self.contribute_place(p, seed_value()),
            Expr::Neg(a) => {
                let Expr::Use(o) = &**a else { return };
                let ty = self.f.operand_ty(o);
                let contribution = if ty.is_float() {
                    Expr::Neg(Box::new(seed_value()))
                } else {
                    self.generic_rule(quote!(NegRule::vjp), &[a], seed)
                };
                self.contribute(o, contribution);
            }
            Expr::Binary(op, a, b) => self.adjoint_of_operator(*op, a, b, seed, to),
            Expr::Method(recv, name, args) => self.adjoint_of_method(recv, name, args, seed, to),
            Expr::Cast(a, how) => {
                let Expr::Use(o) = &**a else { return };
                // What `from_f64` takes is an `f64`, known or not.
                if !self.f.operand_ty(o).is_float() && !matches!(how, Conversion::FromF64(_)) {
                    self.need_operand(o);
                    let of = crate::emit::expr_tokens(&self.f, a);
                    let seed = self.spell(seed);
                    let back = quote!(__rt::cast_vjp(&#of, f64::from(#seed)));
                    return self.contribute(o, Expr::Raw(back, vec![]));
                }
                let back = match (how, self.f.operand_ty(o)) {
                    (Conversion::FromF64(_), _) => Conversion::ToF64,
                    (Conversion::ToF64, Ty::Float(Scalar::Param(name))) => {
                        Conversion::FromF64(name)
                    }
                    (_, Ty::Float(scalar)) if let Some(name) = scalar.written() => {
                        Conversion::As(name)
                    }
                    _ => Conversion::As(quote!(_)),
                };
                self.contribute(o, Expr::Cast(Box::new(seed_value()), back));
            }
            Expr::Tuple(es) => {
                for (n, e) in es.iter().enumerate() {
                    let Expr::Use(o) = e else { continue };
                    let part = seed
                        .clone()
                        .then(Proj::Field(syn::Member::Unnamed(syn::Index::from(n))));
                    self.contribute(o, Expr::Load(part));
                }
            }
            Expr::Array(es, _) => {
                for (n, e) in es.iter().enumerate() {
                    let Expr::Use(o) = e else { continue };
                    let index = proc_macro2::Literal::usize_unsuffixed(n);
                    let part = seed.clone().then(Proj::Index(Operand::Lit(quote!(#index))));
                    let part = if self.f.operand_ty(o).is_float() {
                        Expr::Load(part)
                    } else {
                        self.take(&part)
                    };
                    self.contribute(o, part);
                }
            }
            Expr::Repeat(a, ..) => {
                let Expr::Use(o) = &**a else { return };
                let seed = self.spell(seed);
                self.contribute(o, Expr::Raw(quote!(__rt::sum_elements(&#seed)), vec![]));
            }
            Expr::Wrap(a, _) => {
                let Expr::Use(o) = &**a else { return };
                let seed = self.spell(seed);
                self.contribute(o, Expr::Raw(quote!(__rt::payload(#seed)), vec![]));
            }
            Expr::Build(b) => self.adjoint_of_build(b, seed),
            Expr::Helper(name, args) => {
                self.adjoint_of_rule(rules::find_helper(&name.to_string()), args, seed, to);
            }
            Expr::Call(..)
            | Expr::Removed(..)
            | Expr::Opaque(_)
            | Expr::Refused(..)
            | Expr::Raw(..)
            | Expr::Restore(_) => {}
        }
    }

    fn adjoint_of_operator(&mut self, op: BinOp, a: &Expr, b: &Expr, seed: &Place, to: &Operand) {
        let (Expr::Use(oa), Expr::Use(ob)) = (a, b) else {
            return;
        };
        let floats = self.f.operand_ty(oa).fits(&self.f.operand_ty(ob));
        // In a loop the division would often stand in the chain from trip to trip, which waits for it; that by
        // the value and the divisor alone does not.
        let in_loop = self.segments[self.segment].in_loop;
        if floats && op == BinOp::Div && !in_loop && self.carries(oa) && self.carries(ob) {
            return self.adjoint_of_quotient([oa, ob], seed, to);
        }
        for (operand, right) in [(oa, false), (ob, true)] {
            if !self.carries(operand) {
                continue;
            }
            let contribution = if floats {
                let result = Expr::Use(to.clone());
                let partial = operator_partial(op, right, a, b, &result);
                self.need_expr(&partial);
                times(Expr::Load(seed.clone()), partial)
            } else {
                let entry = if right { "vjp_rhs" } else { "vjp_lhs" };
                let [rule, entry] = [op.rule(), entry].map(|n| Ident::new(n, Span::call_site()));
                self.generic_rule(quote!(#rule::#entry), &[a, b], seed)
            };
            self.contribute(operand, contribution);
        }
    }

    /// Both cotangents of a quotient by one division.
    fn adjoint_of_quotient(&mut self, [a, b]: [&Operand; 2], seed: &Place, to: &Operand) {
        let [divisor, result] = [b, to].map(|o| Box::new(Expr::Use(o.clone())));
        self.need_expr(&divisor);
        self.need_expr(&result);
        let share = self.f.fresh("share", self.f.place_ty(seed));
        self.f.vars[share].generated = true;
        let quotient = Expr::Binary(BinOp::Div, Box::new(Expr::Load(seed.clone())), divisor);
        self.emit(Kind::Let(share, quotient));
        let share = || Expr::Load(Place::var(share));
        self.contribute(a, share());
        let product = Expr::Binary(BinOp::Mul, Box::new(share()), result);
        self.contribute(b, Expr::Neg(Box::new(product)));
    }

    fn adjoint_of_method(
        &mut self,
        recv: &Expr,
        name: &syn::Ident,
        args: &[Expr],
        seed: &Place,
        to: &Operand,
    ) {
        let all: Vec<Expr> = std::iter::once(recv).chain(args).cloned().collect();
        self.adjoint_of_rule(rules::find(&name.to_string()), &all, seed, to);
    }

    fn adjoint_of_rule(
        &mut self,
        rule: Option<&rules::Rule>,
        all: &[Expr],
        seed: &Place,
        to: &Operand,
    ) {
        let Some(rule) = rule else { return };
        if self.f.is_method_of_unknown(all) {
            return self.adjoint_of_unknown(rule, all, seed, to);
        }
        let result = Expr::Use(to.clone());
        for (n, e) in all.iter().enumerate() {
            let Expr::Use(o) = e else { continue };
            if !rule.args[n].tangent || !self.carries(o) {
                continue;
            }
            let Some(partial) = rule.partial(n, all, &result) else {
                continue;
            };
            self.need_expr(&partial);
            let factor = Expr::Load(seed.clone());
            let contribution = rules::lifted(&self.f, times(factor.clone(), partial), e, &factor);
            self.contribute(o, contribution);
        }
    }

    /// A method of the table on something that may be no number: the rule of whatever type it is.
    fn adjoint_of_unknown(&mut self, rule: &rules::Rule, all: &[Expr], seed: &Place, to: &Operand) {
        let connected: Vec<bool> = all
            .iter()
            .map(|e| matches!(e, Expr::Use(o) if self.carries(o)))
            .collect();
        for (n, e) in all.iter().enumerate() {
            let Expr::Use(o) = e else { continue };
            if !rule.args[n].tangent || !connected[n] {
                continue;
            }
            let mut reads = Vec::new();
            let mut args = Vec::new();
            for e in all {
                let Expr::Use(o) = e else { continue };
                let kept = self.memory_operand(o);
                args.push(match kept {
                    Some(kept) => kept,
                    None => {
                        self.need_operand(o);
                        let tokens = crate::lower::operand_tokens(&self.f, o);
                        self.f.by_reference(o, tokens)
                    }
                });
                if let Operand::Var(v) = o {
                    reads.push(*v);
                }
            }
            let args = rules::padded(args, &quote!(&()));
            self.need_operand(to);
            let result = crate::lower::operand_tokens(&self.f, to);
            let seed = self.spell(seed);
            let function = format_ident!("method_vjp{}", n);
            let method = format_ident!("{}", rule.name);
            let call = quote!(__rt::#function(__rt::method::#method, #(#args,)* &#result, &#seed));
            self.contribute(o, Expr::Raw(call, reads));
        }
    }

    /// Whether a contribution to the operand goes anywhere.
    pub(super) fn carries(&self, o: &Operand) -> bool {
        match o {
            Operand::Var(v) => {
                self.is_active(self.f.root(&Place::var(*v))) && !self.f.vars[*v].ty.is_constant()
            }
            Operand::Lit(_) => false,
        }
    }

    /// A rule of the runtime, for operands whose type the tokens do not show.
    fn generic_rule(&mut self, function: TokenStream, operands: &[&Expr], seed: &Place) -> Expr {
        let (args, reads) = self.rule_operands(operands);
        let tokens = self.spell(seed);
        let seed = match self.f.place_ty(seed) {
            // It may come from a field marked `#[constant]`.
            Ty::Unknown => quote!(__rt::seed(&#tokens, &mut ::core::option::Option::None)),
            _ => quote!(&#tokens),
        };
        Expr::Raw(quote!(__rt::#function(#(#args,)* #seed)), reads)
    }

    /// The operands of such a rule, and the variables that they read.
    fn rule_operands(&mut self, operands: &[&Expr]) -> (Vec<TokenStream>, Vec<VarId>) {
        let mut reads = Vec::new();
        let mut args = Vec::new();
        for e in operands {
            let Expr::Use(o) = e else { continue };
            args.push(self.rule_operand(o));
            if let Operand::Var(v) = o {
                reads.push(*v);
            }
        }
        (args, reads)
    }

    /// Asks for every value in an expression of the reverse sweep.
    pub(super) fn need_expr(&mut self, e: &Expr) {
        match e {
            Expr::Use(o) => self.need_operand(o),
            Expr::Neg(a) | Expr::Cast(a, _) => self.need_expr(a),
            Expr::Binary(_, a, b) => {
                self.need_expr(a);
                self.need_expr(b);
            }
            Expr::Method(recv, _, args) => {
                self.need_expr(recv);
                args.iter().for_each(|a| self.need_expr(a));
            }
            Expr::Helper(_, args) => args.iter().for_each(|a| self.need_expr(a)),
            _ => {}
        }
    }

    /// The tokens of an adjoint's place.
    pub(super) fn spell(&self, place: &Place) -> proc_macro2::TokenStream {
        crate::emit::place_tokens(&self.f, place, true).unwrap_or_default()
    }

    /// Moves an adjoint out of its place and leaves a zero.
    pub(super) fn take(&self, place: &Place) -> Expr {
        let tokens = self.spell(place);
        Expr::Raw(quote!(__rt::take(&mut #tokens)), vec![])
    }
}

/// `seed * partial`, without factors of one.
pub fn times(seed: Expr, partial: Expr) -> Expr {
    match partial {
        Expr::Use(Operand::Lit(tokens)) if tokens.to_string() == "1.0" => seed,
        Expr::Neg(inner) => Expr::Neg(Box::new(times(seed, *inner))),
        Expr::Binary(BinOp::Div, one, b) if rules::is_one(&one) => {
            Expr::Binary(BinOp::Div, Box::new(seed), b)
        }
        partial => Expr::Binary(BinOp::Mul, Box::new(seed), Box::new(partial)),
    }
}
