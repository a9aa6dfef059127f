//! Expressions that give values.

use super::infer::peel;
use super::operators::arithmetic;
use super::{Lower, opaque::is_compound};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

impl Lower {
    /// The expression as one step; `None` if it never gives a value.
    pub(super) fn rhs(&mut self, e: &syn::Expr) -> Option<Expr> {
        let e = peel(e);
        if !is_structured(e) && self.infer(e).is_constant() && !self.is_plain(e) {
            let cut = self.cut_of(e);
            return Some(Expr::Opaque(self.opaque(e, cut)));
        }
        if let Some(number) = crate::unfold::selection::number(e) {
            return Some(self.answered(e, number, "an index"));
        }
        match e {
            syn::Expr::Lit(l) => Some(Expr::Use(Operand::Lit(l.to_token_stream()))),
            syn::Expr::Path(p) => Some(match self.lookup(&p.path) {
                Some(v) if self.f.vars[v].mutable => Expr::Load(Place::var(v)),
                Some(v) => Expr::Use(Operand::Var(v)),
                None => Expr::Use(Operand::Lit(p.to_token_stream())),
            }),
            syn::Expr::Unary(u) => self.unary(u),
            syn::Expr::Binary(b) if is_compound(&b.op) => {
                self.compound(b);
                Some(Expr::Use(Operand::Lit(quote!(()))))
            }
            syn::Expr::Binary(b) => self.binary(b),
            syn::Expr::Cast(c) => self.cast(c),
            syn::Expr::Field(_) | syn::Expr::Index(_) => match self.place(e) {
                Some(place) => Some(Expr::Load(place)),
                None => Some(Expr::Opaque(self.opaque(e, Cut::None))),
            },
            syn::Expr::MethodCall(m) => self.method(m),
            syn::Expr::Call(c) => self.call(c),
            syn::Expr::Tuple(t) if t.elems.is_empty() => Some(Expr::Use(Operand::Lit(quote!(())))),
            syn::Expr::Tuple(t) => Some(Expr::Tuple(self.operands(t.elems.iter())?)),
            syn::Expr::Array(a) => Some(Expr::Array(self.operands(a.elems.iter())?, false)),
            syn::Expr::Repeat(r) => self.repeat(&r.expr, &r.len, false),
            syn::Expr::Macro(m) => self.macro_value(e, &m.mac),
            syn::Expr::Reference(r) => self.reference_value(e, r),
            syn::Expr::Closure(_) => Some(self.refused(
                e,
                Code::ClosureNotYet,
                "this closure captures or receives a value that carries a derivative",
            )),
            syn::Expr::Try(t) => {
                self.refuse(Code::TryNotYet, &t.question_token, "");
                None
            }
            syn::Expr::Struct(s) => self.struct_literal(s),
            syn::Expr::Range(_) => Some(self.refused(
                e,
                Code::UnsupportedExpr,
                "a range is built here from values that carry a derivative",
            )),
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) => {
                self.exit(e);
                None
            }
            syn::Expr::Assign(a) => {
                self.assign(a);
                Some(Expr::Use(Operand::Lit(quote!(()))))
            }
            syn::Expr::Match(_) if self.is_element_unwrapped(e) => {
                let place = self.element_unwrapped(e)?;
                let ty = self.f.place_ty(&place);
                Some(Expr::Use(self.name(Expr::Load(place), ty, e.span())))
            }
            syn::Expr::If(_) | syn::Expr::Match(_) | syn::Expr::Block(_) | syn::Expr::Loop(_) => {
                self.structured_value(e)
            }
            syn::Expr::While(_) | syn::Expr::ForLoop(_) => {
                self.structured(e, None);
                Some(Expr::Use(Operand::Lit(quote!(()))))
            }
            _ => Some(self.refused(
                e,
                Code::UnsupportedExpr,
                "this kind of expression sees a value that carries a derivative",
            )),
        }
    }

    /// The user's tokens, refused if they touch a value that carries a derivative.
    pub(super) fn refused(&mut self, e: &syn::Expr, code: Code, detail: &str) -> Expr {
        let diagnostic = Diagnostic::new(code, e, detail);
        Expr::Refused(self.opaque(e, Cut::None), Box::new(diagnostic))
    }

    /// The expression as an operand; `None` if it never gives a value.
    pub(super) fn value(&mut self, e: &syn::Expr) -> Option<Operand> {
        let expr = self.rhs(e)?;
        let ty = self.expr_ty(&expr, e);
        // What is wrong with an operator is said at the operator, as rustc does.
        let span = match e {
            syn::Expr::Binary(b) => b.op.span(),
            e => e.span(),
        };
        Some(self.name(expr, ty, span))
    }

    /// The type of what was just lowered.
    pub(super) fn expr_ty(&self, expr: &Expr, e: &syn::Expr) -> Ty {
        let inferred = self.infer(e);
        match (expr, inferred) {
            (Expr::Use(o), Ty::Unknown) => self.f.operand_ty(o),
            (Expr::Load(p), Ty::Unknown) => self.f.place_ty(p),
            (Expr::Removed(p, how), Ty::Unknown) => self.removed_ty(p, how),
            (Expr::Binary(_, a, b), Ty::Unknown) => match (&**a, &**b) {
                (Expr::Use(a), Expr::Use(b)) => {
                    let (a, b) = (self.f.operand_ty(a), self.f.operand_ty(b));
                    if a.fits(&b) { a.join(&b) } else { Ty::Unknown }
                }
                _ => Ty::Unknown,
            },
            (Expr::Neg(a), Ty::Unknown) => match &**a {
                Expr::Use(a) => self.f.operand_ty(a).peeled().clone(),
                _ => Ty::Unknown,
            },
            (Expr::Method(a, ..), Ty::Unknown) => match &**a {
                Expr::Use(a) if self.f.operand_ty(a).is_float() => self.f.operand_ty(a),
                _ => Ty::Unknown,
            },
            (Expr::Tuple(es), _) => Ty::Tuple(es.iter().map(|e| self.leaf_ty(e)).collect()),
            (Expr::Array(es, vec), inferred) => {
                let element = es.iter().map(|e| self.leaf_ty(e)).reduce(|a, b| a.join(&b));
                let element = Box::new(element.unwrap_or_default());
                match inferred {
                    _ if *vec => Ty::Vec(element),
                    Ty::Array(_, n) => Ty::Array(element, n),
                    _ => Ty::Array(element, None),
                }
            }
            (Expr::Repeat(e, _, _, vec), inferred) => {
                let element = Box::new(self.leaf_ty(e));
                match inferred {
                    _ if *vec => Ty::Vec(element),
                    Ty::Array(_, n) => Ty::Array(element, n),
                    _ => Ty::Array(element, None),
                }
            }
            (Expr::Wrap(e, variant), _) => {
                let payload = Box::new(self.leaf_ty(e));
                if variant == "Ok" {
                    Ty::Result(payload)
                } else {
                    Ty::Option(payload)
                }
            }
            (_, ty) => ty,
        }
    }

    fn leaf_ty(&self, e: &Expr) -> Ty {
        match e {
            Expr::Use(o) => self.f.operand_ty(o),
            _ => Ty::Unknown,
        }
    }

    pub(super) fn operands<'e>(
        &mut self,
        es: impl Iterator<Item = &'e syn::Expr>,
    ) -> Option<Vec<Expr>> {
        let mut operands = Vec::new();
        for e in es {
            let operand = self.value(e)?;
            self.no_reference(&operand, e);
            operands.push(Expr::Use(operand));
        }
        Some(operands)
    }

    /// A reference to memory that carries a derivative can be followed while it has a name, not inside a value.
    pub(super) fn no_reference(&mut self, operand: &Operand, e: &syn::Expr) {
        if let Operand::Var(v) = operand
            && self.f.vars[*v].alias.is_some()
            && matches!(self.f.vars[*v].ty, Ty::Ref(..))
        {
            let name = &self.f.vars[*v].ident;
            let detail =
                format!("`{name}` is a reference, and is stored here; `*{name}` is its value");
            self.refuse(Code::ActiveReference, e, detail);
        }
    }

    pub(super) fn repeat(
        &mut self,
        element: &syn::Expr,
        len: &syn::Expr,
        vec: bool,
    ) -> Option<Expr> {
        let element = self.value(element)?;
        // The length is a constant for an array; a vector's is evaluated once, here.
        let (len, reads) = match vec.then(|| self.value(len)) {
            Some(Some(Operand::Var(v))) => (self.f.vars[v].ident.to_token_stream(), vec![v]),
            Some(None) => return None,
            _ => (len.to_token_stream(), vec![]),
        };
        Some(Expr::Repeat(Box::new(Expr::Use(element)), len, reads, vec))
    }

    /// `&place` where a value is wanted: only an argument or a `let` can be a reference.
    fn reference_value(&mut self, e: &syn::Expr, _: &syn::ExprReference) -> Option<Expr> {
        Some(self.refused(
            e,
            Code::ActiveReference,
            "this reference is stored or returned, so it is not clear which memory it refers to",
        ))
    }

    /// Nothing to compute: a literal or a variable.
    fn is_plain(&self, e: &syn::Expr) -> bool {
        match peel(e) {
            syn::Expr::Lit(_) => true,
            syn::Expr::Unary(u) => {
                matches!(u.op, syn::UnOp::Neg(_)) && matches!(peel(&u.expr), syn::Expr::Lit(_))
            }
            syn::Expr::Path(p) => match self.lookup(&p.path) {
                Some(v) => !self.f.vars[v].mutable,
                None => true,
            },
            syn::Expr::Tuple(t) => t.elems.is_empty(),
            _ => false,
        }
    }

    /// Why no derivative passes through an expression without a tangent.
    fn cut_of(&self, e: &syn::Expr) -> Cut {
        match e {
            syn::Expr::Cast(c) if matches!(self.f.types.of(&c.ty), Ty::Int(_)) => Cut::IntegerCast,
            syn::Expr::Binary(b) if arithmetic(&b.op).is_none() => {
                Cut::NoDerivative("a comparison".into())
            }
            syn::Expr::MethodCall(m) => Cut::NoDerivative(format!("`{}`", m.method)),
            syn::Expr::Macro(m) => {
                Cut::NoDerivative(format!("`{}!`", m.mac.path.to_token_stream()))
            }
            _ => Cut::None,
        }
    }
}

