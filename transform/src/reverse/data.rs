//! The adjoint of what is built from parts: taken apart field by field.

use super::Reverse;
use crate::ir::*;
use crate::ty::Ty;
use quote::quote;

impl Reverse<'_> {
    pub(super) fn adjoint_of_build(&mut self, b: &Build, seed: &Place) {
        for (step, e) in &b.parts {
            let Expr::Use(o) = e else { continue };
            let place = seed.clone().then(step.clone());
            let carries = self.carries(o);
            let tokens = self.spell(&place);
            // The fields that are left are the base's: what is named must not be among them.
            if b.base.is_some() && !carries {
                self.emit(Kind::Raw(quote!(__rt::take_out(&mut #tokens);)));
            }
            if !carries {
                continue;
            }
            let part = match step {
                Proj::Deref => {
                    let seed = self.spell(seed);
                    Expr::Raw(quote!(*#seed), vec![])
                }
                Proj::Field(_) if b.base.is_none() => Expr::Load(place),
                _ => Expr::Raw(quote!(__rt::take_out(&mut #tokens)), vec![]),
            };
            let part = match step {
                Proj::Deref => part,
                _ => self.of_type(&self.f.operand_ty(o), part),
            };
            self.contribute(o, part);
        }
        if let Some(Expr::Load(base)) = &b.base
            && let Some((bar, _)) = self.place_bar(base)
        {
            self.emit(Kind::Accumulate(bar, Expr::Load(seed.clone())));
        }
    }

    /// The adjoint of a number that comes out of a field, which may be a constant one.
    pub(super) fn of_type(&self, ty: &Ty, adjoint: Expr) -> Expr {
        let Ty::Float(scalar) = ty else {
            return adjoint;
        };
        let name = scalar.written().unwrap_or_else(|| quote!(_));
        let tokens = crate::emit::expr_tokens(&self.f, &adjoint);
        Expr::Raw(quote!(__rt::as_tangent::<#name, _>(#tokens)), vec![])
    }

    /// What is known of the type of a stored expression.
    pub(super) fn stored_ty(&self, e: &Expr) -> Ty {
        match e {
            Expr::Use(o) => self.f.operand_ty(o),
            Expr::Load(p) => self.f.place_ty(p),
            Expr::Neg(a) => self.stored_ty(a),
            Expr::Binary(_, a, b) => {
                let (a, b) = (self.stored_ty(a), self.stored_ty(b));
                if a.fits(&b) { a.join(&b) } else { Ty::Unknown }
            }
            Expr::Cast(_, Conversion::ToF64) => Ty::Float(crate::ty::Scalar::F64),
            _ => Ty::Unknown,
        }
    }
}
