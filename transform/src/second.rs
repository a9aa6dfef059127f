//! Order two: the tangent function as a function of its own, which the reverse transform then takes like any
//! other. The gradient of the directional derivative along `v` is the Hessian times `v` (Griewank & Walther,
//! Evaluating Derivatives, §5.1; reverse over forward, which equals forward over reverse).

use crate::analysis::activity::{Activity, is_active_call};
use crate::diagnostics::{Code, Diagnostic};
use crate::forward;
use crate::ir::*;
use crate::ty::{Scalar, Ty};
use proc_macro2::Span;
use quote::quote;

/// The name of the entry that gives value and tangent, as a callee of the tangent function.
pub const TANGENT: &str = "__jvp";

/// The tangent function `(inputs, directions) -> (value, tangent)`, in A-normal form.
pub fn tangent_function(f: &Function, activity: &Activity) -> Result<Function, Diagnostic> {
    let refuse = |span: Span, what: &str| Err(Diagnostic::at(Code::Order2Unsupported, span, what));
    if f.early_return {
        return refuse(
            f.params.first().map_or_else(Span::call_site, |p| p.span),
            "an early `return`",
        );
    }
    let mut f = f.clone();
    f.tidy = false;
    let mut body = std::mem::take(&mut f.body);
    numbers(&mut f, activity, &mut body);
    // What follows a call's result in the text may come before it in a loop.
    numbers(&mut f, activity, &mut body);
    f.body = body;
    let f = &f;
    let t = forward::forward(f, activity);
    let dots = t.dots;
    let mut flat = Flat {
        f: t.f,
        out: Block::new(),
    };
    for (v, dot) in &dots {
        // A tangent that is defined once is a value like any other.
        let (mutable, deferred) = (flat.f.vars[*v].mutable, flat.f.vars[*v].deferred);
        flat.f.vars[*dot].mutable = mutable;
        flat.f.vars[*dot].deferred = deferred;
    }
    let mut params = f.params.clone();
    for p in &f.params {
        if let syn::Type::Reference(r) = &p.ty
            && r.mutability.is_some()
        {
            return refuse(p.span, "a parameter by `&mut`");
        }
        if f.vars[p.var].ty.is_constant() {
            continue;
        }
        let dot = match dots.get(&p.var) {
            Some(dot) => *dot,
            None => flat.f.fresh("unused_dot", f.vars[p.var].ty.clone()),
        };
        params.push(Param {
            var: dot,
            ..p.clone()
        });
    }
    flat.block(&t.body, &|v| t.duals.contains_key(&v), &dots)?;
    let Some(ret_dot) = dots.get(&f.ret) else {
        return refuse(Span::call_site(), "a function without a connected input");
    };
    let both = Ty::Tuple(vec![f.vars[f.ret].ty.clone(), f.vars[f.ret].ty.clone()]);
    let ret = flat.f.fresh("value_and_tangent", both);
    let parts = vec![
        Expr::Use(Operand::Var(f.ret)),
        Expr::Use(Operand::Var(*ret_dot)),
    ];
    let body = {
        flat.push(Kind::Let(ret, Expr::Tuple(parts)), Span::call_site());
        std::mem::take(&mut flat.out)
    };
    let g = flat.f;
    Ok(Function {
        params,
        body,
        ret,
        tidy: true,
        ..g
    })
}

