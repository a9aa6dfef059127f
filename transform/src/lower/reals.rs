//! Functions of a type parameter bounded by `Real`: `T::from_f64(x)`, `T::zero()`, `T::max(a, b)`.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::rules;
use crate::ty::{Scalar, Ty};
use proc_macro2::Ident;
use quote::ToTokens;

/// The constants of `Real`.
const CONSTANTS: [&str; 11] = [
    "zero",
    "one",
    "pi",
    "e",
    "epsilon",
    "infinity",
    "neg_infinity",
    "nan",
    "min_positive",
    "min_value",
    "max_value",
];

impl Lower {
    /// The type parameter and the function that a path names: `T::f` or `<T as Real>::f`.
    pub(super) fn real_function(&self, path: &syn::ExprPath) -> Option<(Ident, Ident)> {
        let segments = &path.path.segments;
        let function = segments.last()?.ident.clone();
        let owner = match &path.qself {
            None if segments.len() == 2 && segments[0].arguments.is_none() => {
                syn::Path::from(segments[0].ident.clone())
            }
            Some(q) => {
                let is_real = q.position > 0
                    && segments.len() == q.position + 1
                    && segments[q.position - 1].ident == "Real";
                match &*q.ty {
                    syn::Type::Path(ty) if is_real => ty.path.clone(),
                    _ => return None,
                }
            }
            None => return None,
        };
        match self.f.types.scalar(&owner)? {
            Scalar::Param(owner) => Some((owner, function)),
            _ => None,
        }
    }

    /// The type of what such a function gives.
    pub(super) fn infer_real_call(&self, path: &syn::ExprPath) -> Option<Ty> {
        let (owner, function) = self.real_function(path)?;
        let name = function.to_string();
        let scalar = Scalar::Param(owner);
        Some(match name.as_str() {
            "from_f64" => Ty::Float(scalar),
            "to_f64" => Ty::Float(Scalar::F64),
            "sin_cos" => Ty::Tuple(vec![Ty::Float(scalar.clone()), Ty::Float(scalar)]),
            name if CONSTANTS.contains(&name) || rules::find(name).is_some() => Ty::Float(scalar),
            name if name.starts_with("is_") => Ty::Bool,
            _ => Ty::Unknown,
        })
    }

    /// Lowers a call of such a function; `Err` if it is none.
    pub(super) fn real_call(
        &mut self,
        c: &syn::ExprCall,
        path: &syn::ExprPath,
    ) -> Result<Option<Expr>, ()> {
        let (owner, function) = self.real_function(path).ok_or(())?;
        let name = function.to_string();
        let e = syn::Expr::Call(c.clone());
        let args: Vec<&syn::Expr> = c.args.iter().collect();
        Ok(match (name.as_str(), args.as_slice()) {
            (name, []) if CONSTANTS.contains(&name) => {
                let mut opaque = self.opaque(&e, Cut::None);
                opaque.pure = true;
                Some(Expr::Opaque(opaque))
            }
            ("from_f64", [x]) => {
                let Some(operand) = self.number(x) else {
                    return Ok(None);
                };
                let how = Conversion::FromF64(owner);
                Some(match operand {
                    Operand::Lit(tokens) => {
                        let mut opaque = self.opaque(&e, Cut::None);
                        let path = &c.func;
                        opaque.tokens = quote::quote!(#path(#tokens));
                        opaque.pure = true;
                        Expr::Opaque(opaque)
                    }
                    operand => Expr::Cast(Box::new(Expr::Use(operand)), how),
                })
            }
            ("to_f64", [x]) => self.as_f64(x),
            (name, [receiver, rest @ ..])
                if name == "sin_cos"
                    || rules::find(name).is_some_and(|r| r.args.len() == args.len()) =>
            {
                let m: syn::ExprMethodCall = syn::parse_quote!((#receiver).#function(#(#rest),*));
                self.method(&m)
            }
            _ => {
                let opaque = self.opaque(&e, Cut::None);
                let detail = format!("`{owner}::{name}` is not a function with a known derivative");
                let diagnostic = Diagnostic::at(Code::UnknownMethod, function.span(), detail);
                Some(Expr::Refused(opaque, Box::new(diagnostic)))
            }
        })
    }

    /// `x.to_f64()` of a type parameter's value.
    pub(super) fn as_f64(&mut self, x: &syn::Expr) -> Option<Expr> {
        let x = self.number(x)?;
        Some(Expr::Cast(Box::new(Expr::Use(x)), Conversion::ToF64))
    }

    /// A conversion of which it is not written what it converts.
    pub(super) fn conversion_without_type(&mut self, m: &syn::ExprMethodCall) -> Option<Expr> {
        let receiver = self.infer(&m.receiver);
        let unknown = matches!(receiver.peeled(), Ty::Unknown);
        let name = m.method.to_string();
        let (detail, help) = match name.as_str() {
            "into" if unknown || receiver.peeled().is_float() => (
                "the type that `into` gives is not written here",
                "write it, as in `let y: f64 = x.into();`, or say `f64::from(x)`",
            ),
            "to_f64" if unknown && self.f.types.generic => (
                "this is not known to be of a type bounded by `Real`",
                "give the receiver its type: `let y: T = …; y.to_f64()`",
            ),
            _ => return None,
        };
        let e = syn::Expr::MethodCall(m.clone());
        let diagnostic = Diagnostic::new(Code::UnknownMethod, &m.method, detail).with_help(help);
        let opaque = self.opaque(&e, Cut::NoDerivative(format!("`{name}`")));
        m.args
            .is_empty()
            .then(|| Expr::Refused(opaque, Box::new(diagnostic)))
    }

    /// Two real numbers that the signature tells apart have no rule together.
    pub(super) fn mixed(&mut self, left: &Operand, right: &Operand, at: &impl ToTokens) -> bool {
        let (Ty::Float(a), Ty::Float(b)) = (self.f.operand_ty(left), self.f.operand_ty(right))
        else {
            return false;
        };
        let (false, Some(left), Some(right)) = (a.fits(&b), a.written(), b.written()) else {
            return false;
        };
        let detail = format!("`{left}` and `{right}` meet in one operation");
        let help = match (a, b) {
            (Scalar::Param(name), _) | (_, Scalar::Param(name)) => {
                format!("convert one of them: `{name}::from_f64(y)`, or `x.to_f64()`")
            }
            _ => "convert one of them: `f64::from(x)`, or `y as f32`".into(),
        };
        let diagnostic = Diagnostic::new(Code::UnsupportedExpr, at, detail).with_help(help);
        self.diagnostics.push(diagnostic);
        true
    }

    /// A conversion that takes its type from where it stands: `let y: f64 = x.into();`.
    pub(super) fn conversion_to_written(&mut self, e: &syn::Expr, to: &Ty) -> Option<Expr> {
        let syn::Expr::MethodCall(m) = peel(e) else {
            return None;
        };
        let (Ty::Float(Scalar::F64 | Scalar::F32), true) =
            (to, m.method == "into" && m.args.is_empty())
        else {
            return None;
        };
        let (Ty::Float(Scalar::F64 | Scalar::F32), Ty::Float(to)) =
            (self.infer(&m.receiver).peeled(), to)
        else {
            return None;
        };
        let to = to.written()?;
        let x = self.number(&m.receiver)?;
        Some(Expr::Cast(Box::new(Expr::Use(x)), Conversion::As(to)))
    }
}
