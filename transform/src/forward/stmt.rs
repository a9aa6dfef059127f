//! Statements with the tangents of what they define, change and build.

use super::*;
use crate::analysis::activity::is_active_call;
use crate::emit::exchange;
use crate::rules;

impl Forward<'_> {
    pub(super) fn block(&mut self, block: &Block) -> Block {
        let mut out = Block::new();
        for stmt in block {
            self.stmt(stmt, &mut out);
        }
        out
    }

    /// The tangent put into its place, which carries none if it is that of a `#[constant]` field.
    fn assigned(&self, place: &Place, dot: Place, tangent: Expr) -> Kind {
        if !self.f.may_be_constant_field(place) {
            return Kind::Assign(dot, tangent);
        }
        let base = &self.f.vars[dot.base].ident;
        let dot = place_tokens(&self.f, &dot, true);
        let tangent = expr_tokens(&self.f, &tangent);
        // What is read from the same memory is read before it is borrowed.
        Kind::Raw(match crate::names::mentions(&tangent, base) {
            true => quote!({ let __t = #tangent; __rt::assign(&mut #dot, __t); }),
            false => quote!(__rt::assign(&mut #dot, #tangent);),
        })
    }

    fn stmt(&mut self, stmt: &Stmt, out: &mut Block) {
        let span = stmt.span;
        let mut push = |kind: Kind| out.push(Stmt { kind, span });
        match &stmt.kind {
            Kind::Let(v, Expr::Call(path, args)) => {
                let mut behind = Vec::new();
                if is_active_call(&self.f, self.activity, *v, args) {
                    let by_value = matches!(path, Callee::Value(_));
                    let mut dots = Vec::new();
                    for (n, arg) in args.iter().enumerate() {
                        let taken = match by_value {
                            true => None,
                            false => self.taken_out(n, args),
                        };
                        dots.push(match taken {
                            Some((lent, [take, give])) => {
                                push(take);
                                behind.push(give);
                                lent
                            }
                            None if by_value => self.exact_dual(arg),
                            None => self.dual_arg(arg, args),
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
                behind.into_iter().for_each(push);
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
                    push(self.assigned(place, dot, tangent));
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
                    // `*=` and `/=` are written as rules where the type is known to be a number only by what follows.
                    if matches!(op, BinOp::Add | BinOp::Sub) && self.f.place_ty(place).is_float() {
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
                    push(self.assigned(place, dot, tangent));
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
                            push(Kind::Raw(exchange(&self.f, place, other, a, b)));
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
        let mut lengths = false;
        for (step, part) in &b.parts {
            // What carries no derivative may be of a type without a tangent, and the new tangent is zero there.
            let is_active = match part {
                Expr::Use(o) => self.operand(o).is_some(),
                _ => true,
            };
            if !is_active && b.base.is_none() && !matches!(step, Proj::Deref) {
                // A vector that is written to later needs a tangent as long as it is.
                lengths |= matches!(part, Expr::Use(o) if !self.f.operand_ty(o).is_copy());
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
            (None, None) if lengths => {
                push(Kind::Raw(quote!(let mut #dot_ident = __rt::zero(&#value);)));
            }
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
}