/// A callee of order two gives a real number; what is computed from numbers is one as well. The type checker is
/// asked to agree.
fn numbers(f: &mut Function, activity: &Activity, block: &mut Block) {
    let mut at = 0;
    while at < block.len() {
        let mut check = None;
        match &mut block[at].kind {
            Kind::Let(v, e) if matches!(f.vars[*v].ty, Ty::Unknown) => {
                let called = match e {
                    Expr::Call(_, args) => is_active_call(f, activity, *v, args),
                    _ => true,
                };
                if called && is_number(f, e) {
                    // Where there is one type parameter, a call is taken to give one, and rustc is asked.
                    let scalar = match (&*e, f.types.reals.as_slice()) {
                        (Expr::Call(..), [one]) => Scalar::Param(one.clone()),
                        _ => f.scalar_of(e),
                    };
                    let name = &f.vars[*v].ident;
                    let assertion = match &scalar {
                        Scalar::Param(t) => quote!(__rt::assert_is::<#t>(&#name);),
                        _ => quote!(__rt::assert_number(&#name);),
                    };
                    check = matches!(e, Expr::Call(..)).then_some(assertion);
                    f.vars[*v].ty = Ty::Float(scalar);
                }
            }
            Kind::Assign(p, e)
                if p.path.is_empty()
                    && matches!(f.vars[p.base].ty, Ty::Unknown)
                    && is_number(f, e) =>
            {
                f.vars[p.base].ty = Ty::Float(f.scalar_of(e));
            }
            _ => {
                for inner in block[at].blocks_mut() {
                    numbers(f, activity, inner);
                }
            }
        }
        let span = block[at].span;
        at += 1;
        if let Some(check) = check {
            block.insert(at, Stmt::raw(check, span));
            at += 1;
        }
    }
}

fn is_number(f: &Function, e: &Expr) -> bool {
    match e {
        Expr::Call(..) => true,
        Expr::Use(o) => f.operand_ty(o).is_float(),
        Expr::Load(p) => f.place_ty(p).is_float(),
        Expr::Neg(a) => is_number(f, a),
        Expr::Binary(_, a, b) => is_number(f, a) && is_number(f, b),
        Expr::Method(recv, ..) => is_number(f, recv),
        _ => false,
    }
}

/// Generated code that has no derivative of its own yet; zeros need none.
fn is_closed(e: &Expr) -> bool {
    match e {
        Expr::Raw(tokens, _) => !tokens.to_string().starts_with("__rt :: zero"),
        Expr::Neg(a) | Expr::Cast(a, _) | Expr::Repeat(a, ..) | Expr::Wrap(a, _) => is_closed(a),
        Expr::Binary(_, a, b) => is_closed(a) || is_closed(b),
        Expr::Method(recv, _, args) => is_closed(recv) || args.iter().any(is_closed),
        Expr::Helper(_, args) | Expr::Tuple(args) | Expr::Array(args, _) => {
            args.iter().any(is_closed)
        }
        _ => false,
    }
}

struct Flat {
    f: Function,
    out: Block,
}

impl Flat {
    fn push(&mut self, kind: Kind, span: Span) {
        self.out.push(Stmt { kind, span });
    }

    fn nested(
        &mut self,
        block: &Block,
        is_dual: &dyn Fn(VarId) -> bool,
        dots: &std::collections::HashMap<VarId, VarId>,
    ) -> Result<Block, Diagnostic> {
        let outer = std::mem::take(&mut self.out);
        let done = self.block(block, is_dual, dots);
        let inner = std::mem::replace(&mut self.out, outer);
        done.map(|()| inner)
    }

    fn block(
        &mut self,
        block: &Block,
        is_dual: &dyn Fn(VarId) -> bool,
        dots: &std::collections::HashMap<VarId, VarId>,
    ) -> Result<(), Diagnostic> {
        for stmt in block {
            let span = stmt.span;
            if let Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) = &stmt.kind
                && is_closed(e)
            {
                let what =
                    "a value whose type is not written here; give it one, as in `let y: f64 = …;`";
                return Err(Diagnostic::at(Code::Order2Unsupported, span, what));
            }
            if let Kind::Raw(tokens) = &stmt.kind
                && dots
                    .values()
                    .any(|d| crate::names::mentions(tokens, &self.f.vars[*d].ident))
            {
                let what = "`fill`, `mem::swap` or a copy from constants";
                return Err(Diagnostic::at(Code::Order2Unsupported, span, what));
            }
            match &stmt.kind {
                Kind::Let(v, Expr::Call(callee, args)) if is_dual(*v) => {
                    self.dual_call(*v, callee, args, dots, span)?;
                }
                Kind::Let(v, e) => {
                    let e = self.flat(e, span, !self.f.vars[*v].mutable);
                    self.push(Kind::Let(*v, e), span);
                }
                Kind::Assign(p, e) => {
                    let e = self.flat(e, span, false);
                    self.push(Kind::Assign(p.clone(), e), span);
                }
                Kind::Update(p, op, e) => {
                    let e = self.leaf(e, span);
                    self.push(Kind::Update(p.clone(), *op, e), span);
                }
                Kind::If { cond, then, els } => {
                    let then = self.nested(then, is_dual, dots)?;
                    let els = self.nested(els, is_dual, dots)?;
                    self.push(
                        Kind::If {
                            cond: cond.clone(),
                            then,
                            els,
                        },
                        span,
                    );
                }
                Kind::Match(m) => {
                    let mut arms = Vec::new();
                    for a in &m.arms {
                        arms.push(Arm {
                            pat: a.pat.clone(),
                            body: self.nested(&a.body, is_dual, dots)?,
                        });
                    }
                    self.push(Kind::Match(Match { arms, ..m.clone() }), span);
                }
                Kind::Loop(l) => {
                    let body = self.nested(&l.body, is_dual, dots)?;
                    self.push(Kind::Loop(Loop { body, ..l.clone() }), span);
                }
                Kind::Scope(id, label, b) => {
                    let b = self.nested(b, is_dual, dots)?;
                    self.push(Kind::Scope(*id, label.clone(), b), span);
                }
                kind => self.push(kind.clone(), span),
            }
        }
        Ok(())
    }

    /// A call of the callee's tangent function.
    fn dual_call(
        &mut self,
        v: VarId,
        callee: &Callee,
        args: &[Arg],
        dots: &std::collections::HashMap<VarId, VarId>,
        span: Span,
    ) -> Result<(), Diagnostic> {
        let mut all = args.to_vec();
        for arg in args {
            match arg {
                Arg::Value(o) if self.f.operand_ty(o).is_constant() => {}
                Arg::Value(Operand::Var(a)) if dots.contains_key(a) => {
                    let t = self.f.fresh("t", self.f.vars[dots[a]].ty.clone());
                    self.push(Kind::Let(t, Expr::Load(Place::var(dots[a]))), span);
                    all.push(Arg::Value(Operand::Var(t)));
                }
                Arg::Value(_) => all.push(Arg::Value(Operand::Lit(quote!(0.0)))),
                Arg::Shared(p, direct) => {
                    let resolved = self.f.resolve(p);
                    let Some(dot) = dots.get(&resolved.base) else {
                        let what =
                            "a slice without a derivative passed to a differentiable function";
                        return Err(Diagnostic::at(Code::Order2Unsupported, span, what));
                    };
                    let place = Place {
                        base: *dot,
                        path: resolved.path,
                    };
                    all.push(Arg::Shared(place, *direct));
                }
                Arg::Function(..) | Arg::Closure(..) => {
                    let what = "a function that is passed to another or called as a parameter";
                    return Err(Diagnostic::at(Code::Order2Unsupported, span, what));
                }
                Arg::Receiver(_) => {
                    return Err(Diagnostic::at(
                        Code::Order2Unsupported,
                        span,
                        "a method call",
                    ));
                }
                Arg::Exclusive(..) => {
                    return Err(Diagnostic::at(
                        Code::Order2Unsupported,
                        span,
                        "an argument by `&mut`",
                    ));
                }
            }
        }
        let callee = Callee::TangentOf(Box::new(callee.clone()));
        let ty = self.f.vars[v].ty.clone();
        let pair = self.f.fresh("pair", Ty::Tuple(vec![ty.clone(), ty]));
        self.push(Kind::Let(pair, Expr::Call(callee, all)), span);
        for (n, part) in [Some(v), dots.get(&v).copied()].into_iter().enumerate() {
            let step = Proj::Field(syn::Member::Unnamed(syn::Index::from(n)));
            if let Some(part) = part {
                self.push(
                    Kind::Let(part, Expr::Load(Place::var(pair).then(step))),
                    span,
                );
            }
        }
        Ok(())
    }

    /// One step, its operands named.
    fn flat(&mut self, e: &Expr, span: Span, named: bool) -> Expr {
        if let Expr::Load(p) = e
            && p.path.is_empty()
            && !self.f.vars[p.base].mutable
        {
            return Expr::Use(Operand::Var(p.base));
        }
        let mut leaf = |e: &Expr| Box::new(self.leaf(e, span));
        let e = match e {
            Expr::Neg(a) => Expr::Neg(leaf(a)),
            Expr::Binary(op, a, b) => {
                let a = leaf(a);
                Expr::Binary(*op, a, leaf(b))
            }
            Expr::Method(recv, name, args) => {
                let recv = leaf(recv);
                Expr::Method(recv, name.clone(), args.iter().map(|a| *leaf(a)).collect())
            }
            Expr::Helper(name, args) => {
                Expr::Helper(name.clone(), args.iter().map(|a| *leaf(a)).collect())
            }
            Expr::Cast(a, ty) => Expr::Cast(leaf(a), ty.clone()),
            Expr::Tuple(es) => Expr::Tuple(es.iter().map(|a| *leaf(a)).collect()),
            Expr::Array(es, vec) => Expr::Array(es.iter().map(|a| *leaf(a)).collect(), *vec),
            Expr::Repeat(a, n, reads, vec) => Expr::Repeat(leaf(a), n.clone(), reads.clone(), *vec),
            e => e.clone(),
        };
        match e {
            // What is stored by an assignment has no name of its own for its rule.
            Expr::Method(..) | Expr::Helper(..) | Expr::Binary(BinOp::Div, ..) if !named => {
                Expr::Use(self.name(e, span))
            }
            e => e,
        }
    }

    fn name(&mut self, e: Expr, span: Span) -> Operand {
        let var = self.f.fresh("t", Ty::Float(self.f.scalar_of(&e)));
        self.push(Kind::Let(var, e), span);
        Operand::Var(var)
    }

    fn leaf(&mut self, e: &Expr, span: Span) -> Expr {
        match e {
            Expr::Use(Operand::Var(v)) if self.f.vars[*v].mutable => {
                let load = Expr::Load(Place::var(*v));
                Expr::Use(self.name(load, span))
            }
            Expr::Use(_) => e.clone(),
            Expr::Load(p) if p.path.is_empty() && !self.f.vars[p.base].mutable => {
                Expr::Use(Operand::Var(p.base))
            }
            e => {
                let flat = self.flat(e, span, true);
                Expr::Use(self.name(flat, span))
            }
        }
    }
}
