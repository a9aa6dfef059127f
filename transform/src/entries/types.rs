//! Types as the entries write them: tangents, tuples, and the user's types without or with other lifetimes.

use crate::ty::Ty;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;

/// The tangent of a type, spelled out where syntax tells it.
pub(super) fn tangent_type(rt: &TokenStream, ty: &Ty, written: &TokenStream) -> TokenStream {
    let named = without_lifetimes(written);
    let tangent = || said_at(written, quote!(<#named as #rt::Differentiable>::Tangent));
    match ty.peeled() {
        Ty::Float(_) => written.clone(),
        Ty::Slice(t) if t.is_float() => {
            let element = match &**t {
                Ty::Float(scalar) => scalar.written(),
                _ => None,
            };
            match element {
                Some(element) => quote!(#rt::Vec<#element>),
                None => tangent(),
            }
        }
        _ => tangent(),
    }
}

/// The type with `'static` for each lifetime, also where one is left out: a tangent owns what it holds and is the same
/// for any, in a return type no lifetime may be left out, and an opaque type that names one captures it.
pub(super) fn without_lifetimes(of: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::Type>(of.clone()) {
        Ok(ty) => with_lifetimes(&ty, "static").to_token_stream(),
        Err(_) => of.clone(),
    }
}

/// Whether the type has a lifetime without a name.
pub(super) fn leaves_out_lifetimes(ty: &syn::Type) -> bool {
    struct Elided(bool);
    impl<'ast> Visit<'ast> for Elided {
        fn visit_lifetime(&mut self, l: &'ast syn::Lifetime) {
            self.0 |= l.ident == "_";
        }
        fn visit_type_reference(&mut self, r: &'ast syn::TypeReference) {
            self.0 |= r.lifetime.is_none();
            syn::visit::visit_type_reference(self, r);
        }
    }
    let mut elided = Elided(false);
    elided.visit_type(ty);
    elided.0
}

/// Whether the type has a lifetime, written or left out behind a `&`.
pub fn borrows(ty: &syn::Type) -> bool {
    let written = ty.to_token_stream();
    leaves_out_lifetimes(ty) || without_lifetimes(&written).to_string() != written.to_string()
}

/// Generated tokens that stand where `of` does in the user's source. A type without a tangent is named in many
/// generated signatures; rustc reports the same mistake at the same place once.
pub(super) fn said_at(of: &impl ToTokens, tokens: TokenStream) -> TokenStream {
    fn put(tokens: TokenStream, span: Span) -> TokenStream {
        let moved = tokens.into_iter().map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                let mut inner = Group::new(group.delimiter(), put(group.stream(), span));
                inner.set_span(span);
                return TokenTree::Group(inner);
            }
            // Names keep what they refer to.
            let at = match &tree {
                TokenTree::Ident(ident) => span.resolved_at(ident.span()),
                _ => span,
            };
            tree.set_span(at);
            tree
        });
        moved.collect()
    }
    let first = of.to_token_stream().into_iter().next();
    put(tokens, first.map_or_else(Span::call_site, |t| t.span()))
}

/// One type or a tuple of several; a bare one where there is one.
pub(super) fn tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        parts => quote!((#(#parts),*)),
    }
}

/// A type with its lifetimes left out.
pub(super) fn elided(ty: &syn::Type) -> syn::Type {
    with_lifetimes(ty, "_")
}

/// A type with another lifetime for each that it has.
fn with_lifetimes(ty: &syn::Type, name: &'static str) -> syn::Type {
    struct Replace(&'static str);
    impl VisitMut for Replace {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident != "static" {
                l.ident = Ident::new(self.0, l.ident.span());
            }
        }
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            r.lifetime = (self.0 != "_").then(|| syn::Lifetime::new("'static", Span::call_site()));
            self.visit_type_mut(&mut r.elem);
        }
    }
    let mut ty = ty.clone();
    Replace(name).visit_type_mut(&mut ty);
    ty
}

pub(super) fn elided_tokens(ty: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::Type>(ty.clone()) {
        Ok(ty) => elided(&ty).to_token_stream(),
        Err(_) => ty.clone(),
    }
}
