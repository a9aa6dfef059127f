//! Parts of parameters that may have no derivative, since a field on the way is marked `#[constant]`.
//!
//! The mark stands at the struct, which no other macro sees. Its tangent shows it: the part that belongs to the field
//! has no size. So the question is put to rustc, as a closure that leads from the tangent to its part and never runs.

use super::receiver::{beside, steps};
use crate::ir::*;
use crate::located::located;
use crate::ty::Ty;
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

/// A part of a parameter, reached by fields.
#[derive(Clone, Debug)]
pub struct Part {
    /// The parameter.
    pub of: VarId,
    /// The parameter's type, as it can be written beside the function.
    ty: TokenStream,
    /// What leads from the tangent to its part.
    path: TokenStream,
    /// The field that was named last.
    pub field: Ident,
}

impl Part {
    /// What is asked: whether the part has no derivative.
    pub fn ends(&self, rt: &TokenStream) -> TokenStream {
        let (ty, path) = (&self.ty, &self.path);
        // What rustc says of the type and of the field, it has said at these places of the derivative, and does not
        // say twice.
        let at = super::receiver::asked_at(ty);
        let rt = located(rt.clone(), at);
        quote_spanned!(at=> #rt::ends::<#ty, _, _>(&|tangent| &mut tangent #path))
    }

    /// Whether both are the same part.
    pub fn is(&self, other: &Part) -> bool {
        self.of == other.of && self.path.to_string() == other.path.to_string()
    }

    /// The name of the struct that has the field, where it is the parameter itself.
    pub fn owner(&self) -> Option<String> {
        let ty = syn::parse2::<syn::Type>(self.ty.clone()).ok()?;
        match (ty, self.path.clone().into_iter().count()) {
            (syn::Type::Path(p), 2) => p.path.segments.last().map(|s| s.ident.to_string()),
            _ => None,
        }
    }

    /// In the user's words.
    pub fn text(&self) -> String {
        format!("the field `{}`", self.field)
    }
}

/// The part of a parameter that a place is, where it may be a field that is marked.
pub fn part(f: &Function, place: &Place) -> Option<Part> {
    if f.closure.is_some() || !matches!(f.place_ty(place), Ty::Unknown) {
        return None;
    }
    let resolved = f.resolve(place);
    let param = f.params.iter().find(|p| p.var == resolved.base)?;
    let (path, field) = steps(&resolved, true)?;
    Some(Part {
        of: param.var,
        ty: beside(f, &param.ty)?,
        path,
        field: field?,
    })
}
