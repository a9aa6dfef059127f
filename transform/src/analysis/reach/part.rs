//! Parts of parameters that may have no derivative, since a field on the way is marked `#[constant]`; and the types of
//! parameters, by which such questions are put.
//!
//! The mark stands at the struct, which no other macro sees. Its tangent shows it: the part that belongs to the field
//! has no size. So the question is put to rustc, as a closure that leads from the tangent to its part and never runs.

use crate::ir::*;
use crate::located::located;
use crate::ty::Ty;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;

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
        let at = ty.clone().into_iter().next();
        let at = Span::call_site().located_at(at.map_or_else(Span::call_site, |t| t.span()));
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
    if f.types.generic || f.closure.is_some() || !matches!(f.place_ty(place), Ty::Unknown) {
        return None;
    }
    let resolved = f.resolve(place);
    let param = f.params.iter().find(|p| p.var == resolved.base)?;
    let mut path = TokenStream::new();
    let mut field = None;
    for step in &resolved.path {
        match step {
            // Of a field's own reference or box it is not known what its tangent is.
            Proj::Deref | Proj::Value if field.is_none() => {}
            Proj::Field(syn::Member::Named(name)) => {
                path.extend(quote!(.#name));
                field = Some(name.clone());
            }
            Proj::Field(member) => path.extend(quote!(.#member)),
            Proj::Index(_) => path.extend(quote!([0])),
            _ => return None,
        }
    }
    Some(Part {
        of: param.var,
        ty: beside(f, &param.ty)?,
        path,
        field: field?,
    })
}

/// The type of a whole parameter, as it is written outside of the function.
pub(super) fn type_of(f: &Function, place: &Place) -> Option<TokenStream> {
    let place = f.resolve(place);
    let param = f.params.iter().find(|p| p.var == place.base)?;
    let whole = place
        .path
        .iter()
        .all(|step| matches!(step, Proj::Deref | Proj::Value));
    let known = whole && !f.types.generic && f.closure.is_none();
    known.then(|| beside(f, &param.ty)).flatten()
}

/// The type that a parameter has or refers to, as it is written outside of the function.
fn beside(f: &Function, ty: &syn::Type) -> Option<TokenStream> {
    struct Outside<'a>(Option<&'a syn::Type>);
    impl VisitMut for Outside<'_> {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            l.ident = Ident::new("static", l.ident.span());
        }
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            r.lifetime = Some(syn::Lifetime::new("'static", Span::call_site()));
            self.visit_type_mut(&mut r.elem);
        }
        fn visit_type_mut(&mut self, ty: &mut syn::Type) {
            if let (syn::Type::Path(p), Some(own)) = (&*ty, self.0)
                && p.path.is_ident("Self")
            {
                *ty = own.clone();
            }
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
    #[derive(Default)]
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_ident(&mut self, name: &'ast Ident) {
            self.0.push(name.to_string());
        }
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0.push("Self".into());
        }
    }
    let mut ty = match ty {
        syn::Type::Reference(r) => (*r.elem).clone(),
        ty => ty.clone(),
    };
    Outside(f.types.own.as_ref()).visit_type_mut(&mut ty);
    let mut names = Names::default();
    names.visit_type(&ty);
    let unknown = |name: &String| name == "Self" || f.types.lengths.iter().any(|l| l == name);
    (!names.0.iter().any(unknown)).then(|| ty.to_token_stream())
}
