//! What a method is called on, as rustc can be asked about it where only the parameter's type is written.

use crate::ir::*;
use crate::located::located;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;

/// The receiver of a method: a parameter, or what its fields lead to.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The parameter's type, as it can be written beside the function.
    ty: TokenStream,
    /// What leads from there to the receiver.
    path: TokenStream,
}

/// The receiver that a place is, if it belongs to a parameter.
pub(super) fn receiver(f: &Function, place: &Place) -> Option<Receiver> {
    if f.closure.is_some() {
        return None;
    }
    let place = f.resolve(place);
    let param = f.params.iter().find(|p| p.var == place.base)?;
    let (path, _) = steps(&place, false)?;
    let ty = beside(f, &param.ty)?;
    Some(Receiver { ty, path })
}

impl Receiver {
    /// Whether the type has an annotated method of this name of which a fact holds: an expression, since a field's type
    /// has no name here.
    pub fn holds(
        &self,
        rt: &TokenStream,
        method: &Ident,
        position: usize,
        fact: &str,
    ) -> TokenStream {
        let (ty, path) = (&self.ty, &self.path);
        let (number, position) = numbers(method, position);
        let at = asked_at(ty);
        let rt = located(rt.clone(), at);
        let name = Ident::new(&fact.to_lowercase(), at);
        quote_spanned! {at=> {
            use #rt::Unknown as _;
            #rt::told::<#ty, _, _>(&|of| #rt::asked::<_, #number, #position>(&of #path).#name())
        }}
    }

    /// The type that stands for the fact, whether there is such a method or not.
    pub fn fact(
        &self,
        rt: &TokenStream,
        method: &Ident,
        position: usize,
        fact: &str,
    ) -> Option<TokenStream> {
        let ty = &self.ty;
        let (number, position) = numbers(method, position);
        let name = Ident::new(fact, Span::call_site());
        // Whether the method is there depends on no fact, so there are no circles in the asking.
        self.path.is_empty().then(|| {
            quote! {
                <#rt::Pick<{ use #rt::Otherwise as _; #rt::Ask::<#ty, #number, #position>::THERE }> as
                    #rt::Picked<#ty, #number, #position>>::#name
            }
        })
    }
}

fn numbers(method: &Ident, position: usize) -> (Literal, Literal) {
    (
        Literal::u64_unsuffixed(crate::watch::number_of(method)),
        Literal::usize_unsuffixed(position),
    )
}

/// Where a question about a type is put: what rustc says of the type and of its fields, it has said at this place of the
/// derivative, and does not say twice.
pub(super) fn asked_at(ty: &TokenStream) -> Span {
    let first = ty.clone().into_iter().next();
    Span::call_site().located_at(first.map_or_else(Span::call_site, |t| t.span()))
}

/// What leads from a parameter to a place, with any element standing for each, and the last field that was named.
/// In a tangent, what lies behind a field's own reference or box is not known.
pub(super) fn steps(place: &Place, in_tangent: bool) -> Option<(TokenStream, Option<Ident>)> {
    let mut path = TokenStream::new();
    let mut field = None;
    for step in &place.path {
        match step {
            Proj::Deref | Proj::Value if !in_tangent || field.is_none() => {}
            Proj::Field(syn::Member::Named(name)) => {
                path.extend(quote!(.#name));
                field = Some(name.clone());
            }
            Proj::Field(member) => path.extend(quote!(.#member)),
            Proj::Run if !in_tangent => {}
            Proj::Index(_) => path.extend(quote!([0])),
            _ => return None,
        }
    }
    Some((path, field))
}

/// The type that a parameter has or refers to, as it is written outside of the function, where an example stands for
/// each type parameter and each length: what is asked does not depend on them.
pub(super) fn beside(f: &Function, ty: &syn::Type) -> Option<TokenStream> {
    if !f.types.can_be_filled() {
        return None;
    }
    let mut ty = match ty {
        syn::Type::Reference(r) => (*r.elem).clone(),
        ty => ty.clone(),
    };
    Outside(&f.types).visit_type_mut(&mut ty);
    let mut names = Unknown(false);
    names.visit_type(&ty);
    (!names.0).then(|| ty.to_token_stream())
}

struct Outside<'a>(&'a crate::ty::Types);

impl Outside<'_> {
    fn is_length(&self, path: &syn::Path) -> bool {
        self.0.lengths.iter().any(|name| path.is_ident(name))
    }
}

impl VisitMut for Outside<'_> {
    fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
        l.ident = Ident::new("static", l.ident.span());
    }
    fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
        r.lifetime = Some(syn::Lifetime::new("'static", Span::call_site()));
        self.visit_type_mut(&mut r.elem);
    }
    fn visit_generic_argument_mut(&mut self, argument: &mut syn::GenericArgument) {
        if let syn::GenericArgument::Type(syn::Type::Path(p)) = argument
            && self.is_length(&p.path)
        {
            *argument = syn::GenericArgument::Const(syn::parse_quote!(1));
        }
        syn::visit_mut::visit_generic_argument_mut(self, argument);
    }
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        if let syn::Expr::Path(p) = &*e
            && self.is_length(&p.path)
        {
            *e = syn::parse_quote!(1);
        }
        syn::visit_mut::visit_expr_mut(self, e);
    }
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        if let (syn::Type::Path(p), Some(own)) = (&*ty, &self.0.own)
            && p.path.is_ident("Self")
        {
            *ty = own.clone();
        }
        if let syn::Type::Path(p) = &*ty
            && self.0.reals.iter().any(|name| p.path.is_ident(name))
        {
            *ty = syn::parse_quote!(f64);
        }
        syn::visit_mut::visit_type_mut(self, ty);
    }
}

/// Whether a type has parts that cannot be written.
struct Unknown(bool);

impl<'ast> Visit<'ast> for Unknown {
    fn visit_ident(&mut self, name: &'ast Ident) {
        self.0 |= name == "Self";
    }
    fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
        self.0 = true;
    }
}
