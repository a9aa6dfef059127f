//! The generics of the entries: the user's, with bounds that let derivatives pass through values of type parameters.

use super::shape::runtime;
use super::{Around, shield};
use crate::args::Options;
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Ident, Span};
use quote::quote;

/// The user's bounds, and that a type parameter whose values carry derivatives is differentiable.
pub(super) fn bounds(
    function: &syn::ItemFn,
    options: &Options,
    around: &Around,
    f: &Function,
) -> Option<syn::WhereClause> {
    let rt = runtime(options);
    let mut all: Vec<syn::WherePredicate> = Vec::new();
    if let Some(given) = &function.sig.generics.where_clause {
        all.extend(given.predicates.iter().cloned());
    }
    let inputs = f.params.iter().filter(|p| p.active).map(|p| &p.ty);
    let inputs = quote!(#(#inputs)*);
    for name in open_parameters(&function.sig.generics, &f.types) {
        if !crate::names::mentions(&inputs, &name) {
            continue;
        }
        // A receiver that changes is copied before a pullback looks at it again.
        all.push(syn::parse_quote! {
            #name: #rt::Differentiable + ::core::clone::Clone + ::core::marker::Send + 'static
        });
    }
    if around.declares {
        let (inputs, output) = (&function.sig.inputs, &function.sig.output);
        let own = Ident::new("Self", Span::call_site());
        let passes = function.sig.receiver().is_some()
            || crate::names::mentions(&quote!(#inputs #output), &own);
        // A type that is only a name for functions carries nothing.
        all.push(match passes {
            true => syn::parse_quote! {
                Self: ::core::marker::Sized + #rt::Differentiable + ::core::clone::Clone + ::core::marker::Send + 'static
            },
            false => syn::parse_quote!(Self: ::core::marker::Sized),
        });
    }
    // A trait's `impl` may not ask for more than the trait.
    if !around.fixed && !around.declares {
        let parameters = parameters(function, around);
        let types = signature_types(function, f);
        all.extend(shield::assumptions(&rt, types, &parameters));
    }
    (!all.is_empty()).then(|| syn::parse_quote!(where #(#all),*))
}

/// The types whose tangents the entries name.
pub(super) fn signature_types<'a>(
    function: &'a syn::ItemFn,
    f: &'a Function,
) -> impl Iterator<Item = &'a syn::Type> {
    let inputs = f.params.iter().filter(|p| p.active).map(|p| &p.ty);
    let result = match &function.sig.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, ty) => Some(&**ty),
    };
    inputs.chain(result)
}

/// The parameters of the function and of what stands around it.
pub(super) fn parameters(function: &syn::ItemFn, around: &Around) -> Vec<Ident> {
    let mut all = arguments(&function.sig.generics);
    all.extend(around.generics.map(arguments).unwrap_or_default());
    all
}

/// The type parameters that are neither known to be real numbers nor known to carry no derivative.
fn open_parameters(generics: &syn::Generics, types: &crate::ty::Types) -> Vec<Ident> {
    let open = |p: &&syn::TypeParam| {
        let name = &p.ident;
        matches!(types.of(&syn::parse_quote!(#name)), Ty::Unknown)
    };
    generics
        .type_params()
        .filter(open)
        .map(|p| p.ident.clone())
        .collect()
}

/// The generics of an `impl` with bounds that let derivatives pass through values of its type parameters.
pub fn with_open_parameters(generics: &syn::Generics, options: &Options) -> syn::Generics {
    let rt = runtime(options);
    let mut generics = generics.clone();
    // A receiver that changes is copied before a pullback looks at it again.
    let clone = quote!(::core::clone::Clone + ::core::marker::Send);
    for name in open_parameters(&generics, &crate::ty::Types::of_generics(&generics)) {
        let bound = syn::parse_quote!(#name: #rt::Differentiable + #clone + 'static);
        generics.make_where_clause().predicates.push(bound);
    }
    generics
}

/// The names of the type and constant parameters.
pub(super) fn arguments(generics: &syn::Generics) -> Vec<Ident> {
    let name = |p: &syn::GenericParam| match p {
        syn::GenericParam::Type(t) => Some(t.ident.clone()),
        syn::GenericParam::Const(c) => Some(c.ident.clone()),
        syn::GenericParam::Lifetime(_) => None,
    };
    generics.params.iter().filter_map(name).collect()
}
