//! Forward mode: every active variable gets a tangent that is computed right after it (Griewank & Walther,
//! Evaluating Derivatives, §3.1). IR → IR.

use crate::analysis::activity::{Activity, is_active_call};
use crate::emit::{expr_tokens, place_tokens};
use crate::ir::*;
use crate::rules::{self, operator_partial};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
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

mod vectors;

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

    /// The tangent of an expression whose value is `to`; `None` is zero.
    fn tangent(&mut self, e: &Expr, to: &Operand) -> Option<Expr> {
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
            Expr::Copy(p, _) => self.place(p).map(|dot| {
                let tokens = place_tokens(&self.f, &dot, false).unwrap_or_default();
                Expr::Raw(quote!(__rt::to_tangent(&#tokens)), vec![])
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
    fn dot_by_reference(&mut self, o: &Operand) -> TokenStream {
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

    fn block(&mut self, block: &Block) -> Block {
        let mut out = Block::new();
        for stmt in block {
            self.stmt(stmt, &mut out);
        }
        out
    }

    fn stmt(&mut self, stmt: &Stmt, out: &mut Block) {
        let span = stmt.span;
        let mut push = |kind: Kind| out.push(Stmt { kind, span });
        match &stmt.kind {
            Kind::Let(v, Expr::Call(path, args)) => {
                if is_active_call(&self.f, self.activity, *v, args) {
                    let by_value = matches!(path, Callee::Value(_));
                    let mut dots = Vec::new();
                    for (n, arg) in args.iter().enumerate() {
                        dots.push(match by_value {
                            true => self.exact_dual(arg),
                            false => self.dual_arg(arg, args),
                        });
                        if let Arg::Closure(lifted, _) = arg {
                            let closure = self.closure_with_tangents(lifted);
                            self.closures.insert((*v, n), closure);
                        }
                    }
                    let dot = self.dot(*v);
                    self.duals.insert(*v, (dot, dots));
                }
                push(Kind::Let(*v, Expr::Call(path.clone(), args.clone())));
            }
            Kind::Let(v, e @ Expr::Build(b)) if self.is_active(*v) => {
                self.build(*v, e, b, &mut push);
            }
            // What is built here takes its parts by value: their tangents are looked at first.
            Kind::Let(
                v,
                e @ (Expr::Tuple(_)
                | Expr::Array(..)
                | Expr::Repeat(..)
                | Expr::Wrap(..)
                | Expr::Use(_)),
            ) => {
                if self.is_active(*v) {
                    let tangent = self.tangent(e, &Operand::Var(*v));
                    if let Some(tangent) = tangent {
                        let dot = self.dot(*v);
                        push(Kind::Let(dot, tangent));
                        push(stmt.kind.clone());
                        return;
                    }
                }
                push(stmt.kind.clone());
                if self.is_active(*v) {
                    let zero = self.operand_or_zero_of(*v);
                    let dot = self.dot(*v);
                    push(Kind::Let(dot, zero));
                }
            }
            Kind::Let(v, Expr::Removed(place, how)) => self.removed(*v, place, how, stmt, out),
            Kind::Resize(place, how) => self.resize(place, how, stmt, out),
            // An operator may take its operands away, and its rule looks at them.
            Kind::Let(v, e @ (Expr::Binary(..) | Expr::Neg(_)))
                if self.is_active(*v) && !self.f.vars[*v].ty.is_float() =>
            {
                let tangent = self.tangent(e, &Operand::Var(*v));
                let dot = self.dot(*v);
                if let Some(tangent) = tangent {
                    push(Kind::Let(dot, tangent));
                    push(stmt.kind.clone());
                } else {
                    push(stmt.kind.clone());
                    push(Kind::Let(dot, self.operand_or_zero_of(*v)));
                }
            }
            Kind::Let(v, e) => {
                push(stmt.kind.clone());
                self.assert_scalar(e, &mut push);
                if self.is_active(*v) {
                    let tangent = self.tangent(e, &Operand::Var(*v));
                    let tangent = tangent.unwrap_or_else(|| self.operand_or_zero_of(*v));
                    let dot = self.dot(*v);
                    push(Kind::Let(dot, tangent));
                }
            }
            Kind::Declare(v) => {
                push(stmt.kind.clone());
                if self.is_active(*v) {
                    let dot = self.dot(*v);
                    push(Kind::Declare(dot));
                }
            }
            Kind::Bind(v, place) => {
                if let (true, Some(place)) = (self.is_active(*v), place) {
                    let dot = self.dot(*v);
                    if let Some(tangent) =
                        self.tangent(&Expr::Load(place.clone()), &Operand::Var(*v))
                    {
                        push(Kind::Let(dot, tangent));
                    }
                }
            }
            Kind::Assign(place, e) => {
                // As above, an operator may take its operands away.
                let first = matches!(e, Expr::Binary(..) | Expr::Neg(_))
                    && !self.f.place_ty(place).is_float();
                if !first {
                    push(stmt.kind.clone());
                }
                if let Some(dot) = self.place(place) {
                    let tangent = self.tangent(e, &Operand::Lit(quote!(())));
                    let tangent = match tangent {
                        Some(t) => t,
                        None => self.zero_of_place(place),
                    };
                    if self.f.may_be_constant_field(place) {
                        let dot = place_tokens(&self.f, &dot, true);
                        let tangent = expr_tokens(&self.f, &tangent);
                        push(Kind::Raw(quote!(__rt::assign(&mut #dot, #tangent);)));
                    } else {
                        push(Kind::Assign(dot, tangent));
                    }
                }
                if first {
                    push(stmt.kind.clone());
                }
            }
            Kind::Update(place, op @ (BinOp::Add | BinOp::Sub), e)
                if !self.f.place_ty(place).is_float() =>
            {
                if let (Some(dot), Expr::Use(o)) = (self.place(place), e)
                    && self.carries(o)
                {
                    let tangent = self.dot_by_reference(o);
                    let dot = place_tokens(&self.f, &dot, true).unwrap_or_default();
                    let factor = match op {
                        BinOp::Sub => quote!(-1.0),
                        _ => quote!(1.0),
                    };
                    push(Kind::Raw(
                        quote!(__rt::add_to!(&mut #dot, #tangent, #factor);),
                    ));
                }
                push(stmt.kind.clone());
            }
            Kind::Update(place, op, e) => {
                push(stmt.kind.clone());
                if let (Some(dot), Some(tangent)) = (
                    self.place(place),
                    self.tangent(e, &Operand::Lit(quote!(()))),
                ) {
                    if self.f.place_ty(place).is_float() {
                        // The operator of a type parameter borrows its left side before the right is read.
                        let tangent = match &tangent {
                            Expr::Load(from)
                                if from.base == dot.base
                                    && !self.f.place_ty(place).is_primitive() =>
                            {
                                let ty = self.f.place_ty(place);
                                let t = self.f.fresh("t_dot", ty);
                                self.f.vars[t].temp = false;
                                push(Kind::Let(t, tangent));
                                Expr::Use(Operand::Var(t))
                            }
                            _ => tangent,
                        };
                        push(Kind::Update(dot, *op, tangent));
                        return;
                    }
                    push(Kind::Assign(dot, tangent));
                }
            }
            Kind::Swap(place, kind) => {
                push(stmt.kind.clone());
                if let Some(dot) = self.place(place) {
                    match kind {
                        SwapKind::Elements(i, j) => {
                            push(Kind::Swap(dot, SwapKind::Elements(i.clone(), j.clone())));
                        }
                        SwapKind::With(other, _) => {
                            let (Some(a), Some(b)) = (
                                place_tokens(&self.f, &dot, true),
                                self.place(other)
                                    .and_then(|b| place_tokens(&self.f, &b, true)),
                            ) else {
                                return;
                            };
                            push(Kind::Raw(quote!(::core::mem::swap(&mut #a, &mut #b);)));
                        }
                    }
                }
            }
            Kind::Fill(place, value) => {
                push(stmt.kind.clone());
                if let Some(dot) = self.place(place) {
                    let value = self.operand_or_zero(&Expr::Use(value.clone()));
                    let (dot, value) = (
                        place_tokens(&self.f, &dot, true),
                        expr_tokens(&self.f, &value),
                    );
                    push(Kind::Raw(quote!(#dot.fill(#value);)));
                }
            }
            Kind::CopySlice { to, from } => {
                push(stmt.kind.clone());
                if let Some(to) = self.place(to) {
                    match self.place(from) {
                        Some(from) => push(Kind::CopySlice { to, from }),
                        None => {
                            let to = place_tokens(&self.f, &to, true);
                            push(Kind::Raw(quote!(__rt::clear(&mut #to);)));
                        }
                    }
                }
            }
            Kind::If { cond, then, els } => {
                let (then, els) = (self.block(then), self.block(els));
                push(Kind::If {
                    cond: cond.clone(),
                    then,
                    els,
                });
            }
            Kind::Match(m) => {
                let arms = m
                    .arms
                    .iter()
                    .map(|a| Arm {
                        pat: a.pat.clone(),
                        body: self.block(&a.body),
                    })
                    .collect();
                push(Kind::Match(Match { arms, ..m.clone() }));
            }
            Kind::Loop(l) => {
                let mut body = self.block(&l.body);
                if let Head::For(h) = &l.head {
                    let k = self.f.vars[h.counter].ident.clone();
                    let next = self.f.names.fresh("next");
                    push(Kind::Raw(quote!(let mut #next = 0_usize;)));
                    let step = Kind::Raw(quote!(let #k = #next; #next += 1;));
                    body.insert(0, Stmt { kind: step, span });
                }
                push(Kind::Loop(Loop { body, ..l.clone() }));
            }
            Kind::Scope(id, label, body) => {
                let body = self.block(body);
                push(Kind::Scope(*id, label.clone(), body));
            }
            _ => push(stmt.kind.clone()),
        }
    }

    /// What is built from parts: its tangent is filled in part by part. The parts' own tangents are taken before,
    /// since the parts are moved.
    fn build(&mut self, v: VarId, e: &Expr, b: &Build, push: &mut impl FnMut(Kind)) {
        let mut parts = Vec::new();
        for (step, part) in &b.parts {
            // What carries no derivative may be of a type without a tangent, and the new tangent is zero there.
            let is_active = match part {
                Expr::Use(o) => self.operand(o).is_some(),
                _ => true,
            };
            if !is_active && b.base.is_none() && !matches!(step, Proj::Deref) {
                continue;
            }
            let tangent = self.operand_or_zero(part);
            let tangent = expr_tokens(&self.f, &tangent);
            let name = self.f.names.fresh("part_dot");
            push(Kind::Raw(quote!(let #name = #tangent;)));
            parts.push((step.clone(), name));
        }
        let dot = self.dot(v);
        let (value, dot_ident) = (self.f.vars[v].ident.clone(), self.f.vars[dot].ident.clone());
        let base = match &b.base {
            Some(Expr::Load(p)) => self.place(p),
            _ => None,
        };
        if let Some(base) = &base {
            let base = place_tokens(&self.f, base, false);
            push(Kind::Raw(
                quote!(let mut #dot_ident = ::core::clone::Clone::clone(&#base);),
            ));
        }
        push(Kind::Let(v, e.clone()));
        if let [(Proj::Deref, part)] = parts.as_slice() {
            push(Kind::Raw(
                quote!(let mut #dot_ident = __rt::Box::new(#part);),
            ));
            return;
        }
        match (&b.base, base) {
            (_, Some(_)) => {}
            (Some(_), None) => push(Kind::Raw(quote!(let mut #dot_ident = __rt::zero(&#value);))),
            (None, None) => push(Kind::Raw(
                quote!(let mut #dot_ident = __rt::tangent_for(&#value);),
            )),
        }
        for (step, part) in parts {
            let place = Place::var(dot).then(step);
            let place = place_tokens(&self.f, &place, true);
            push(Kind::Raw(quote!(__rt::assign(&mut #place, #part);)));
        }
    }

    fn assert_scalar(&self, e: &Expr, push: &mut impl FnMut(Kind)) {
        if let Expr::Cast(a, Conversion::Alias(ty)) = e
            && let Expr::Use(Operand::Var(v)) = &**a
            && self.activity.varied[*v]
        {
            push(Kind::Raw(crate::reverse::real_alias(ty)));
        }
        if let Expr::Method(recv, name, _) = e
            && let Expr::Use(Operand::Var(v)) = &**recv
            && self.activity.varied[*v]
            && !self.f.vars[*v].ty.is_float()
        {
            let assertion = rules::assertion(&self.f, *v, name);
            push(Kind::Raw(assertion));
        }
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

    /// A closure that gives the tangent of its result as well.
    fn closure_with_tangents(&mut self, lifted: &Lifted) -> TokenStream {
        let mut around = HashMap::new();
        for (p, outer) in lifted.captured() {
            let root = self.f.root(&Place::var(outer));
            if !self.is_active(root) || self.f.vars[outer].ty.is_constant() {
                continue;
            }
            if p.function.is_none()
                && let Some(place) = self.place(&Place::var(outer))
            {
                let name = self
                    .f
                    .names
                    .fresh(&format!("{}_dot", self.f.vars[outer].ident));
                let tokens = place_tokens(&self.f, &place, false).unwrap_or_default();
                around.insert(p.var, (name, tokens));
            }
        }
        crate::closure::forward(lifted, &self.f, self.activity, around)
    }

    /// The tangent of an argument as a function that was given as a parameter takes it: always there.
    fn exact_dual(&mut self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Value(o) => {
                let dot = self.operand_or_zero(&Expr::Use(o.clone()));
                expr_tokens(&self.f, &dot)
            }
            Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => {
                match self.place(p).and_then(|p| place_tokens(&self.f, &p, false)) {
                    Some(dot) => quote!(&#dot),
                    None => {
                        let p = place_tokens(&self.f, p, false);
                        quote!(&__rt::zero(&#p))
                    }
                }
            }
            Arg::Function(..) | Arg::Closure(..) => quote!(__rt::Skip),
        }
    }

    fn dual_arg(&mut self, arg: &Arg, all: &[Arg]) -> TokenStream {
        match arg {
            // A function's tangent is part of what it gives.
            Arg::Function(..) | Arg::Closure(..) => quote!(__rt::Skip),
            Arg::Value(o) => match self.carries(o) {
                true => {
                    let dot = self.operand_or_zero(&Expr::Use(o.clone()));
                    expr_tokens(&self.f, &dot)
                }
                false => quote!(__rt::Skip),
            },
            Arg::Shared(p, _) => match self.place(p).and_then(|p| place_tokens(&self.f, &p, false))
            {
                Some(dot) => quote!(&#dot),
                None => quote!(__rt::Skip),
            },
            Arg::Receiver(p) => {
                // What another argument borrows is no receiver by `&mut`.
                let root = self.f.root(p);
                let shared = |arg: &Arg| matches!(arg, Arg::Shared(q, _) if self.f.root(q) == root);
                let changed = self.f.may_be_changed(p) && !all.iter().any(shared);
                let mutable = changed.then(|| quote!(mut));
                match self
                    .place(p)
                    .and_then(|p| place_tokens(&self.f, &p, changed))
                {
                    Some(dot) => quote!(& #mutable #dot),
                    None => quote!(__rt::Skip),
                }
            }
            Arg::Exclusive(p, _) => {
                match self.place(p).and_then(|p| place_tokens(&self.f, &p, true)) {
                    Some(dot) => quote!(&mut #dot),
                    None => quote!(__rt::Skip),
                }
            }
        }
    }
}

fn plus(sum: Option<Expr>, term: Expr) -> Option<Expr> {
    Some(match (sum, term) {
        (None, term) => term,
        (Some(sum), Expr::Neg(term)) => Expr::Binary(BinOp::Sub, Box::new(sum), term),
        (Some(sum), term) => Expr::Binary(BinOp::Add, Box::new(sum), Box::new(term)),
    })
}
