//! `gradients`: typed `None` for what the path taken does not connect.

use super::calls::Family;
use super::calls::call_entries;
use super::reverse::collect;
use super::shape::{Shape, quiet};
use super::sweep::sweep_fn;
use crate::args::Options;
use crate::masks;
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::Ident;
use proc_macro2::Span;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::quote;

pub(super) fn gradients_name(function: &syn::ItemFn, options: &Options) -> Ident {
    let base = options
        .name
        .clone()
        .unwrap_or_else(|| function.sig.ident.clone())
        .to_string();
    let camel: String = base
        .trim_start_matches("r#")
        .split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map(|c| c.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect();
    Ident::new(
        &format!("{camel}Gradients"),
        Span::call_site().located_at(function.sig.ident.span()),
    )
}

pub(super) fn gradients_generics(s: &Shape) -> Vec<Ident> {
    (0..s.inputs().len())
        .map(|n| format_ident!("T{}", n))
        .collect()
}

pub(super) fn gradients_struct(s: &Shape, options: &Options) -> TokenStream {
    let vis = &s.function.vis;
    let name = gradients_name(s.function, options);
    let fields: Vec<&Ident> = s.inputs().iter().map(|p| &p.field).collect();
    let generic = !s.function.sig.generics.params.is_empty();
    let doc = format!(
        "The gradients of `{}`: `None` where the input is not connected to the result.",
        s.function.sig.ident
    );
    let field_docs = fields.iter().map(|f| format!("With respect to `{f}`."));
    let quiet = quiet();
    if generic {
        let params = gradients_generics(s);
        return quote! {
            #[doc = #doc]
            #quiet
            #[derive(Clone, Debug, PartialEq)]
            #vis struct #name<#(#params),*> { #(#[doc = #field_docs] pub #fields: ::core::option::Option<#params>,)* }
        };
    }
    let types = s.inputs().iter().map(|p| s.tangent(p)).collect::<Vec<_>>();
    quote! {
        #[doc = #doc]
        #quiet
        #[derive(Clone, Debug, PartialEq)]
        #vis struct #name { #(#[doc = #field_docs] pub #fields: ::core::option::Option<#types>,)* }
    }
}

pub(super) fn gradients_entry(
    s: &Shape,
    sweep: &Sweep,
    masked: &masks::Masked,
    _activity: &crate::analysis::activity::Activity,
    items: &mut Vec<TokenStream>,
) {
    let name = if sweep.is_leaf {
        "__masked_call"
    } else {
        "__masked"
    };
    items.push(sweep_fn(s, sweep, name, Some(masked)));
    items.push(call_entries(s, sweep, Family::Masked));
    if !matches!(s.f.vars[s.f.ret].ty, Ty::Float(_) | Ty::Unknown) {
        return;
    }
    let sweep_name = format_ident!("{}", name);
    let (rt, ret, space) = (&s.rt, &s.ret, &s.space);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.plain_params();
    let names = s.names();
    let options = Options {
        name: Some(s.space.clone()),
        ..Options::default()
    };
    let name = gradients_name(s.function, &options);
    let ty = if generics.params.is_empty() {
        quote!(#name)
    } else {
        let types = s.inputs().iter().map(|p| s.tangent(p)).collect::<Vec<_>>();
        quote!(#name<#(#types),*>)
    };
    let (makes, mut results) = collect(
        s,
        sweep,
        quote!(__pullback),
        quote!(<#ret as #rt::Real>::one()),
    );
    let run = results.remove(0);
    let fields = s.inputs().into_iter().zip(results).map(|(p, value)| {
        let field = &p.field;
        match masked.bits.iter().find(|(v, _)| *v == p.var) {
            Some((_, bit)) => {
                let bit = proc_macro2::Literal::u32_unsuffixed(*bit);
                quote!(#field: (__connected >> #bit & 1 == 1).then_some(#value))
            }
            None => quote!(#field: { let _ = #value; ::core::option::Option::None }),
        }
    });
    items.push(quote! {
        /// The gradients with `None` for each input that the path taken does not connect to the result.
        #[inline]
        pub fn gradients #generics (#(#params),*) -> #ty #where_clause {
            let __tape = &mut #rt::Tape::new();
            #makes
            let (_, __connected, __pullback) = #space::#sweep_name #turbofish(#(#names,)* __tape);
            #run
            #name { #(#fields),* }
        }
    });
}
