//! The tangent of an expression: one term for each operand that carries one.

use super::*;
use crate::rules::{self, operator_partial};
use crate::ty::Ty;
use proc_macro2::Span;
use quote::format_ident;

impl Forward<'_> {
    /// The tangent of an expression whose value is `to`; `None` is zero.
    pub(super) fn tangent(&mut self, e: &Expr, to: &Operand) -> Option<Expr> {
        match e {
            Expr::Use(o) => {
                self.operand(o)?;
                Some(self.operand_or_zero(e))
            }
            Expr::Load(p) => self.place(p).map(|dot| {
                if let (Operand::Var(v), Some(Proj::Range(..) | Proj::Middle(..))) =
                    (to, p.path.last())
                {
                    let value = &self.f.vars[*v].ident;
                    let tokens = place_tokens(&self.f, &dot, false).unwrap_or_default();
                    return Expr::Raw(quote!(__rt::part_of_array(&#value, &#tokens)), vec![]);
                }
                if let (Operand::Var(v), true) = (to, self.f.may_be_constant_field(p)) {
                    let value = &self.f.vars[*v].ident;
                    let tokens = place_tokens(&self.f, &dot, false).unwrap_or_default();
                    return Expr::Raw(quote!(__rt::read(&#value, &#tokens)), vec![]);
                }
                if self.f.place_ty(p).is_copy() {
                    Expr::Load(dot)
                } else {
                    let tokens = place_tokens(&self.f, &dot, false).unwrap_or_default();
                    Expr::Raw(quote!(::core::clone::Clone::clone(&#tokens)), vec![])
                }
            }),
            Expr::Copy(p, how) => self.place(p).map(|dot| {
                let tokens = place_tokens(&self.f, &dot, false).unwrap_or_default();
                if how == "clone" && self.f.may_be_constant_field(p) {
                    let of = place_tokens(&self.f, p, false).unwrap_or_default();
                    return Expr::Raw(quote!(__rt::read(&#of, &#tokens)), vec![]);
                }
                // A vector of an array's elements has a vector as its tangent.
                let is_array = matches!(self.f.place_ty(p).peeled(), Ty::Array(..));
                let whole = (how == "to_vec" && is_array).then(|| quote!([..]));
                Expr::Raw(quote!(__rt::to_tangent(&#tokens #whole)), vec![])
            }),
            Expr::Neg(a) => {
                let Expr::Use(o) = &**a else { return None };
                let dot = self.operand(o)?;
                if self.f.operand_ty(o).is_float() {
                    return Some(Expr::Neg(Box::new(dot)));
                }
                let (a, dot) = (expr_tokens(&self.f, a), expr_tokens(&self.f, &dot));
                Some(Expr::Raw(quote!(__rt::NegRule::jvp(&#a, &#dot)), vec![]))
            }
            Expr::Binary(op, a, b) => self.operator(*op, a, b, to),
            Expr::Method(recv, name, args) => {
                let rule = rules::find(&name.to_string())?;
                let all: Vec<Expr> = std::iter::once(&**recv).chain(args).cloned().collect();
                if self.f.is_method_of_unknown(&all) {
                    return self.method_of_unknown(rule, &all, to);
                }
                let result = Expr::Use(to.clone());
                let mut sum = None;
                for (n, e) in all.iter().enumerate() {
                    let Expr::Use(o) = e else { continue };
                    if !rule.args[n].tangent || !self.carries(o) {
                        continue;
                    }
                    let Some(partial) = rule.partial(n, &all, &result) else {
                        continue;
                    };
                    let Some(dot) = self.operand(o) else { continue };
                    let term = crate::reverse::times(dot.clone(), partial);
                    sum = plus(sum, rules::lifted(&self.f, term, e, &dot));
                }
                sum
            }
            Expr::Cast(a, ty) => {
                let Expr::Use(o) = &**a else { return None };
                let dot = self.operand(o)?;
                if self.f.operand_ty(o).is_float() || matches!(ty, Conversion::FromF64(_)) {
                    return Some(Expr::Cast(Box::new(dot), ty.clone()));
                }
                let to = match ty {
                    Conversion::As(to) | Conversion::Alias(to) => to.clone(),
                    Conversion::FromF64(_) | Conversion::ToF64 => quote!(_),
                };
                let (of, dot) = (expr_tokens(&self.f, a), expr_tokens(&self.f, &dot));
                Some(Expr::Raw(
                    quote!(__rt::cast_jvp::<_, #to>(&#of, &#dot)),
                    vec![],
                ))
            }
            Expr::Tuple(es) => {
                let parts = es.iter().map(|e| self.operand_or_zero(e)).collect();
                Some(Expr::Tuple(parts))
            }
            Expr::Array(es, vec) => {
                let parts = es.iter().map(|e| self.operand_or_zero(e)).collect();
                Some(Expr::Array(parts, *vec))
            }
            Expr::Repeat(a, n, reads, vec) => {
                let dot = self.operand_or_zero(a);
                Some(Expr::Repeat(Box::new(dot), n.clone(), reads.clone(), *vec))
            }
            Expr::Wrap(a, variant) => {
                let dot = self.operand_or_zero(a);
                let dot = expr_tokens(&self.f, &dot);
                let wrapped = if variant == "Ok" {
                    quote!(__rt::ResultTangent::Ok(#dot))
                } else {
                    quote!(__rt::OptionTangent::Some(#dot))
                };
                Some(Expr::Raw(wrapped, vec![]))
            }
            _ => None,
        }
    }

    fn operator(&mut self, op: BinOp, a: &Expr, b: &Expr, to: &Operand) -> Option<Expr> {
        let (Expr::Use(oa), Expr::Use(ob)) = (a, b) else {
            return None;
        };
        if !self.carries(oa) && !self.carries(ob) {
            return None;
        }
        if self.f.operand_ty(oa).fits(&self.f.operand_ty(ob)) {
            let result = Expr::Use(to.clone());
            let mut sum = None;
            for (o, right) in [(oa, false), (ob, true)] {
                let Some(dot) = self.operand(o) else { continue };
                let partial = operator_partial(op, right, a, b, &result);
                sum = plus(sum, crate::reverse::times(dot, partial));
            }
            return sum;
        }
        let rule = Ident::new(op.rule(), Span::call_site());
        let (da, db) = (self.dot_by_reference(oa), self.dot_by_reference(ob));
        let [a, b] = [a, b].map(|e| expr_tokens(&self.f, e));
        Some(Expr::Raw(
            quote!(__rt::#rule::jvp(&#a, &#b, #da, #db)),
            vec![],
        ))
    }

    /// The tangent of an operand that a rule of the runtime looks at, or a zero of its shape.
    pub(super) fn dot_by_reference(&mut self, o: &Operand) -> TokenStream {
        // A field may be constant, and the rule looks at a tangent of the field's own type.
        if let (Operand::Var(v), Some(Expr::Load(dot))) = (o, self.operand(o))
            && let Some(place) = &self.f.vars[*v].alias
            && self.f.may_be_constant_field(place)
        {
            let value = &self.f.vars[*v].ident;
            let tokens = place_tokens(&self.f, &dot, false).unwrap_or_default();
            return quote!(&__rt::read(&#value, &#tokens));
        }
        let dot = match self.operand(o) {
            Some(dot) => dot,
            None => self.operand_or_zero(&Expr::Use(o.clone())),
        };
        let dot = expr_tokens(&self.f, &dot);
        quote!(&#dot)
    }

    /// A method of the table on something that may be no number.
    fn method_of_unknown(
        &mut self,
        rule: &rules::Rule,
        all: &[Expr],
        to: &Operand,
    ) -> Option<Expr> {
        let operands: Vec<&Operand> = all
            .iter()
            .filter_map(|e| match e {
                Expr::Use(o) => Some(o),
                _ => None,
            })
            .collect();
        if rule.is_cut() || !operands.iter().any(|o| self.carries(o)) {
            return None;
        }
        let mut args = Vec::new();
        let mut dots = Vec::new();
        for o in operands {
            dots.push(self.dot_by_reference(o));
            let tokens = crate::emit::operand_tokens(&self.f, o);
            args.push(self.f.by_reference(o, tokens));
        }
        let args = rules::padded(args, &quote!(&()));
        let dots = rules::padded(dots, &quote!(&__rt::NoTangent));
        let method = format_ident!("{}", rule.name);
        let to = crate::emit::operand_tokens(&self.f, to);
        Some(Expr::Raw(
            quote!(__rt::method_jvp(__rt::method::#method, #(#args,)* &#to, #(#dots,)*)),
            vec![],
        ))
    }
}

fn plus(sum: Option<Expr>, term: Expr) -> Option<Expr> {
    Some(match (sum, term) {
        (None, term) => term,
        (Some(sum), Expr::Neg(term)) => Expr::Binary(BinOp::Sub, Box::new(sum), term),
        (Some(sum), term) => Expr::Binary(BinOp::Add, Box::new(sum), Box::new(term)),
    })
}
