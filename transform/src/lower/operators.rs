//! Operators and casts, and the numbers that they are applied to.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::Code;
use crate::ir::*;
use crate::ty::{Scalar, Ty};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

impl Lower {
    pub(super) fn unary(&mut self, u: &syn::ExprUnary) -> Option<Expr> {
        let e = syn::Expr::Unary(u.clone());
        match u.op {
            syn::UnOp::Deref(_) => match self.place(&e) {
                Some(place) => Some(Expr::Load(place)),
                None => Some(self.refused(
                    &e,
                    Code::ActiveReference,
                    "it is not clear which memory this refers to",
                )),
            },
            syn::UnOp::Neg(_) => match self.scalar(&u.expr)? {
                Operand::Lit(tokens) => Some(Expr::Use(Operand::Lit(quote!(-#tokens)))),
                operand => Some(Expr::Neg(Box::new(Expr::Use(operand)))),
            },
            _ => Some(Expr::Opaque(
                self.opaque(&e, Cut::NoDerivative("`!`".into())),
            )),
        }
    }

    pub(super) fn binary(&mut self, b: &syn::ExprBinary) -> Option<Expr> {
        let Some(op) = arithmetic(&b.op) else {
            let e = syn::Expr::Binary(b.clone());
            return Some(self.refused(
                &e,
                Code::UnsupportedExpr,
                "this operator has no derivative for the type it is used with",
            ));
        };
        let mut left = self.scalar(&b.left)?;
        let mut right = self.scalar(&b.right)?;
        if self.f.operand_ty(&left).is_float() {
            let beside = self.f.operand_ty(&left);
            self.number_beside(&mut right, &beside, b.span());
        } else if self.f.operand_ty(&right).is_float() {
            let beside = self.f.operand_ty(&right);
            self.number_beside(&mut left, &beside, b.span());
        }
        if self.mixed(&left, &right, b) {
            return None;
        }
        Some(match (&left, &right) {
            (Operand::Lit(l), Operand::Lit(r)) => {
                let op = &b.op;
                Expr::Use(Operand::Lit(quote!((#l #op #r))))
            }
            _ => {
                self.operator = Some(b.op.span());
                Expr::Binary(op, Box::new(Expr::Use(left)), Box::new(Expr::Use(right)))
            }
        })
    }

    /// Beside a float, a named constant is a number; the type checker is asked to agree.
    fn number_beside(&mut self, operand: &mut Operand, beside: &Ty, span: proc_macro2::Span) {
        let ty = match beside {
            Ty::Float(scalar @ Scalar::Param(_)) => Ty::Float(scalar.clone()),
            // It could be a reference to one.
            _ => Ty::Float(Scalar::Literal),
        };
        if !matches!(self.f.operand_ty(operand), Ty::Unknown) {
            return;
        }
        let tokens = super::operand_tokens(&self.f, operand);
        let check = Kind::Raw(quote!(__rt::assert_number(&#tokens);));
        match operand {
            Operand::Lit(path) if is_constant_name(path) => {
                self.push(check, span);
                let var = self.f.fresh("t", ty);
                self.push(Kind::Let(var, Expr::Use(operand.clone())), span);
                *operand = Operand::Var(var);
            }
            _ => {}
        }
    }

    /// An operand by reference, as in `&v * k`: a number is read, anything else keeps its reference, since the
    /// operator may be implemented for that alone.
    fn by_reference(&mut self, e: &syn::Expr) -> Option<Operand> {
        let syn::Expr::Reference(r) = peel(e) else {
            return None;
        };
        if r.mutability.is_some() || self.infer(&r.expr).is_constant() {
            return None;
        }
        let place = self.place(&r.expr).or_else(|| self.temporary(&r.expr))?;
        let ty = self.f.place_ty(&place);
        if ty.peeled().is_float() {
            return Some(self.name(Expr::Load(place), ty, e.span()));
        }
        let reference = self.f.names.fresh("operand");
        self.alias(&reference, place, false, e.span());
        let alias = *self.by_name.get(&reference.to_string())?;
        Some(Operand::Var(alias))
    }

    /// A number, read through a reference where it must be.
    pub(super) fn number(&mut self, e: &syn::Expr) -> Option<Operand> {
        match self.scalar(e)? {
            Operand::Var(v) if self.f.vars[v].alias.is_some() => {
                let place = Place::var(v).then(Proj::Deref);
                let ty = self.f.place_ty(&place);
                Some(self.name(Expr::Load(place), ty, e.span()))
            }
            operand => Some(operand),
        }
    }

    /// A number rather than a reference to one.
    pub(super) fn scalar(&mut self, e: &syn::Expr) -> Option<Operand> {
        if let Some(operand) = self.by_reference(e) {
            return Some(operand);
        }
        let operand = self.value(e)?;
        let Operand::Var(v) = operand else {
            return Some(operand);
        };
        let place = match &self.f.vars[v].ty {
            Ty::Ref(t, _) if t.is_float() => Place::var(v).then(Proj::Deref),
            Ty::Ref(..) if self.bound.contains(&v) => Place::var(v).then(Proj::Value),
            // A parameter that is a reference stands for what it leads to, under its own name.
            Ty::Ref(..) if self.f.vars[v].alias.is_none() => {
                let mut var = self.f.vars[v].clone();
                var.alias = Some(Place::var(v).then(Proj::Deref));
                self.f.vars.push(var);
                return Some(Operand::Var(self.f.vars.len() - 1));
            }
            _ => return Some(operand),
        };
        let ty = self.f.place_ty(&place);
        Some(self.name(Expr::Load(place), ty, e.span()))
    }

    pub(super) fn cast(&mut self, c: &syn::ExprCast) -> Option<Expr> {
        let e = syn::Expr::Cast(c.clone());
        if self.infer(&c.expr).is_constant() {
            return Some(Expr::Opaque(self.opaque(&e, Cut::None)));
        }
        let to = c.ty.to_token_stream();
        let how = match (self.f.types.of(&c.ty), &*c.ty) {
            (Ty::Float(_), _) => Conversion::As(to),
            (Ty::Unknown, syn::Type::Path(_)) => Conversion::Alias(to),
            _ => {
                let what = "a cast to a type that is neither a float nor an integer";
                return Some(self.refused(&e, Code::UnsupportedExpr, what));
            }
        };
        match self.number(&c.expr)? {
            Operand::Lit(_) => Some(Expr::Opaque(self.opaque(&e, Cut::None))),
            operand => Some(Expr::Cast(Box::new(Expr::Use(operand)), how)),
        }
    }
}

/// `DT` or `model::GRAVITY`: a path that ends in capitals.
fn is_constant_name(tokens: &proc_macro2::TokenStream) -> bool {
    let Ok(path) = syn::parse2::<syn::Path>(tokens.clone()) else {
        return false;
    };
    path.segments.last().is_some_and(|s| {
        let name = s.ident.to_string();
        s.arguments.is_none()
            && name.chars().any(char::is_alphabetic)
            && name
                .chars()
                .all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

/// The arithmetic operators, also as compound assignment.
pub fn arithmetic(op: &syn::BinOp) -> Option<BinOp> {
    use syn::BinOp::*;
    Some(match op {
        Add(_) | AddAssign(_) => BinOp::Add,
        Sub(_) | SubAssign(_) => BinOp::Sub,
        Mul(_) | MulAssign(_) => BinOp::Mul,
        Div(_) | DivAssign(_) => BinOp::Div,
        Rem(_) | RemAssign(_) => BinOp::Rem,
        _ => return None,
    })
}
