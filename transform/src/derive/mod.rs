//! `#[derive(Differentiable)]`: the tangent of a struct or an enum, field by field.
//!
//! The type `NameTangent` has the fields of `Name`, each with the tangent of the field's type. Generated code
//! reaches fields by their own names, and what a pattern binds by accessors that are named after the pattern
//! (`__part_Circle_0`): a pattern shows neither the type's name nor whether it is a variant's.

mod generics;
mod impls;
mod input;
mod parameters;
mod space;
mod standard;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use proc_macro2::TokenStream;
use quote::quote;

/// Expands the derive. What is wrong is reported at the user's tokens, all at once.
pub fn derive(item: TokenStream) -> TokenStream {
    let item: syn::DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Vec::new();
    match input::read(&item, &mut errors) {
        Some(input) if errors.is_empty() => impls::all(&input),
        _ => Diagnostics::from(errors).into_tokens(),
    }
}

/// A refusal that concerns the derive.
fn refuse(
    errors: &mut Vec<Diagnostic>,
    code: Code,
    at: impl quote::ToTokens,
    detail: impl Into<String>,
) {
    errors.push(Diagnostic::new(code, at, detail));
}

/// The accessor of a part that a pattern `name` binds: by exclusive and by shared reference.
pub fn accessor(name: &str, member: &syn::Member, write: bool) -> syn::Ident {
    let member = match member {
        syn::Member::Named(name) => name.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    };
    let [name, member] = [name, &member].map(|n| n.trim_start_matches("r#").to_string());
    let verb = if write { "part" } else { "peek" };
    syn::Ident::new(
        &format!("__{verb}_{name}_{member}"),
        proc_macro2::Span::call_site(),
    )
}

/// The path to what generated code calls.
fn runtime(krate: Option<&syn::Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::rt),
        None => quote!(::pullback::rt),
    }
}
