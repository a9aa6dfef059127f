//! The type as the parameters of a model: an optimiser changes it field by field.
//!
//! Whether the fields may be changed is for rustc to see. The conditions stand in front of the impl, with a lifetime, so
//! that one that is not fulfilled is no mistake: a struct that borrows its data has a gradient all the same.

use super::accessor;
use super::impls::{active, bound, clause, field_ty, pattern};
use super::input::{Field, Input, Variant};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The impl of `Parameters`.
pub(super) fn parameters(input: &Input) -> TokenStream {
    let g = &input.generics;
    let (generics, args, name) = (&g.type_impl, &g.type_args, &input.item.ident);
    let rt = &input.rt;
    let fields = input
        .fields()
        .filter(|f| f.ty.is_some() && !recursive(input, f));
    let conditions = fields.map(|f| {
        let (written, gradient) = (f.written, field_ty(input, f));
        quote!(for<'__use> #written: #rt::UpdateBy<#gradient>)
    });
    let predicates: Vec<TokenStream> = g.type_where.iter().cloned().chain(conditions).collect();
    let predicates = clause(&predicates);
    let arms = input.variants.iter().map(|v| {
        let pattern = pattern(v, "");
        let updates = active(v).map(|f| {
            let (field, peek) = (bound(f, ""), peek(input, v, f));
            quote!(#rt::UpdateBy::update_by(#field, gradient.#peek(), by);)
        });
        quote!(#pattern => { #(#updates)* })
    });
    // An enum without variants has no value to change.
    let empty = input
        .variants
        .is_empty()
        .then(|| quote!(_ => match *self {},));
    quote! {
        #[automatically_derived]
        #[allow(unused_variables, private_bounds, clippy::all, clippy::pedantic)]
        impl #generics #rt::Parameters for #name #args #predicates {
            fn update(&mut self, gradient: &Self::Tangent, by: &mut dyn #rt::Update) {
                match self { #(#arms)* #empty }
            }
        }
    }
}

/// The method that gives a part of the gradient, which is zero where the gradient is of another variant.
fn peek(input: &Input, variant: &Variant, field: &Field) -> syn::Ident {
    let name = variant.ident.unwrap_or(&input.item.ident);
    accessor(&name.to_string(), &field.member, false)
}

/// Whether the field holds values of the type itself, so that a condition on it would ask for itself. A borrowed one
/// keeps its condition, which is not fulfilled.
fn recursive(input: &Input, field: &Field) -> bool {
    fn holds(tokens: TokenStream, name: &syn::Ident) -> (bool, bool) {
        let mut found = (false, false);
        for tree in tokens {
            match tree {
                TokenTree::Ident(i) => found.0 |= i == *name || i == "Self",
                TokenTree::Punct(p) => found.1 |= p.as_char() == '&' || p.as_char() == '\'',
                TokenTree::Group(g) => {
                    let inner = holds(g.stream(), name);
                    found = (found.0 | inner.0, found.1 | inner.1);
                }
                TokenTree::Literal(_) => {}
            }
        }
        found
    }
    matches!(
        holds(field.written.to_token_stream(), &input.item.ident),
        (true, false)
    )
}
