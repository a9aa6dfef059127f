//! Parameters that are functions: `f: F` or `f: &F` with `F: Fn(A, B) -> R`, which `impl Fn` is as well.
//!
//! In the entries that differentiable callers use, such a function also gives what reverses it:
//! `Fn(A, B, &mut Tape) -> (R, P)`, where the pullback `P` adds to the adjoints of `A` and `B` and to that of
//! the function's environment, which is what it captures. In forward mode it takes the tangents behind the arguments
//! and gives that of the result behind the result.

use crate::ty::Types;
use proc_macro2::{Ident, Span};
use syn::punctuated::Punctuated;

/// A parameter that is a function.
#[derive(Clone, Debug)]
pub struct Given {
    /// The type parameter.
    pub name: Ident,
    /// The user's name of the parameter.
    pub plain: Ident,
    /// `Fn`, `FnMut` or `FnOnce`.
    pub kind: Ident,
    /// Taken by reference.
    pub reference: bool,
    /// What it takes.
    pub inputs: Vec<syn::Type>,
    /// What it gives.
    pub output: syn::Type,
    /// Whether derivatives pass through its calls.
    pub differentiable: bool,
    /// The type parameter that stands for its pullback.
    pub pullback: Ident,
    /// The type parameter that stands for the tangent of its environment.
    pub environment: Ident,
}

/// Whether a parameter of the type is a function.
pub fn takes(sig: &syn::Signature, ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Reference(r) => takes(sig, &r.elem),
        syn::Type::ImplTrait(i) => i.bounds.iter().any(|b| of_functions(b).is_some()),
        syn::Type::Path(p) => {
            let name = p.path.get_ident();
            name.is_some_and(|name| function_bound(&sig.generics, name).is_some())
        }
        _ => false,
    }
}

/// What is known of a parameter that is a function.
pub fn given(
    sig: &syn::Signature,
    ty: &syn::Type,
    plain: &Ident,
    constant: bool,
    types: &Types,
) -> Option<Given> {
    let (ty, reference) = match ty {
        syn::Type::Reference(r) if r.mutability.is_none() => (&*r.elem, true),
        ty => (ty, false),
    };
    let name = match ty {
        syn::Type::Path(p) if p.qself.is_none() => p.path.get_ident()?.clone(),
        _ => return None,
    };
    let (kind, arguments) = function_bound(&sig.generics, &name)?;
    let output = match arguments.output {
        syn::ReturnType::Default => syn::parse_quote!(()),
        syn::ReturnType::Type(_, ty) => *ty,
    };
    let inputs: Vec<syn::Type> = arguments.inputs.into_iter().map(|input| input.ty).collect();
    let by_shared =
        |ty: &syn::Type| !matches!(ty, syn::Type::Reference(r) if r.mutability.is_some());
    let differentiable = !constant
        && kind == "Fn"
        && inputs.iter().all(by_shared)
        && !matches!(output, syn::Type::Reference(_))
        && !types.of(&output).is_constant();
    let unnamed = || Ident::new("_Unnamed", Span::call_site());
    Some(Given {
        name,
        plain: plain.clone(),
        kind,
        reference,
        inputs,
        output,
        differentiable,
        pullback: unnamed(),
        environment: unnamed(),
    })
}

/// `Fn(A) -> R` among the bounds of a type parameter.
fn function_bound(
    generics: &syn::Generics,
    name: &Ident,
) -> Option<(Ident, syn::ParenthesizedGenericArguments)> {
    let param = generics.type_params().find(|p| p.ident == *name)?;
    let predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
    let in_where = predicates.filter_map(|p| match p {
        syn::WherePredicate::Type(t) if is_name(&t.bounded_ty, name) => Some(&t.bounds),
        _ => None,
    });
    let bounds = std::iter::once(&param.bounds).chain(in_where);
    bounds.flatten().find_map(of_functions)
}

/// Whether a type is the type parameter.
pub fn is_name(ty: &syn::Type, name: &Ident) -> bool {
    matches!(ty, syn::Type::Path(p) if p.path.is_ident(name))
}

fn of_functions(
    bound: &syn::TypeParamBound,
) -> Option<(Ident, syn::ParenthesizedGenericArguments)> {
    let syn::TypeParamBound::Trait(t) = bound else {
        return None;
    };
    let last = t.path.segments.last()?;
    match &last.arguments {
        syn::PathArguments::Parenthesized(arguments) => {
            Some((last.ident.clone(), arguments.clone()))
        }
        _ => None,
    }
}

/// Changes what the bound on a function says that it takes and gives.
pub fn rewrite(
    bounds: &mut Punctuated<syn::TypeParamBound, syn::Token![+]>,
    change: &mut dyn FnMut(&mut syn::ParenthesizedGenericArguments),
) {
    for bound in bounds {
        if let syn::TypeParamBound::Trait(t) = bound
            && let Some(last) = t.path.segments.last_mut()
            && let syn::PathArguments::Parenthesized(arguments) = &mut last.arguments
        {
            change(arguments);
        }
    }
}