/// Branches, blocks and loops.
pub(super) fn is_control_flow(e: &syn::Expr) -> bool {
    matches!(
        e,
        syn::Expr::If(_)
            | syn::Expr::Match(_)
            | syn::Expr::Block(_)
            | syn::Expr::Loop(_)
            | syn::Expr::While(_)
            | syn::Expr::ForLoop(_)
    )
}

/// Control flow and effects, which are lowered whatever their type.
pub(super) fn is_structured(e: &syn::Expr) -> bool {
    match e {
        e if is_control_flow(e) => true,
        syn::Expr::Return(_)
        | syn::Expr::Break(_)
        | syn::Expr::Continue(_)
        | syn::Expr::Assign(_)
        | syn::Expr::Macro(_) => true,
        // A call may be of a differentiable function with effects on active memory.
        syn::Expr::Call(_) => true,
        syn::Expr::MethodCall(m) => {
            matches!(
                m.method.to_string().as_str(),
                "swap" | "fill" | "copy_from_slice" | "clone_from_slice"
            )
        }
        syn::Expr::Binary(b) => is_compound(&b.op),
        _ => false,
    }
}

/// Whether control flow or an assignment is inside an expression.
pub(super) fn is_structured_inside(e: &syn::Expr) -> bool {
    struct Find(bool);
    impl<'ast> syn::visit::Visit<'ast> for Find {
        fn visit_expr(&mut self, e: &'ast syn::Expr) {
            self.0 |= matches!(
                e,
                syn::Expr::If(_)
                    | syn::Expr::Match(_)
                    | syn::Expr::Block(_)
                    | syn::Expr::Return(_)
                    | syn::Expr::Break(_)
                    | syn::Expr::Continue(_)
                    | syn::Expr::Assign(_)
                    | syn::Expr::Closure(_)
                    | syn::Expr::Macro(_)
                    | syn::Expr::Try(_)
            );
            syn::visit::visit_expr(self, e);
        }
    }
    let mut find = Find(false);
    syn::visit::Visit::visit_expr(&mut find, e);
    find.0
}
